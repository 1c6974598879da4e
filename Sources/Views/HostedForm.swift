/// The public page at `/f/{token}`: no session, no cookie, and no script is needed.
package struct HostedForm: Sendable {
    /// A field nobody sees; whoever fills it is a machine. Named so that no browser fills it.
    package static let honeypotName = "fax_extension"
    /// The hidden field that carries `stamp` back.
    package static let stampName = "rendered_at"

    package enum State: Sendable {
        case blank
        /// Sent; the words of thanks.
        case thanked(String)
        /// Refused, and why, in a sentence for the sender.
        case refused(String)
        /// The token is unknown or the form was deleted.
        case closed
    }

    /// The heading, and the company that asks.
    package var title: String
    package var tenant: String
    /// Where the form is posted, `/f/{token}`.
    package var action: String
    /// When the form was made, signed by the server; it comes back with the submission, and
    /// one that comes back within a moment was not typed by a person.
    package var stamp: String
    package var state: State
    /// What was typed, by field name, to show again after a refusal.
    package var values: [String: String]
    /// What is wrong, by field name.
    package var errors: [String: String]

    package init(
        title: String, tenant: String, action: String, stamp: String, state: State = .blank
    ) {
        (self.title, self.tenant, self.action) = (title, tenant, action)
        (self.stamp, self.state) = (stamp, state)
        (values, errors) = ([:], [:])
    }
}

package func hostedFormPage(_ form: HostedForm, session: PageSession) -> HTML {
    document(
        title: form.title, session: session,
        body: """
            <main class="hosted"><div class="hosted-card"><p class="hosted-brand">\
            \(emblem(form.tenant, hue: 268, .large))<span>\(form.tenant)</span></p>\
            \(hostedContent(form))</div><p class="hosted-foot">Powered by iPerform</p></main>
            """)
}

private func hostedContent(_ form: HostedForm) -> HTML {
    switch form.state {
    case .thanked(let words): hostedMessage("Thank you", words, icon: "check", weight: .good)
    case .closed:
        hostedMessage(
            "This form is closed", "It takes no more messages. Please contact us another way.",
            icon: "circle-x", weight: .plain)
    case .blank: hostedFields(form, problem: nil)
    case .refused(let why): hostedFields(form, problem: why)
    }
}

private func hostedMessage(
    _ title: String, _ text: String, icon symbol: String, weight: Weight
) -> HTML {
    """
    <div class="hosted-end" role="status"><span class="run-mark \(weight.rawValue)">\
    \(icon(symbol))</span><h1>\(title)</h1><p>\(text)</p></div>
    """
}

private func hostedFields(_ form: HostedForm, problem: String?) -> HTML {
    let fields = [
        Field("company", "Company").with(autocomplete: "organization"),
        Field("contact_name", "Your name").with(autocomplete: "name"),
        Field("email", "Email", .email).with(autocomplete: "email"),
        Field("phone", "Phone", .tel).with(autocomplete: "tel"),
        Field("notes", "How can we help?", .multiline(rows: 4)),
    ].map { part in
        var part = part
        part.value = form.values[part.name] ?? ""
        part.error = form.errors[part.name]
        return part
    }
    return """
        <h1>\(form.title)</h1>\(problem.map { notice(.bad, $0) })\
        <form class="hosted-form" method="post" action="\(url: form.action)" novalidate>\
        \(fields.map { field($0, prefix: "f") })\
        <div class="trap" aria-hidden="true"><label for="f-trap">Leave this empty</label>\
        <input id="f-trap" name="\(HostedForm.honeypotName)" tabindex="-1" autocomplete="off">\
        </div><input type="hidden" name="\(HostedForm.stampName)" value="\(form.stamp)">\
        <button class="btn primary" type="submit">Send</button></form>
        """
}
