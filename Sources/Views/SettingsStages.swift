func stagesSection(_ page: StagesPage, canEdit: Bool) -> HTML {
    """
    \(sectionHead("Stages",
        "What each stage is called, how likely it is won, and when a lead in it counts as stalled. "
            + "Changes are saved as you leave a field."))\
    <section class="panel flush"><div class="tablewrap" role="region" aria-label="Stages" \
    tabindex="0"><table class="grid all stacked inline-edit"><thead><tr><th>Stage</th>\
    <th class="n">Probability</th><th class="n">Stalled after</th><th>Counts as</th>\
    <th class="n">Leads</th></tr></thead>\
    <tbody>\(page.stages.map { stageRow($0, canEdit: canEdit) })</tbody></table></div></section>\
    \(touchGuard(page.touchGuardHours, canEdit: canEdit))
    """
}

/// Saved as the field is left, like the stages above.
private func touchGuard(_ hours: Int, canEdit: Bool) -> HTML {
    let part = Quantity(
        name: "hours", value: hours, unit: "hours",
        label: "Hours for which a colleague's call is told", range: 0...720)
    let write = Write("PUT /touch-guard", said: "Saved")
    return panel(
        "Calls by colleagues",
        body: """
            <div class="panel-body inline-edit touch-guard" data-row \(write.attributes)>\
            <p>Who is about to log a call, an email, a WhatsApp message or a meeting sees what a \
            colleague did with the lead in the last hours. 0 shows nothing.</p>\
            \(quantityCell(part, canEdit: canEdit))</div>
            """)
}

private func stageRow(_ row: StageRow, canEdit: Bool) -> HTML {
    let stage = row.stage
    let write = Write(
        "PATCH /stages/\(stage.key)", said: "\(stage.label) saved", version: row.version)
    // What a stage that is not open stands for is fixed: won is certain, lost is not coming.
    let isOpen = canEdit && row.stageClass == .open
    let probability = Quantity(
        name: "probability", value: row.probability, unit: "%",
        label: "Probability of \(stage.label), percent", range: 0...100)
    let stalled = Quantity(
        name: "stalled_after_days", value: row.stalledAfterDays, unit: "days",
        label: "Days until a lead in \(stage.label) is stalled", range: 1...365)
    return """
        <tr data-row \(write.attributes)><td><div class="stage-cell">\
        <span class="pip" style="--c:var(\(stage.tone.property))"></span>\
        \(nameCell(row, canEdit: canEdit))</div></td>\
        <td class="n" data-label="Probability">\(quantityCell(probability, canEdit: isOpen))</td>\
        <td class="n" data-label="Stalled after">\(quantityCell(stalled, canEdit: isOpen))</td>\
        <td data-label="Counts as">\(classTag(row.stageClass))</td>\
        <td class="n" data-label="Leads">\(grouped(row.leads))</td></tr>
        """
}

private func nameCell(_ row: StageRow, canEdit: Bool) -> HTML {
    guard canEdit else { return "\(row.stage.label)" }
    return """
        <input class="input quiet" type="text" required maxlength="60" name="name" \
        value="\(row.stage.label)" aria-label="Name of \(row.stage.key)" autocomplete="off">
        """
}

/// A number with its unit, edited where it stands.
private struct Quantity {
    var name: String
    var value: Int?
    var unit: String
    var label: String
    var range: ClosedRange<Int>
}

private func quantityCell(_ part: Quantity, canEdit: Bool) -> HTML {
    guard canEdit else { return "\(part.value.map { "\($0) \(part.unit)" } ?? "–")" }
    return """
        <span class="unit"><input class="input quiet" type="number" name="\(part.name)" \
        min="\(part.range.lowerBound)" max="\(part.range.upperBound)" \
        value="\(part.value.map(String.init) ?? "")" aria-label="\(part.label)" \
        autocomplete="off"><span>\(part.unit)</span></span>
        """
}

private func classTag(_ stageClass: StageClass) -> HTML {
    switch stageClass {
    case .open: tag("Open")
    case .onHold: tag("On hold", .warn, icon: "pause")
    case .won: tag("Won", .good, icon: "trophy")
    case .lost: tag("Lost", .bad, icon: "circle-x")
    }
}
