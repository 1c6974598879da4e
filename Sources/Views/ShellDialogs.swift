// What lies above a page: palette, new lead, the questions a move may ask, the shortcut sheet.
// They wait in templates, so that a page carries no element it does not show.

let paletteDialog: HTML = """
    <dialog class="palette" id="palette" aria-label="Command palette">\
    <input role="combobox" aria-expanded="true" aria-controls="palette-list" \
    aria-label="Search or run a command" placeholder="Search leads, run a command…" \
    autocomplete="off" spellcheck="false">\
    <ul id="palette-list" role="listbox" aria-label="Results"></ul>\
    <footer><span><kbd>↑</kbd> <kbd>↓</kbd> move</span><span><kbd>↵</kbd> choose</span>\
    <span><kbd>esc</kbd> close</span></footer></dialog>
    """

func dialogTemplates(_ choices: ShellChoices) -> HTML {
    """
    <template id="new-lead-template">\(newLeadDialog(choices))</template>\
    <template id="ask-template">\(askDialog)</template>\
    <template id="share-template">\(shareDialog)</template>\
    <template id="reason-template">\(reasonDialog)</template>\
    <template id="save-view-template">\(saveViewDialog)</template>\
    <template id="sheet-template">\(shortcutSheet)</template>
    """
}

/// The lists behind the assign and stage pickers, read by the scripts.
func pickers(_ choices: ShellChoices) -> HTML {
    let stages = choices.stages.map { stage -> HTML in
        """
        <option value="\(stage.key)" data-tone="\(stage.tone.property)"\(stage.tone.ends)>\
        \(stage.label)</option>
        """
    }
    return """
        <datalist id="stages">\(stages)</datalist>\
        <datalist id="people">\(options(choices.people))</datalist>
        """
}

private func newLeadDialog(_ choices: ShellChoices) -> HTML {
    let none = Choice("", "Not set")
    let more: [Field] = [
        Field("source", "Source", .select([none] + choices.sources)),
        Field("product", "Product", .select([none] + choices.products)),
        Field("territory", "Territory", .select([none] + choices.territories)),
        Field("owner", "Owner", .select([Choice("", "By assignment rules")] + choices.people)),
        Field("value", "Value (\(choices.currency))", .number),
        Field("tags", "Tags").with(placeholder: "Separated by commas"),
    ]
    let first: [Field] = [
        Field("company", "Company"), Field("contact_name", "Contact name"),
        Field("email", "Email", .email), Field("phone", "Phone", .tel),
    ]
    func asked(_ fields: [Field]) -> [HTML] {
        fields.filter { !choices.hidden.contains($0.name) }.map { field($0, prefix: "new") }
    }
    let main: HTML = """
        <div class="pair">\(asked(first))</div>\
        <div data-rivals role="status"></div>\
        <details class="more"><summary>More fields</summary><div class="pair">\
        \(asked(more))</div>\(asked([Field("notes", "Notes", .multiline(rows: 3))]))</details>
        """
    return dialog(
        id: "new-lead", title: "New lead",
        text: "One of these is enough. A lead with the same email or phone is never doubled.",
        submit: "Create lead", body: main)
}

/// The last step of sharing a lead or handing a follow-up on; the first ones are the palette's.
private let shareDialog = dialog(
    id: "share", title: "Share", submit: "Share",
    body: """
        <div data-credit>\(field(Field("credit_bp", "Part of the credit, in percent")
            .with(placeholder: "0"), prefix: "share"))</div>\
        \(field(Field("until", "Until the end of", .date)
            .with(hint: "Empty: until it is taken back."), prefix: "share"))
        """)

/// Why several leads are handed on.
private let reasonDialog = dialog(
    id: "reason", title: "Why?", submit: "Assign",
    body: field(
        Field("reason", "Reason", isRequired: true)
            .with(hint: "It stands on each of the leads, and in their timelines."),
        prefix: "reason"))

/// Each group is shown only when the server names its field as missing.
private let askDialog: HTML = {
    let reasons: [Choice] = [
        Choice("price_too_high", "Price too high"), Choice("competitor", "Went with competitor"),
        Choice("budget", "Budget constraints"), Choice("timing", "Timing not right"),
        Choice("feature_gaps", "Feature gaps"), Choice("other", "Other reason"),
    ]
    let radios = reasons.map { reason -> HTML in
        """
        <label><input type="radio" name="lost_reason" value="\(reason.value)">\(reason.label)</label>
        """
    }
    let body: HTML = """
        <fieldset class="ask" data-ask="lost_reason"><legend class="vh">Reason</legend>\
        <div class="reasons">\(radios)</div>\
        <p class="hint">The reason feeds loss analysis. The lead can be reactivated later.</p>\
        </fieldset>\
        \(ask(Field("lost_note", "What happened?", .multiline(rows: 2))))\
        \(ask(Field("demo_at", "When is the demo?", .dateTime)))\
        \(ask(Field("resume_on", "Resume on", .date)))\
        \(ask(Field("note", "Note", .multiline(rows: 2))))
        """
    return dialog(id: "ask", title: "One more thing", submit: "Move", body: body)
}()

private func ask(_ part: Field) -> HTML {
    "<div class=\"ask\" data-ask=\"\(part.name)\">\(field(part, prefix: "ask"))</div>"
}

private let shortcutSheet: HTML = {
    let groups: [(String, [(String, String)])] = [
        (
            "Anywhere",
            [
                ("⌘K", "Search or command"), ("/", "Search"), ("C", "New lead"),
                ("G T", "Today"), ("G P", "Pipeline"), ("G L", "Leads"), ("G I", "Inbox"),
                ("T", "Switch theme"), ("?", "This sheet"), ("Esc", "Close or go back"),
            ]
        ),
        (
            "Board and lists",
            [
                ("← ↑ ↓ →", "Walk"), ("J K", "Next, previous"), ("Enter", "Open"),
                ("⇧ ← →", "Move one stage"), ("S", "Move to stage…"), ("A", "Assign…"),
                ("X", "Select"), ("⇧ X", "Select up to here"),
            ]
        ),
        (
            "Open lead",
            [
                ("L", "Log a call"), ("M", "Log an email"), ("W", "Log a WhatsApp"),
                ("N", "Note"), ("F", "Next step"), ("E", "Edit"), ("S", "Stage…"),
                ("A", "Assign…"), ("J K", "Next, previous lead"), ("⌘↵", "Save"),
                ("⌘⇧↵", "Save and take the suggested stage"),
            ]
        ),
    ]
    let sections = groups.map { title, keys -> HTML in
        "<section><h3>\(title)</h3><dl>\(keys.map { shortcut($0, $1) })</dl></section>"
    }
    return """
        <dialog class="modal sheet" id="sheet" aria-labelledby="sheet-title">\
        <form method="dialog"><h2 id="sheet-title">Keyboard shortcuts</h2>\
        <button class="btn ghost icon" aria-label="Close">\(icon("x"))</button></form>\
        <div class="cols">\(sections)</div>\
        <p class="hint">Single-key shortcuts can be switched off in the menu under your name.</p>\
        </dialog>
        """
}()

private func shortcut(_ keys: String, _ meaning: String) -> HTML {
    let caps = keys.split(separator: " ").map { key -> HTML in
        // Which key ⌘ is on this computer, the style sheet says.
        key.first == "⌘"
            ? "<kbd data-mod>\(String(key.dropFirst()))</kbd>" : "<kbd>\(String(key))</kbd>"
    }
    return "<div><dt>\(meaning)</dt><dd>\(caps)</dd></div>"
}
