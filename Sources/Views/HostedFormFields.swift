// The questions of a hosted form, as it is filled in.

func hostedFields(_ form: HostedForm, problem: String?) -> HTML {
    let takesFiles = form.fields.contains { $0.kind == .file }
    return """
        <h1>\(form.title)</h1>\(problem.map { notice(.bad, $0) })\(form.challengeURL.map { _ in noScript })\
        <form class="hosted-form" method="post" action="\(url: form.action)" novalidate\
        \(when: takesFiles, " enctype=\"multipart/form-data\"")\
        \(form.challengeURL.map { " data-challenge=\"\($0)\"" as HTML })>\
        \(form.fields.map { hostedField($0, in: form) })\(form.consent.map { consentBox($0, in: form) })\
        <div class="trap" aria-hidden="true"><label for="f-trap">Leave this empty</label>\
        <input id="f-trap" name="\(HostedForm.honeypotName)" tabindex="-1" autocomplete="off">\
        </div><input type="hidden" name="\(HostedForm.stampName)" value="\(form.stamp)">\
        \(form.hidden.map { hiddenInput($0.name, $0.value) })\
        \(when: form.challengeURL != nil, hiddenInput(HostedForm.proofName, ""))\
        <button class="btn primary" type="submit">Send</button></form>
        """
}

private let noScript: HTML = """
    <noscript><p class="notice warn">This form checks that you are no machine, for which it needs \
    JavaScript. Please turn it on, or contact us another way.</p></noscript>
    """

private func hiddenInput(_ name: String, _ value: String) -> HTML {
    "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
}

private func hostedField(_ one: HostedField, in form: HostedForm) -> HTML {
    switch one.kind {
    case .multi: return choiceBoxes(one, in: form)
    case .checkbox:
        return box(
            one.name, one.shownLabel, in: form, isRequired: one.isRequired, help: one.help)
    case .file: return fileField(one, in: form)
    case .text, .email, .phone, .choice, .textarea: break
    }
    let value = form.values[one.name] ?? ""
    let kind: Field.Kind =
        switch one.kind {
        case .email: .email
        case .phone: .tel
        case .textarea: .multiline(rows: 4)
        case .choice:
            .select(
                [Choice("", "Please choose")]
                    + one.choices.map { Choice($0, $0, isSelected: $0 == value) })
        default: .text
        }
    var part = Field(one.name, one.shownLabel, kind, value: value, isRequired: one.isRequired)
    part.hint = one.help
    part.autocomplete = one.autocomplete
    part.error = form.errors[one.name]
    return field(part, prefix: "f")
}

private func below(_ name: String, _ help: String?, _ form: HostedForm) -> HTML {
    let error = form.errors[name]
    return """
        <p class="hint" id="f-\(name)-hint"\(when: help == nil, " hidden")>\(help)</p>\
        <p class="err" id="f-\(name)-err"\(when: error == nil, " hidden")>\(error)</p>
        """
}

private func described(_ name: String, _ form: HostedForm) -> HTML {
    """
    aria-describedby="f-\(name)-hint f-\(name)-err"\
    \(when: form.errors[name] != nil, " aria-invalid=\"true\"")
    """
}

private func choiceBoxes(_ one: HostedField, in form: HostedForm) -> HTML {
    let chosen = form.chosen[one.name] ?? []
    let boxes = one.choices.map { choice -> HTML in
        """
        <label class="box"><input type="checkbox" name="\(one.name)" value="\(choice)"\
        \(when: chosen.contains(choice), " checked")><span>\(choice)</span></label>
        """
    }
    return """
        <fieldset class="field boxes" data-field="\(one.name)" \(described(one.name, form))>\
        <legend>\(one.shownLabel)</legend>\(boxes)\(below(one.name, one.help, form))</fieldset>
        """
}

private func box(
    _ name: String, _ label: String, in form: HostedForm, isRequired: Bool, help: String?
) -> HTML {
    """
    <div class="field" data-field="\(name)"><label class="box">\
    <input type="checkbox" id="f-\(name)" name="\(name)" value="yes"\(when: isRequired, " required")\
    \(when: form.values[name] == "yes", " checked") \(described(name, form))>\
    <span>\(label)</span></label>\(below(name, help, form))</div>
    """
}

private func consentBox(_ consent: HostedConsent, in form: HostedForm) -> HTML {
    """
    \(box(HostedForm.consentName, consent.isRequired ? "\(consent.text) *" : consent.text,
        in: form, isRequired: consent.isRequired, help: nil))\
    \(hiddenInput(HostedForm.consentVersionName, String(consent.version)))
    """
}

private func fileField(_ one: HostedField, in form: HostedForm) -> HTML {
    """
    <div class="field" data-field="\(one.name)"><label for="f-\(one.name)">\(one.shownLabel)</label>\
    <input class="input" type="file" id="f-\(one.name)" name="\(one.name)" accept="\(one.accept)"\
    \(when: one.isRequired, " required") \(described(one.name, form))>\
    \(below(one.name, one.help, form))</div>
    """
}
