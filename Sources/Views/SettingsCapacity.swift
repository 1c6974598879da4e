// Who takes how many leads, and which territory is part of which.

func capacitySection(_ page: CapacityPage, canEdit: Bool) -> HTML {
    var editor = ListEditor(
        kind: "members", path: "/assignment/members", version: page.version, noun: "person",
        empty: ("Nobody takes leads by turns yet", "users"))
    editor.isFixed = true
    return """
        \(sectionHead("Capacity",
            "How many leads each salesperson takes by rule, and what they are good for."))\
        \(listEditor(editor, rows: page.rows.map { capacityItem($0, canEdit: canEdit) },
            blank: "", canEdit: canEdit))
        """
}

private func capacityItem(_ row: CapacityRow, canEdit: Bool) -> HTML {
    listItem(
        "<b>\(row.person.name)</b><small>\(capacityWords(row))</small>", capacityFields(row),
        canEdit: canEdit, isFixed: true)
}

private func capacityWords(_ row: CapacityRow) -> String {
    var parts: [String] = []
    if row.weight != 1 {
        parts.append(row.weight == 0 ? "No turns by weight" : "Weight \(row.weight)")
    }
    if let most = row.dayMax { parts.append("\(most) a day") }
    if let most = row.weekMax { parts.append("\(most) a week") }
    if let most = row.openMax { parts.append("\(most) open") }
    parts += [row.skills, row.languages].filter { !$0.isEmpty }.map { $0.joined(separator: ", ") }
    if row.hasOwnHours { parts.append("own hours") }
    if row.isPaidBack { parts.append("leave is paid back") }
    return parts.isEmpty ? "Takes every turn" : parts.joined(separator: " · ")
}

private func capacityFields(_ row: CapacityRow) -> HTML {
    """
    <input type="hidden" name="user" value="\(row.user)">\
    \(number("weight", "Weight", String(row.weight), "required max=\"100\""))\
    \(number("day_max", "Leads a day", row.dayMax.map(String.init) ?? "", "placeholder=\"Any\""))\
    \(number("week_max", "Leads a week", row.weekMax.map(String.init) ?? "",
        "placeholder=\"Any\""))\
    \(number("open_max", "Open leads", row.openMax.map(String.init) ?? "",
        "placeholder=\"Any\""))\
    \(words("skills", "Skills", row.skills))\(words("languages", "Languages", row.languages))\
    <div class="field wide">\(switchControl(
        "Turns missed while away are given back", name: "paid_back",
        isOn: row.isPaidBack))</div>\(ownHours(row))
    """
}

private func ownHours(_ row: CapacityRow) -> HTML {
    """
    <details class="wide own-hours"\(when: row.hasOwnHours, " open")>\
    <summary>Own working hours</summary>\
    <div class="hours">\(row.days.map { dayField($0, true, blank: row.hasOwnHours ? "Free" : "") })\
    </div>\(hoursHint)<p class="hint">With every day empty, the company’s hours are theirs.</p>\
    </details>
    """
}

private func number(_ name: String, _ label: String, _ value: String, _ rest: HTML) -> HTML {
    """
    <label class="field"><span class="label">\(label)</span>\
    <input class="input" type="number" min="0" step="1" name="\(name)" value="\(value)" \(rest)>\
    <span class="err" hidden></span></label>
    """
}

private func words(_ name: String, _ label: String, _ values: [String]) -> HTML {
    """
    <label class="field"><span class="label">\(label)</span>\
    <input class="input" name="\(name)" value="\(values.joined(separator: ", "))" \
    autocomplete="off" placeholder="With commas between them"><span class="err" hidden></span>\
    </label>
    """
}

func territoriesSection(_ page: TerritoriesPage, canEdit: Bool) -> HTML {
    let editor = ListEditor(
        kind: "territories", path: "/territories", version: page.version, noun: "territory",
        empty: ("No territories yet", "map-pin"))
    let blank = territoryItem(TerritoryRow(""), canEdit: true, isOpen: true)
    let known = page.words + page.rows.map(\.name).filter { !page.words.contains($0) }
    return """
        \(sectionHead("Territories",
            "Which sales region is part of which. A rule that asks for one takes all below it."))\
        \(listEditor(editor, rows: page.rows.map { territoryItem($0, canEdit: canEdit) },
            blank: blank, canEdit: canEdit))\
        <datalist id="territory-names">\
        \(known.map { "<option value=\"\($0)\"></option>" as HTML })</datalist>
        """
}

private func territoryItem(
    _ row: TerritoryRow, canEdit: Bool, isOpen: Bool = false
) -> HTML {
    let summary: HTML = """
        <b>\(row.name.isEmpty ? "New territory" : row.name)</b>\
        <small>\(row.parent.isEmpty ? "Part of nothing larger" : "Part of \(row.parent)")</small>
        """
    let fields: HTML = """
        <label class="field"><span class="label">Name</span>\
        <input class="input" name="name" value="\(row.name)" required maxlength="120" \
        list="territory-names" autocomplete="off"><span class="err" hidden></span></label>\
        <label class="field"><span class="label">Part of</span>\
        <input class="input" name="parent" value="\(row.parent)" maxlength="120" \
        list="territory-names" autocomplete="off" placeholder="Nothing larger">\
        <span class="err" hidden></span></label>
        """
    return listItem(summary, fields, canEdit: canEdit, isOpen: isOpen)
}
