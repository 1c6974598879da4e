// Form parts: a label always stands above its control, a hint or an error below it.

/// One labelled control of a form; `name` is the API's field name, where errors land.
package struct Field: Sendable {
    package enum Kind: Sendable {
        case text, email, password, tel, number, url, date, dateTime
        case multiline(rows: Int)
        case select([Choice])
    }
    package var name: String
    package var label: String
    package var kind: Kind
    package var value: String
    package var hint: String?
    package var placeholder: String?
    package var isRequired: Bool
    /// The browser's autofill word, as `email` or `current-password`; nil turns it off.
    package var autocomplete: String?
    package var error: String?
    /// Whether it is one value of a map: `map.key`, its words a list.
    var isPart = false

    package init(
        _ name: String, _ label: String, _ kind: Kind = .text, value: String = "",
        isRequired: Bool = false
    ) {
        self.name = name
        self.label = label
        self.kind = kind
        self.value = value
        self.isRequired = isRequired
    }

    package func with(
        hint: String? = nil, placeholder: String? = nil, autocomplete: String? = nil,
        error: String? = nil
    ) -> Field {
        var copy = self
        copy.hint = hint ?? self.hint
        copy.placeholder = placeholder ?? self.placeholder
        copy.autocomplete = autocomplete ?? self.autocomplete
        copy.error = error ?? self.error
        return copy
    }
}

extension Field {
    var part: Field {
        var copy = self
        copy.isPart = true
        return copy
    }
}

/// The control with its label; `prefix` keeps ids apart when two forms share a page.
package func field(_ field: Field, prefix: String = "f") -> HTML {
    let id = "\(prefix)-\(field.name)"
    return """
        <div class="field" data-field="\(field.name)"><label for="\(id)">\(field.label)</label>\
        \(control(field, id: id))\
        <p class="hint" id="\(id)-hint"\(when: field.hint == nil, " hidden")>\(field.hint)</p>\
        <p class="err" id="\(id)-err"\(when: field.error == nil, " hidden")>\(field.error)</p></div>
        """
}

private func control(_ field: Field, id: String) -> HTML {
    let shared: HTML = """
        id="\(id)" name="\(field.name)"\(when: field.isRequired, " required")\
        \(when: field.isPart, " data-part") \
        aria-describedby="\(id)-hint \(id)-err"\
        \(when: field.error != nil, " aria-invalid=\"true\"") \
        autocomplete="\(field.autocomplete ?? "off")"
        """
    switch field.kind {
    case .select(let choices):
        return "<select class=\"input\" \(shared)>\(options(choices))</select>"
    case .multiline(let rows):
        return """
            <textarea class="input" rows="\(rows)" placeholder="\(field.placeholder)" \(shared)>\
            \(field.value)</textarea>
            """
    default:
        return """
            <input class="input" type="\(inputType(field.kind))" value="\(field.value)" \
            placeholder="\(field.placeholder)" \(shared)>
            """
    }
}

private func inputType(_ kind: Field.Kind) -> String {
    switch kind {
    case .email: "email"
    case .password: "password"
    case .tel: "tel"
    case .number: "number"
    case .url: "url"
    case .date: "date"
    case .dateTime: "datetime-local"
    case .text, .multiline, .select: "text"
    }
}

/// An on/off control drawn as a switch; `attributes` carry data-* names for the scripts.
package func switchControl(
    _ label: String, name: String, isOn: Bool, attributes: HTML = ""
) -> HTML {
    """
    <label class="switch"><input type="checkbox" role="switch" name="\(name)"\
    \(when: isOn, " checked") \(attributes)><span>\(label)</span></label>
    """
}

/// A modal dialog with a heading, a form, Cancel and one primary button.
///
/// Opened by any element with `data-dialog="id"`; the scripts post the form.
package func dialog(
    id: String, title: String, text: String? = nil, submit: String, body: HTML
) -> HTML {
    """
    <dialog class="modal" id="\(id)" aria-labelledby="\(id)-title"><form method="dialog" novalidate>\
    <h2 id="\(id)-title">\(title)</h2>\(text.map { "<p>\($0)</p>" as HTML })\
    <p class="notice bad" data-form-error hidden role="alert"></p>\
    \(body)\
    <div class="row"><button class="btn" type="button" data-cancel>Cancel</button>\
    <button class="btn primary" type="submit">\(submit)</button></div></form></dialog>
    """
}

/// Text to be copied, in a box with a copy button.
package func copyable(_ text: String, label: String) -> HTML {
    """
    <div class="copy"><code tabindex="0" aria-label="\(label)">\(text)</code>\
    <button class="btn" type="button" data-copy="\(text)">\(icon("copy"))Copy</button></div>
    """
}
