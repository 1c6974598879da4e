func fieldsSection(_ page: FieldsPage, canEdit: Bool) -> HTML {
    let rows = page.fields.map { listItem(fieldSummary($0), fieldEditor($0), canEdit: canEdit) }
    let blank = CustomFieldRow(key: "", label: "", kind: .text)
    let new = listItem(fieldSummary(blank), fieldEditor(blank), canEdit: true, isOpen: true)
    return """
        \(sectionHead("Custom fields",
            "What your company keeps about a lead beyond the fields everybody has."))\
        \(listEditor(
            ListEditor(
                kind: "fields", path: "/custom-fields", version: page.version, noun: "field",
                empty: ("No custom fields yet", "text-cursor-input")),
            rows: rows, blank: new, canEdit: canEdit))
        """
}

private func fieldSummary(_ row: CustomFieldRow) -> HTML {
    let choices = row.choices.isEmpty ? "" : ": " + row.choices.joined(separator: ", ")
    return """
        <b>\(row.label.isEmpty ? "New field" : row.label)</b>\
        <small>\(kindLabel(row.kind))\(choices)\
        \(when: !row.key.isEmpty, " · <code>custom.\(row.key)</code>")</small>\
        \(when: row.isSensitive, tag("Sensitive", .warn, icon: "lock"))
        """
}

private func fieldEditor(_ row: CustomFieldRow) -> HTML {
    let kinds = CustomFieldKind.allCases.map {
        Choice($0.rawValue, kindLabel($0), isSelected: $0 == row.kind)
    }
    return """
        <label class="field"><span class="label">Label</span>\
        <input class="input" name="label" value="\(row.label)" required maxlength="60" \
        autocomplete="off"><span class="err" hidden></span></label>\
        <label class="field"><span class="label">Key</span>\
        <input class="input" name="key" value="\(row.key)" required pattern="[a-z][a-z0-9_]*" \
        maxlength="40" autocomplete="off" spellcheck="false"\
        \(when: !row.key.isEmpty, " readonly")>\
        <span class="err" hidden></span></label>\
        <label class="field"><span class="label">Type</span>\
        <select class="input" name="type">\(options(kinds))</select></label>\
        <label class="field wide choices"><span class="label">Choices, one a line</span>\
        <textarea class="input" name="choices" rows="3">\(row.choices.joined(separator: "\n"))\
        </textarea></label>\
        <div class="field wide">\(switchControl(
            "Sensitive: for few to see, and noted when they do", name: "sensitive",
            isOn: row.isSensitive))</div>
        """
}

private func kindLabel(_ kind: CustomFieldKind) -> String {
    switch kind {
    case .text: "Text"
    case .number: "Number"
    case .date: "Date"
    case .boolean: "Yes or no"
    case .choice: "Choice"
    }
}
