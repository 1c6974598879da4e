/// The fields a column can be imported into, in groups as the select shows them.
let importFields: [(group: String, fields: [Choice])] = [
    (
        "Who",
        [
            Choice("company", "Company"), Choice("contact_name", "Contact name"),
            Choice("email", "Email"), Choice("phone", "Phone"),
            Choice("external_id", "External id"),
        ]
    ),
    (
        "Where from",
        [
            Choice("source", "Source"), Choice("campaign", "Campaign"),
            Choice("territory", "Territory"), Choice("owner", "Owner"),
        ]
    ),
    (
        "What",
        [
            Choice("product", "Product"), Choice("value", "Value"),
            Choice("currency", "Currency"), Choice("stage", "Stage"),
            Choice("lost_reason", "Lost reason"),
        ]
    ),
    ("When", [Choice("created_at", "Created"), Choice("closed_at", "Closed")]),
    ("More", [Choice("notes", "Notes"), Choice("tags", "Tags")]),
]

/// Step one: what each column of the file means.
func mappingForm(_ page: ImportPage, _ mapping: ImportMapping) -> HTML {
    """
    <form class="map" id="mapping" data-import="\(page.id)" data-values="\(mapping.values)" novalidate>\
    <section class="panel flush map-columns" aria-labelledby="map-title">\
    <header><h2 id="map-title">Columns</h2>\
    <span class="sub">\(counted(mapping.columns.count, "column", "columns")) in the file</span>\
    </header><ul>\(mapping.columns.enumerated().map { mapRow($0.offset, $0.element, mapping) })</ul>\
    </section>\
    <aside class="map-side">\(savedPanel(mapping))\(readingPanel(mapping))\
    \(matchPanel(mapping))</aside>\(knownTexts(mapping))\
    <footer class="map-foot"><p class="err" data-form-error role="alert" hidden></p>\
    <a class="btn" href="/import">Back to imports</a>\
    <button class="btn primary" type="submit">Check the rows\(icon("arrow-right"))</button></footer>\
    </form>
    """
}

private func mapRow(_ index: Int, _ column: ImportColumn, _ mapping: ImportMapping) -> HTML {
    let samples: HTML =
        column.samples.isEmpty
        ? "<i>empty</i>" : "\(column.samples.map { "<span>\($0)</span>" as HTML })"
    return """
        <li class="map-row" data-column="\(column.name)">\
        <div class="map-name"><b>\(column.name)</b><p>\(samples)</p></div>\
        \(icon("arrow-right", small: true))\
        <div class="map-pick"><select class="input" name="column-\(index)" \
        aria-label="Import \(column.name) as">\(fieldOptions(column.field, mapping.customFields))\
        </select>\(when: column.isSuggestion && column.field != nil, tag("Suggested", .info))\
        <p class="err" hidden></p></div>\
        \(stageMap(column, mapping.stages))\(textMap(column))</li>
        """
}

private func fieldOptions(_ chosen: String?, _ customFields: [Choice]) -> HTML {
    let groups = importFields + (customFields.isEmpty ? [] : [("Your fields", customFields)])
    let parts = groups.map { group, fields -> HTML in
        "<optgroup label=\"\(group)\">\(options(choosing(chosen, among: fields)))</optgroup>"
    }
    return "<option value=\"\">Don’t import</option>\(parts)"
}

/// Shown by the style sheet only while the column is mapped to the stage.
private func stageMap(_ column: ImportColumn, _ stages: [Choice]) -> HTML? {
    guard !column.values.isEmpty else { return nil }
    let rows = column.values.map { value -> HTML in
        """
        <label>\(textAndRows(value))<select class="input" data-value="\(value.text)">\
        <option value="">Choose a stage</option>\
        \(options(choosing(value.stage, among: stages)))</select></label>
        """
    }
    return """
        <fieldset class="map-values of-stage"><legend>Stage for each value</legend>\(rows)\
        </fieldset>
        """
}

