// An ordered list that is edited as a whole and saved at once: assignment rules, custom fields.

/// What tells one list editor from another; `kind` chooses how `js/settings.js` reads an item.
struct ListEditor {
    var kind: String
    /// Below `/api/v1`; the whole list is PUT there.
    var path: String
    var version: Int?
    var noun: String
    var empty: (title: String, icon: String)
    /// Shown after the rows, saved with them.
    var footer: HTML = ""
    /// Beside the button that adds.
    var actions: HTML = ""
    /// Whether rows are neither added nor taken away.
    var isFixed = false
}

func listEditor(_ editor: ListEditor, rows: [HTML], blank: HTML, canEdit: Bool) -> HTML {
    let hint = canEdit ? "Add the first \(editor.noun) below." : "An administrator can add some."
    let list: HTML = """
        <section class="panel flush"><ol class="items" data-items>\(rows)</ol>\
        <div class="list-empty">\(emptyState(editor.empty.title, hint, icon: editor.empty.icon))\
        </div>\(editor.footer)</section>
        """
    guard canEdit else { return list }
    return """
        <form class="list-editor" data-list="\(editor.kind)" data-path="\(editor.path)"\
        \(editor.version.map { " data-version=\"\($0)\"" as HTML }) novalidate>\
        \(list)\(listFoot(editor))<template data-blank>\(blank)</template></form>
        """
}

private func listFoot(_ editor: ListEditor) -> HTML {
    let add: HTML = """
        <button class="btn" type="button" data-add>\(icon("plus"))Add \(editor.noun)</button>
        """
    return """
        <footer class="list-foot">\(when: !editor.isFixed, add)\(editor.actions)\
        <p class="err" data-form-error role="alert" hidden></p>\
        \(unsavedNotice)</footer>
        """
}

/// Shown once something was changed.
let unsavedNotice: HTML = """
    <span class="unsaved" data-unsaved hidden>Not saved yet\
    <button class="btn" type="button" data-revert>Discard</button>\
    <button class="btn primary" type="submit">Save changes</button></span>
    """

/// One row: its summary in a line, and its fields when opened.
func listItem(
    _ summary: HTML, _ editor: HTML, lead: HTML = "", canEdit: Bool, isOpen: Bool = false,
    isFixed: Bool = false
) -> HTML {
    guard canEdit else {
        return "<li class=\"item-row\"><div class=\"item-sum\">\(summary)</div>\(lead)</li>"
    }
    let acts: HTML = """
        <div class="item-acts">\(lead)\(moveButton(-1, "Move up", "arrow-up"))\
        \(moveButton(1, "Move down", "arrow-down"))\
        <button class="btn ghost icon" type="button" data-remove aria-label="Remove" \
        title="Remove">\(icon("trash-2"))</button></div>
        """
    return """
        <li class="item-row" data-item><details\(when: isOpen, " open")>\
        <summary\(when: !isFixed, " draggable=\"true\"")>\(icon("chevron-right", small: true))\
        <span class="item-sum">\(summary)</span>\
        </summary><div class="item-fields">\(editor)</div></details>\
        \(when: !isFixed, acts)</li>
        """
}

private func moveButton(_ step: Int, _ label: String, _ symbol: String) -> HTML {
    """
    <button class="btn ghost icon" type="button" data-shift="\(step)" aria-label="\(label)" \
    title="\(label)">\(icon(symbol))</button>
    """
}
