/// The public page at `/f/{token}`: no session, no cookie, and no script is needed.
package struct HostedForm: Sendable {
    /// A field nobody sees; whoever fills it is a machine. Named so that no browser fills it.
    package static let honeypotName = "fax_extension"
    /// The hidden field that carries `stamp` back.
    package static let stampName = "rendered_at"
    /// The box that agrees, and the hidden field that says to which version of the words.
    package static let consentName = "consent"
    package static let consentVersionName = "consent_version"
    /// The hidden field that carries the browser's proof of work.
    package static let proofName = "altcha"
    /// The hidden field by which a page chooses where people are led afterwards.
    package static let redirectName = "redirect_to"

    package enum State: Sendable {
        case blank
        /// Sent; the words of thanks.
        case thanked(String)
        /// Sent; a link was mailed to this address, and must be followed.
        case asked(String)
        /// The link was followed: one press more, as programs that scan mail follow links, too.
        case confirming
        /// Refused, and why, in a sentence for the sender.
        case refused(String)
        /// Not taken for now, and why.
        case later(String)
        /// The token is unknown or the form was deleted.
        case closed
        /// A mailed link that leads nowhere any more.
        case ranOut
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
    package var fields: [HostedField]
    package var consent: HostedConsent?
    /// Where the browser gets its piece of work; nil when it has none.
    package var challengeURL: String?
    /// What the page knows of where its visitor came from, sent along unseen.
    package var hidden: [(name: String, value: String)]
    /// What was typed, by field name, to show again after a refusal.
    package var values: [String: String]
    /// What was chosen of several.
    package var chosen: [String: [String]]
    /// What is wrong, by field name.
    package var errors: [String: String]

    package init(
        title: String, tenant: String, action: String, stamp: String, state: State = .blank
    ) {
        (self.title, self.tenant, self.action) = (title, tenant, action)
        (self.stamp, self.state) = (stamp, state)
        (fields, consent, challengeURL) = (HostedField.plain, nil, nil)
        (hidden, values, chosen, errors) = ([], [:], [:], [:])
    }
}

/// One question of a hosted or embedded form.
package struct HostedField: Sendable {
    package enum Kind: String, Sendable {
        case text, email, phone, choice, multi, checkbox, textarea, file
    }

    package var name: String
    package var label: String
    package var kind: Kind
    package var isRequired = false
    package var help: String?
    package var choices: [String] = []
    /// What a file's chooser offers, as `.pdf,.png`.
    package var accept = ""

    package init(_ name: String, _ label: String, _ kind: Kind = .text) {
        (self.name, self.label, self.kind) = (name, label, kind)
    }

    /// What a form asks that says nothing else.
    package static let plain = [
        HostedField("company", "Company"), HostedField("contact_name", "Your name"),
        HostedField("email", "Email", .email), HostedField("phone", "Phone", .phone),
        HostedField("notes", "How can we help?", .textarea),
    ]

    /// The browser's autofill word.
    var autocomplete: String? {
        switch name {
        case "company": "organization"
        case "contact_name": "name"
        case "email": "email"
        case "phone": "tel"
        default: nil
        }
    }

    var shownLabel: String { isRequired ? "\(label) *" : label }
}

/// The words to agree to.
package struct HostedConsent: Sendable {
    package var text: String
    package var version: Int
    package var isRequired: Bool

    package init(text: String, version: Int, isRequired: Bool) {
        (self.text, self.version, self.isRequired) = (text, version, isRequired)
    }
}

package func hostedFormPage(_ form: HostedForm, session: PageSession) -> HTML {
    document(
        title: form.title, session: session,
        body: """
            <main class="hosted"><div class="hosted-card"><p class="hosted-brand">\
            \(emblem(form.tenant, hue: 268, .large))<span>\(form.tenant)</span></p>\
            \(hostedContent(form))</div><p class="hosted-foot">Powered by iPerform</p></main>
            """,
        assets: form.isOpen && form.challengeURL != nil ? ["js/hostedpage.js", "js/proof.js"] : [])
}

extension HostedForm {
    /// Whether there is something to fill in.
    var isOpen: Bool {
        switch state {
        case .blank, .refused: true
        default: false
        }
    }
}

private func hostedContent(_ form: HostedForm) -> HTML {
    switch form.state {
    case .thanked(let words): hostedMessage("Thank you", words, icon: "check", weight: .good)
    case .asked(let address):
        hostedMessage(
            "One step more",
            "We have sent a link to \(address). Follow it to confirm that the address is yours.",
            icon: "mail", weight: .good)
    case .confirming: hostedConfirmation(form)
    case .later(let why):
        hostedMessage(
            "Not just now", "\(why) Your browser's way back leads to what you wrote.",
            icon: "clock", weight: .warn)
    case .closed:
        hostedMessage(
            "This form is closed", "It takes no more messages. Please contact us another way.",
            icon: "circle-x", weight: .plain)
    case .ranOut:
        hostedMessage(
            "This link has run out", "Please send the form once more, or contact us another way.",
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

private func hostedConfirmation(_ form: HostedForm) -> HTML {
    """
    <h1>\(form.title)</h1><p>Confirm that this message to \(form.tenant) is yours.</p>\
    <form class="hosted-form" method="post" action="\(url: form.action)">\
    <button class="btn primary" type="submit">Confirm</button></form>
    """
}