/// Shown only while the column is a field whose texts may stand for others; open where one does.
private func textMap(_ column: ImportColumn) -> HTML? {
    guard !column.values.isEmpty else { return nil }
    let rows = column.values.map { value -> HTML in
        """
        <label>\(textAndRows(value))<input class="input" autocomplete="off" maxlength="200" \
        data-instead="\(value.text)" value="\(value.instead ?? "")" \
        placeholder="\(value.text)"></label>
        """
    }
    let isOpen = column.values.contains { $0.instead != nil }
    return """
        <details class="map-texts"\(when: isOpen, " open")><summary>Change values</summary>\
        <fieldset class="map-values"><legend>Imported as</legend>\(rows)</fieldset></details>
        """
}

private func textAndRows(_ value: ImportTextValue) -> HTML {
    let count: HTML? = value.rows.map {
        " <small class=\"num\">\(counted($0, "row", "rows"))</small>"
    }
    return "<span>\(value.text)\(count)</span>"
}

/// What the inputs of a field's texts offer.
private func knownTexts(_ mapping: ImportMapping) -> HTML {
    let lists = mapping.known.sorted { $0.key < $1.key }.map { field, texts -> HTML in
        let options = texts.map { "<option value=\"\($0)\"></option>" as HTML }
        return "<datalist id=\"known-\(field)\">\(options)</datalist>"
    }
    return "\(lists)"
}

/// Mappings that were kept for files like this, and a place to keep this one.
private func savedPanel(_ mapping: ImportMapping) -> HTML {
    let options = mapping.saved.map { saved -> HTML in
        """
        <option value="\(saved.choice.value)" data-mapping="\(saved.mapping)"\
        \(when: saved.choice.isSelected, " selected")>\(saved.choice.label)</option>
        """
    }
    let pick: HTML = """
        <label class="field"><span class="label">Use a saved mapping</span>\
        <select class="input" name="saved"><option value="">None</option>\(options)</select></label>
        """
    return panel(
        "Mapping",
        body: """
            \(when: !mapping.saved.isEmpty, pick)\
            <label class="field"><span class="label">Keep this one as</span><span class="with-button">\
            <input class="input" name="save_as" maxlength="120" autocomplete="off" \
            placeholder="Trade fair list"><button class="btn" type="button" data-save-mapping>\
            Save</button></span></label>
            """)
}

private func readingPanel(_ mapping: ImportMapping) -> HTML {
    let sheets = choosing(mapping.sheet, among: mapping.sheets)
    let dates = [Choice("", "Recognise")] + choosing(mapping.dateFormat, among: mapping.dateFormats)
    let currencies = mapping.currencies.map { Choice($0, $0, isSelected: $0 == mapping.currency) }
    return panel(
        "Reading the file",
        body: """
            \(when: mapping.sheets.count > 1, field(Field("sheet", "Sheet", .select(sheets))))\
            \(field(Field("dates", "Dates are written", .select(dates))))\
            \(field(Field("currency", "Currency of values", .select(currencies))
                .with(hint: "Used where a row names none.")))\
            \(switchControl("Add owners who are not users yet", name: "create_owners",
                isOn: mapping.createsOwners))
            """)
}

private func matchPanel(_ mapping: ImportMapping) -> HTML {
    let keys = [
        Choice("email", "Email"), Choice("phone", "Phone"), Choice("external_id", "External id"),
    ]
    let boxes = keys.map { key -> HTML in
        """
        <label class="check"><input type="checkbox" name="match" value="\(key.value)"\
        \(when: mapping.match.contains(key.value), " checked")><span>\(key.label)</span></label>
        """
    }
    return panel(
        "Duplicates",
        body: """
            <p class="hint">A row that agrees with a lead in one of these is that lead; no \
            second one is made.</p>\
            <fieldset class="checks"><legend class="vh">Same lead when these agree</legend>\
            \(boxes)</fieldset>\
            \(field(Field("on_match", "What becomes of that lead", .select(
                choosing(mapping.onMatch, among: onMatch)))))
            """)
}

private let onMatch = [
    Choice("fill", "Only what it does not know is filled in"),
    Choice("update", "The row replaces what it has"), Choice("skip", "Nothing"),
]

/// The choices with the one holding `value` selected.
func choosing(_ value: String?, among choices: [Choice]) -> [Choice] {
    choices.map { Choice($0.value, $0.label, isSelected: $0.value == value) }
}
