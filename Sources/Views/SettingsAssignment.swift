func assignmentSection(_ page: AssignmentPage, canEdit: Bool) -> HTML {
    let rows = page.rules.map { ruleItem($0, page, canEdit: canEdit) }
    let blank = AssignmentRuleRow(name: "", to: .user(page.users.first?.value ?? ""))
    var editor = ListEditor(
        kind: "rules", path: "/assignment-rules", version: page.version, noun: "rule",
        empty: ("No rules yet", "route"), footer: fallbackRow(page, canEdit: canEdit))
    editor.actions = """
        <button class="btn" type="button" data-try>\(icon("play"))Try on the last 30 days</button>
        """
    let wordLists = page.words.map { suggestions("rule-\($0.field)", $0.words) }
    return """
        \(sectionHead("Assignment",
            "Who gets a new lead. Rules are tried from the top; the first that fits decides. "
                + "People who are away or full are passed over."))\
        \(waitingPanel(page))\
        \(listEditor(editor, rows: rows,
            blank: ruleItem(blank, page, canEdit: true, isOpen: true), canEdit: canEdit))\
        \(when: canEdit, "<section class=\"panel trial\" data-trial aria-live=\"polite\" hidden></section>")\
        \(wordLists)\(suggestions("rule-skills", page.skills))
        """
}

private func suggestions(_ id: String, _ words: [String]) -> HTML {
    """
    <datalist id="\(id)">\(words.map { "<option value=\"\($0)\"></option>" as HTML })</datalist>
    """
}

