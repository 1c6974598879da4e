/// One question in the builder.
package struct BuilderField: Sendable {
    package var key = ""
    package var label = ""
    package var kind = "text"
    package var isRequired = false
    package var help = ""
    package var choices: [String] = []
    /// Of a hidden field.
    package var value = ""
    /// Of a file.
    package var types: [String] = []
    package var megabytesMax = 10

    package init() {}
}

/// The page at `/settings/forms/{id}`: what a form asks, and how it takes the answers.
package struct FormBuilderPage: Sendable {
    package var id: String
    package var version: Int
    package var name: String
    package var fields: [BuilderField]
    /// Fields of the lead that a question can fill in: key and words.
    package var keys: [Choice]
    /// What a file may be.
    package var types: [String]
    package var consent: String
    package var isConsentRequired: Bool
    /// 0 when there are no words yet.
    package var consentVersion: Int
    package var redirects: [String]
    package var confirms: Bool
    package var isChallenged: Bool
    package var baseURL: String

    package init(id: String, version: Int, name: String, fields: [BuilderField], baseURL: String) {
        (self.id, self.version, self.name) = (id, version, name)
        (self.fields, self.baseURL) = (fields, baseURL)
        (keys, types, consent, isConsentRequired, consentVersion) = ([], [], "", true, 0)
        (redirects, confirms, isChallenged) = ([], false, false)
    }
}

/// The kinds of questions, with their words.
private let kinds: KeyValuePairs<String, String> = [
    "text": "Text", "email": "Email", "phone": "Phone", "textarea": "Long text",
    "choice": "One of several", "multi": "Several of several", "checkbox": "A box to check",
    "file": "A file", "hidden": "Hidden",
]

func formBuilderSection(_ page: FormBuilderPage, canEdit: Bool) -> HTML {
    let rows = page.fields.map {
        listItem(summary($0), editor($0), canEdit: canEdit)
    }
    let blank = listItem(
        summary(BuilderField()), editor(BuilderField()), canEdit: true, isOpen: true)
    return """
        \(formTabs(page.id, page.name, at: .build))\
        <div class="builder">\(listEditor(
            ListEditor(
                kind: "form", path: "/forms/\(page.id)", version: page.version, noun: "question",
                empty: ("This form asks nothing", "clipboard-list"), footer: settings(page)),
            rows: rows, blank: blank, canEdit: canEdit))\
        <section class="panel" aria-labelledby="preview-title"><header>\
        <h2 id="preview-title">Preview</h2><span class="sub">Before it is saved</span></header>\
        <div class="hosted-form" data-preview inert></div></section></div>\
        <datalist id="form-keys">\(page.keys.map(keyOption))</datalist>\
        \(when: canEdit, shareParts(page))
        """
}

private func keyOption(_ choice: Choice) -> HTML {
    "<option value=\"\(choice.value)\">\(choice.label)</option>"
}

enum FormTab { case build, submissions }

/// The form's name, the way back to all of them, and its two pages.
func formTabs(_ id: String, _ name: String, at tab: FormTab) -> HTML {
    let back: HTML = """
        <a class="btn" href="/settings/forms">\(icon("chevron-left"))All forms</a>
        """
    let links: [(MenuLink, count: String?)] = [
        (MenuLink("Questions", url: "/settings/forms/\(id)", isCurrent: tab == .build), nil),
        (
            MenuLink(
                "Submissions", url: "/settings/forms/\(id)/submissions",
                isCurrent: tab == .submissions), nil
        ),
    ]
    return """
        \(sectionHead(name, "What the form asks, and what came of it.", action: back))\
        \(tabs(links, label: "Pages of the form"))
        """
}

private func summary(_ field: BuilderField) -> HTML {
    let kind = kinds.first { $0.key == field.kind }?.value ?? field.kind
    return """
        <b>\(field.label.isEmpty ? "New question" : field.label)</b>\
        <small>\(kind)\(when: field.isRequired, ", required")\
        \(when: !field.key.isEmpty, " · <code>\(field.key)</code>")</small>
        """
}

