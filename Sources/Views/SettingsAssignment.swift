func assignmentSection(_ page: AssignmentPage, canEdit: Bool) -> HTML {
    let rows = page.rules.map { ruleItem($0, page, canEdit: canEdit) }
    let blank = AssignmentRuleRow(name: "", to: .user(page.users.first?.value ?? ""))
    let editor = ListEditor(
        kind: "rules", path: "/assignment-rules", version: page.version, noun: "rule",
        empty: ("No rules yet", "route"), footer: fallbackRow(page, canEdit: canEdit))
    return """
        \(sectionHead("Assignment",
            "Who gets a new lead. Rules are tried from the top; the first that fits decides. "
                + "A team takes turns, and people who are away are passed over."))\
        \(listEditor(editor, rows: rows,
            blank: ruleItem(blank, page, canEdit: true, isOpen: true), canEdit: canEdit))\
        \(suggestions("rule-territories", page.territories))\
        \(suggestions("rule-products", page.products))
        """
}

private func suggestions(_ id: String, _ words: [String]) -> HTML {
    """
    <datalist id="\(id)">\(words.map { "<option value=\"\($0)\"></option>" as HTML })</datalist>
    """
}

private func ruleItem(
    _ rule: AssignmentRuleRow, _ page: AssignmentPage, canEdit: Bool, isOpen: Bool = false
) -> HTML {
    let active: HTML =
        canEdit
        ? """
        <label class="switch"><input type="checkbox" role="switch" name="active" \
        aria-label="\(rule.name.isEmpty ? "New rule" : rule.name) is active"\
        \(when: rule.isActive, " checked")></label>
        """
        : tag(rule.isActive ? "Active" : "Off", rule.isActive ? .good : .plain)
    return listItem(
        ruleSummary(rule, page), ruleFields(rule, page), lead: active, canEdit: canEdit,
        isOpen: isOpen)
}

private func ruleSummary(_ rule: AssignmentRuleRow, _ page: AssignmentPage) -> HTML {
    let parts = conditions(rule, page)
    let when = parts.isEmpty ? "Every lead" : parts.joined(separator: " · ")
    return """
        <b>\(rule.name.isEmpty ? "New rule" : rule.name)</b>\
        <small>\(when) \(icon("arrow-right", small: true)) \
        <span class="to">\(targetText(rule.target, page))</span></small>
        """
}

private func conditions(_ rule: AssignmentRuleRow, _ page: AssignmentPage) -> [String] {
    var parts: [String] = []
    if !rule.source.isEmpty { parts.append(label(of: rule.source, in: page.sources)) }
    if !rule.territory.isEmpty { parts.append(rule.territory) }
    if !rule.product.isEmpty { parts.append(rule.product) }
    let least = rule.valueMin.map { amount($0, page) }
    let most = rule.valueMax.map { amount($0, page) }
    switch (least, most) {
    case (let least?, let most?): parts.append("\(least) to \(most)")
    case (let least?, nil): parts.append("\(least) and more")
    case (nil, let most?): parts.append("up to \(most)")
    case (nil, nil): break
    }
    return parts
}

private func amount(_ minor: Int64, _ page: AssignmentPage) -> String {
    let parts = majorUnits(minor, digits: page.unit.digits).split(separator: ".")
    let cents = parts.count > 1 ? ".\(parts[1])" : ""
    return "\(page.unit.symbol)\(grouped(Int(parts[0]) ?? 0))\(cents)"
}

private func targetText(_ target: AssignmentTarget, _ page: AssignmentPage) -> String {
    switch target {
    case .user(let id): label(of: id, in: page.users)
    case .team(let id): "\(label(of: id, in: page.teams)), in turn"
    }
}

private func ruleFields(_ rule: AssignmentRuleRow, _ page: AssignmentPage) -> HTML {
    let digits = page.unit.digits
    let sources = [Choice("", "Any source")] + choosing(rule.source, among: page.sources)
    return """
        \(input("name", "Name", rule.name, "required maxlength=\"80\""))\
        <label class="field"><span class="label">Source</span>\
        <select class="input" name="source">\(options(sources))</select></label>\
        \(input("territory", "Territory", rule.territory,
            "list=\"rule-territories\" placeholder=\"Any\""))\
        \(input("product", "Product", rule.product, "list=\"rule-products\" placeholder=\"Any\""))\
        \(input("value_min", "Value from (\(page.unit.code))",
            rule.valueMin.map { majorUnits($0, digits: digits) } ?? "",
            "inputmode=\"decimal\" placeholder=\"Any\" data-digits=\"\(digits)\""))\
        \(input("value_max", "Value to (\(page.unit.code))",
            rule.valueMax.map { majorUnits($0, digits: digits) } ?? "",
            "inputmode=\"decimal\" placeholder=\"Any\" data-digits=\"\(digits)\""))\
        <label class="field wide"><span class="label">Goes to</span>\
        <select class="input" name="to">\(targetOptions(rule.target, page))</select></label>
        """
}

private func input(_ name: String, _ label: String, _ value: String, _ rest: HTML) -> HTML {
    """
    <label class="field"><span class="label">\(label)</span>\
    <input class="input" name="\(name)" value="\(value)" autocomplete="off" \(rest)>\
    <span class="err" hidden></span></label>
    """
}

private func targetOptions(_ target: AssignmentTarget?, _ page: AssignmentPage) -> HTML {
    let users = page.users.map { Choice("user:\($0.value)", $0.label) }
    let teams = page.teams.map { Choice("team:\($0.value)", "\($0.label), in turn") }
    return """
        <optgroup label="One person">\(options(choosing(target?.value, among: users)))</optgroup>\
        <optgroup label="A team, in turn">\(options(choosing(target?.value, among: teams)))\
        </optgroup>
        """
}

private func fallbackRow(_ page: AssignmentPage, canEdit: Bool) -> HTML {
    let select: HTML = """
        <select class="input" name="fallback" aria-label="Otherwise goes to">\
        <option value="">Nobody, leave it unassigned</option>\
        \(targetOptions(page.fallback, page))</select>
        """
    let words = page.fallback.map { targetText($0, page) } ?? "Nobody"
    return """
        <div class="fallback"><span><b>Otherwise</b><small>When no rule fits</small></span>\
        \(canEdit ? select : "<span>\(words)</span>")</div>
        """
}

/// An amount as a person types it: no separators, decimals only where there are any.
func majorUnits(_ minor: Int64, digits: Int) -> String {
    guard digits > 0 else { return String(minor) }
    var text = String(minor.magnitude)
    while text.count <= digits { text = "0" + text }
    let cents = text.suffix(digits)
    let whole = (minor < 0 ? "-" : "") + text.dropLast(digits)
    return cents.allSatisfy { $0 == "0" } ? whole : "\(whole).\(cents)"
}