/// Leads that nobody can take yet.
private func waitingPanel(_ page: AssignmentPage) -> HTML {
    guard !page.waiting.isEmpty else { return "" }
    let rows = page.waiting.map { lead -> HTML in
        """
        <li><a href="\(lead.url)">\(lead.title)</a> <small>\(lead.rule) · since \(lead.since), until \
        \(lead.until)</small></li>
        """
    }
    let count = page.waiting.count
    return """
        <section class="panel waiting"><h3>\(icon("clock", small: true))\(count) \
        \(count == 1 ? "lead waits" : "leads wait") for somebody</h3><ul>\(rows)</ul></section>
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
    let parts = rule.conditions.map { $0.words(page) }
    let when = parts.isEmpty ? "Every lead" : parts.joined(separator: " · ")
    let how = mannerWords(rule.manner)
    return """
        <b>\(rule.name.isEmpty ? "New rule" : rule.name)</b>\
        <small>\(when) \(icon("arrow-right", small: true)) \
        <span class="to">\(targetText(rule.target, rule.manner, page))</span>\
        \(when: !how.isEmpty, " · \(how)")</small>
        """
}

extension RuleCondition {
    /// In a line.
    fileprivate func words(_ page: AssignmentPage) -> String {
        let field = page.fields.first { $0.key == self.field }
        let what = values.map { value -> String in
            switch field?.kind {
            case .amount: Int64(value).map { amount($0, page) } ?? value
            case .source: label(of: value, in: page.sources)
            default: value
            }
        }.joined(separator: " or ")
        let name = field?.label ?? self.field
        return switch op {
        case "is": [.source, .territory].contains(field?.kind) ? what : "\(name) \(what)"
        case "is_not": "\(name) not \(what)"
        case "within": "within \(what)"
        case "contains": "\(name) contains \(what)"
        case "starts_with": "\(name) starts with \(what)"
        case "at_least": field?.kind == .amount ? "\(what) and more" : "\(name) \(what) and more"
        case "at_most": field?.kind == .amount ? "up to \(what)" : "\(name) up to \(what)"
        case "known": "\(name) known"
        default: "\(name) not known"
        }
    }
}

private func mannerWords(_ manner: RuleManner) -> String {
    var parts = manner.skills
    if manner.speaksLanguage { parts.append("speaks the language") }
    if manner.inWorkingHours { parts.append("in working hours") }
    if let minutes = manner.holdMinutes { parts.append("waits \(minutes) min") }
    if let minutes = manner.reofferMinutes { parts.append("next after \(minutes) min") }
    return parts.joined(separator: ", ")
}

private func amount(_ minor: Int64, _ page: AssignmentPage) -> String {
    let parts = majorUnits(minor, digits: page.unit.digits).split(separator: ".")
    let cents = parts.count > 1 ? ".\(parts[1])" : ""
    return "\(page.unit.symbol)\(grouped(Int(parts[0]) ?? 0))\(cents)"
}

private func targetText(
    _ target: AssignmentTarget, _ manner: RuleManner, _ page: AssignmentPage
) -> String {
    switch target {
    case .user(let id): label(of: id, in: page.users)
    case .team(let id): "\(label(of: id, in: page.teams)), \(manner.method.words)"
    }
}

private func ruleFields(_ rule: AssignmentRuleRow, _ page: AssignmentPage) -> HTML {
    let blank = RuleCondition(field: page.fields.first?.key ?? "source", op: "is", values: [])
    return """
        \(ruleInput("name", "Name", rule.name, "required maxlength=\"80\""))\
        <label class="field"><span class="label">Goes to</span>\
        <select class="input" name="to">\(targetOptions(rule.target, page))</select></label>\
        <fieldset class="conds"><legend class="label">When all of this holds</legend>\
        <div data-conds>\(rule.conditions.map { conditionRow($0, page) })</div>\
        <p class="hint">Without a condition it takes every lead.</p>\
        <button class="btn" type="button" data-add-cond>\(icon("plus"))Add condition</button>\
        <template>\(conditionRow(blank, page))</template></fieldset>\
        \(mannerFields(rule.manner))
        """
}

private func conditionRow(_ condition: RuleCondition, _ page: AssignmentPage) -> HTML {
    let field = page.fields.first { $0.key == condition.field }
    let fields = page.fields.map { one -> HTML in
        """
        <option value="\(one.key)" data-ops="\(one.kind.ops.joined(separator: " "))" \
        data-kind="\(one.kind.rawValue)"\
        \(when: one.key == condition.field, " selected")>\(one.label)</option>
        """
    }
    let other: HTML =
        field == nil
        ? "<option value=\"\(condition.field)\" selected>\(condition.field)</option>" : ""
    let ops = RuleCondition.ops.map { Choice($0.key, $0.label, isSelected: $0.key == condition.op) }
    let values = condition.values.map { value in
        field?.kind == .amount
            ? Int64(value).map { majorUnits($0, digits: page.unit.digits) } ?? value : value
    }
    return """
        <div class="cond" data-cond>\
        <select class="input" name="field" aria-label="Field">\(fields)\(other)</select>\
        <select class="input" name="op" aria-label="Comparison">\(options(ops))</select>\
        <input class="input" name="values" value="\(values.joined(separator: ", "))" \
        aria-label="Values, with commas between them" autocomplete="off" \
        data-unit="\(page.unit.digits)" placeholder="Any of, with commas">\
        <button class="btn ghost icon" type="button" data-drop-cond aria-label="Remove condition" \
        title="Remove condition">\(icon("x"))</button></div>
        """
}

private func mannerFields(_ manner: RuleManner) -> HTML {
    let methods = RuleManner.Method.allCases.map {
        Choice($0.rawValue, $0.label, isSelected: $0 == manner.method)
    }
    return """
        <label class="field"><span class="label">Whose turn it is in a team</span>\
        <select class="input" name="method">\(options(methods))</select></label>\
        \(ruleInput("skills", "Skills they need", manner.skills.joined(separator: ", "),
            "placeholder=\"None\" list=\"rule-skills\""))\
        \(ruleInput("hold_minutes", "Waits for them, in minutes",
            manner.holdMinutes.map(String.init) ?? "",
            "inputmode=\"numeric\" pattern=\"[1-9][0-9]{0,4}\" placeholder=\"Not at all\""))\
        \(ruleInput("reoffer_minutes", "Goes to the next after, in working minutes",
            manner.reofferMinutes.map(String.init) ?? "",
            "inputmode=\"numeric\" pattern=\"[1-9][0-9]{0,4}\" placeholder=\"Never\""))\
        <div class="field wide">\(switchControl(
            "Only in their working hours", name: "in_working_hours",
            isOn: manner.inWorkingHours))</div>\
        <div class="field wide">\(switchControl(
            "Only to who speaks the lead’s language", name: "speaks_language",
            isOn: manner.speaksLanguage))</div>
        """
}

private func ruleInput(_ name: String, _ label: String, _ value: String, _ rest: HTML) -> HTML {
    """
    <label class="field"><span class="label">\(label)</span>\
    <input class="input" name="\(name)" value="\(value)" autocomplete="off" \(rest)>\
    <span class="err" hidden></span></label>
    """
}

private func targetOptions(_ target: AssignmentTarget?, _ page: AssignmentPage) -> HTML {
    let users = page.users.map { Choice("user:\($0.value)", $0.label) }
    let teams = page.teams.map { Choice("team:\($0.value)", $0.label) }
    return """
        <optgroup label="Somebody of a team">\(options(choosing(target?.value, among: teams)))\
        </optgroup>\
        <optgroup label="One person">\(options(choosing(target?.value, among: users)))</optgroup>
        """
}

private func fallbackRow(_ page: AssignmentPage, canEdit: Bool) -> HTML {
    let select: HTML = """
        <select class="input" name="fallback" aria-label="Otherwise goes to">\
        <option value="">Nobody, leave it unassigned</option>\
        \(targetOptions(page.fallback, page))</select>
        """
    let words = page.fallback.map { targetText($0, RuleManner(), page) } ?? "Nobody"
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