private func editor(_ field: BuilderField) -> HTML {
    let choices = kinds.map { Choice($0.key, $0.value, isSelected: $0.key == field.kind) }
    return """
        \(input("label", "Label", field.label, "required maxlength=\"120\""))\
        \(input(
            "key", "Goes to", field.key,
            "required maxlength=\"60\" list=\"form-keys\" spellcheck=\"false\""))\
        <label class="field"><span class="label">Kind</span>\
        <select class="input" name="kind">\(options(choices))</select></label>\
        <div class="field">\(switchControl("Required", name: "required", isOn: field.isRequired))</div>\
        \(input("help", "Help below it", field.help, "maxlength=\"300\""))\
        \(input("value", "Says", field.value, "maxlength=\"200\"", kinds: "hidden"))\
        \(input("types", "Kinds of files", field.types.joined(separator: ", "), kinds: "file"))\
        \(input(
            "max_mb", "At most, in MB", String(field.megabytesMax),
            "type=\"number\" min=\"1\" max=\"10\"", kinds: "file"))\
        <label class="field wide" data-kinds="choice multi"><span class="label">\
        Choices, one a line</span><textarea class="input" name="choices" rows="3">\
        \(field.choices.joined(separator: "\n"))</textarea><span class="err" hidden></span></label>
        """
}

/// - Parameter kinds: The kinds of questions that have it; all when there are none named.
private func input(
    _ name: String, _ label: String, _ value: String, _ attributes: HTML = "", kinds: String = ""
) -> HTML {
    """
    <label class="field"\(when: !kinds.isEmpty, " data-kinds=\"\(kinds)\"")>\
    <span class="label">\(label)</span>\
    <input class="input" name="\(name)" value="\(value)" autocomplete="off" \(attributes)>\
    <span class="err" hidden></span></label>
    """
}

private func settings(_ page: FormBuilderPage) -> HTML {
    let version = page.consentVersion == 0 ? "" : " Version \(page.consentVersion) is in use."
    var consent = Field(
        "consent_text", "Words to agree to", .multiline(rows: 3), value: page.consent)
    consent.hint = "Empty: nothing is asked. Changed words get a version of their own.\(version)"
    var redirects = Field(
        "redirects", "Lead people to", .multiline(rows: 2),
        value: page.redirects.joined(separator: "\n"))
    redirects.hint = "Whole addresses, one a line; the first is used. Empty: words of thanks."
    return """
        <div class="item-fields form-settings" data-form-settings>\
        \(field(consent, prefix: "build"))\(field(redirects, prefix: "build"))<div class="field">\
        \(switchControl("Agreeing is required", name: "consent_required", isOn: page.isConsentRequired))\
        \(switchControl("Confirm the address by mail", name: "opt_in", isOn: page.confirms))\
        \(switchControl(
            "Let the browser prove it is no flood", name: "challenge", isOn: page.isChallenged))\
        </div></div>
        """
}

private func shareParts(_ page: FormBuilderPage) -> HTML {
    let rotate = Write(
        "POST /forms/\(page.id)/token", said: "New token made", reveals: "form-once")
    return """
        \(panel("Put it to work",
            body: """
                <p>The code to embed and the link to its page hold a secret that is shown once. \
                Make a new one if you do not have it any more.</p>\
                <div><button class="btn" type="button" data-do \(rotate.attributes) \
                data-confirm="The old embed code and link stop working at once." \
                aria-label="New code and link">\(icon("refresh-cw"))New code and link</button></div>
                """))\(formOnceDialog(page.baseURL))
        """
}

/// What came by a form, under its tabs.
package struct FormSubmissionsPage: Sendable {
    package var id: String
    package var name: String
    package var entries: [InboxEntry]
    package var filter: InboxOutcome?
    package var olderURL: String?

    package init(id: String, name: String, entries: [InboxEntry]) {
        (self.id, self.name, self.entries) = (id, name, entries)
    }
}

func formSubmissionsSection(_ page: FormSubmissionsPage) -> HTML {
    """
    \(formTabs(page.id, page.name, at: .submissions))\
    <section class="panel flush" aria-label="Submissions">\
    \(entryLines(page.entries, page.filter, olderURL: page.olderURL))</section>
    """
}
