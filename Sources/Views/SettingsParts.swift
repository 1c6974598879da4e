// Parts of the settings pages. Every write is said in attributes, which `js/forms.js` carries out:
// `data-open-form` opens a dialog for a record, `data-do` sends at once, both with `data-send`.

/// The words above a section: what it is for, and the button that adds to it.
func sectionHead(_ title: String, _ text: String, action: HTML? = nil) -> HTML {
    """
    <header class="section-head"><div><h2>\(title)</h2><p>\(text)</p></div>\(action)</header>
    """
}

/// A write: the method and path below `/api/v1`, and what is said when it is done.
struct Write: Sendable {
    var send: String
    var said: String
    /// The version sent as `If-Match`.
    var version: Int?
    /// A dialog that shows what the answer tells only once, by id.
    var reveals: String?

    init(_ send: String, said: String, version: Int? = nil, reveals: String? = nil) {
        (self.send, self.said, self.version, self.reveals) = (send, said, version, reveals)
    }

    var attributes: HTML {
        """
        data-send="\(send)" data-said="\(said)"\
        \(version.map { " data-version=\"\($0)\"" as HTML })\
        \(reveals.map { " data-reveal=\"\($0)\"" as HTML })
        """
    }
}

/// A button that opens the dialog `id` on a new record.
func addButton(_ label: String, opens id: String, _ write: Write) -> HTML {
    """
    <button class="btn primary" type="button" data-open-form="\(id)" \(write.attributes)>\
    \(icon("plus"))\(label)</button>
    """
}

/// A button that opens the dialog `id` with the record's values in its fields.
func editButton(
    _ name: String, opens id: String, _ write: Write, values: KeyValuePairs<String, String>
) -> HTML {
    let fill = values.map { key, value -> HTML in
        // Keys are field names written in this target, never a user's text.
        " data-fill-\(HTML(trusted: key))=\"\(value)\""
    }
    return """
        <button class="btn ghost icon" type="button" data-open-form="\(id)" \(write.attributes)\(fill) \
        aria-label="Edit \(name)">\(icon("pencil"))</button>
        """
}

/// A button that writes at once, after a question when `confirm` asks one.
func doButton(
    _ label: String, icon symbol: String, _ write: Write, body: String? = nil,
    confirm: String? = nil
) -> HTML {
    """
    <button class="btn ghost icon" type="button" data-do \(write.attributes)\
    \(body.map { " data-body=\"\($0)\"" as HTML })\
    \(confirm.map { " data-confirm=\"\($0)\"" as HTML }) aria-label="\(label)" title="\(label)">\
    \(icon(symbol))</button>
    """
}

/// The question before something that cannot be undone; its words come from the button.
let confirmDialog: HTML = """
    <dialog class="modal" id="confirm" aria-labelledby="confirm-title"><form method="dialog">\
    <h2 id="confirm-title">Are you sure?</h2><p data-question></p>\
    <div class="row"><button class="btn" value="cancel">Cancel</button>\
    <button class="btn danger" value="yes" data-yes>Continue</button></div></form></dialog>
    """

/// A dialog for what is told only once; `{token}` in a template is replaced by the scripts.
func onceDialog(id: String, title: String, text: String, parts: [OncePart]) -> HTML {
    """
    <dialog class="modal once" id="\(id)" aria-labelledby="\(id)-title"><form method="dialog">\
    <h2 id="\(id)-title">\(title)</h2><p>\(text)</p>\(parts.map(oncePart))\
    <div class="row"><button class="btn primary" value="close">I have kept it</button></div>\
    </form></dialog>
    """
}

/// A text to copy, with `{token}` where the token goes.
struct OncePart {
    var label: String
    var template: String
}

private func oncePart(_ part: OncePart) -> HTML {
    """
    <div class="field"><span class="label">\(part.label)</span>\
    <div class="copy"><code tabindex="0" aria-label="\(part.label)" \
    data-template="\(part.template)"></code>\
    <button class="btn" type="button" data-copy="">\(icon("copy"))Copy</button></div></div>
    """
}

/// A text field that offers known words but takes others too.
func suggesting(_ field: Field, _ words: [String], prefix: String) -> HTML {
    """
    <div class="field" data-field="\(field.name)">\
    <label for="\(prefix)-\(field.name)">\(field.label)</label>\
    <input class="input" type="text" id="\(prefix)-\(field.name)" name="\(field.name)" \
    value="\(field.value)" placeholder="\(field.placeholder)" list="\(prefix)-\(field.name)-list" \
    autocomplete="off"><datalist id="\(prefix)-\(field.name)-list">\
    \(words.map { "<option value=\"\($0)\"></option>" as HTML })</datalist>\
    <p class="err" hidden></p></div>
    """
}
