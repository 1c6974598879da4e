// Settings → Facebook: its forms, their questions, and both counts beside each other.

func metaTables(_ connection: MetaConnectionPanel, canEdit: Bool) -> HTML {
    """
    \(formsTable(connection, canEdit: canEdit))\(questionsTable(connection, canEdit: canEdit))\
    \(daysTable(connection, canEdit: canEdit))
    """
}

private func table(
    _ title: String, _ text: String, actions: HTML? = nil, heads: HTML, rows: [HTML]
) -> HTML {
    """
    <section class="panel flush"><header><h2>\(title)</h2><span class="sub">\(text)</span>\
    <span class="grow"></span>\(actions)</header>\
    <div class="tablewrap" role="region" aria-label="\(title)" tabindex="0">\
    <table class="grid all stacked"><thead><tr>\(heads)</tr></thead><tbody>\(rows)</tbody></table>\
    </div></section>
    """
}

private func formsTable(_ connection: MetaConnectionPanel, canEdit: Bool) -> HTML {
    let fetch = labelled(
        "Fetch now", "download",
        Write("POST /connections/meta/backfill", said: "Facebook’s lists are being read"),
        body: "{}")
    guard !connection.forms.isEmpty else {
        return panel(
            "Forms",
            body: emptyState(
                "No forms yet", "A form is known by its first lead, or by the page.",
                icon: "clipboard-list"))
    }
    return table(
        "Forms", "Their lists are read every ten minutes as well.", actions: canEdit ? fetch : nil,
        heads: """
            <th>Form</th><th class="n">Leads</th><th>Last lead</th><th>List read</th>
            """, rows: connection.forms.map(formRow))
}

private func formRow(_ form: MetaFormRow) -> HTML {
    let fault: HTML? =
        form.fault.isEmpty ? nil : tag(form.fault, .warn, icon: "triangle-alert")
    return """
        <tr><td class="strong wrap">\(form.name)\(fault)</td>\
        <td class="n" data-label="Leads">\(grouped(form.leads))</td>\
        <td data-label="Last lead">\(form.last.isEmpty ? "None yet" : form.last)</td>\
        <td data-label="List read">\(form.read.isEmpty ? "Not yet" : form.read)</td></tr>
        """
}

private func questionsTable(_ connection: MetaConnectionPanel, canEdit: Bool) -> HTML? {
    guard !connection.questions.isEmpty else { return nil }
    return table(
        "Questions", "What has no field of its own stands in the notes.",
        heads: """
            <th>Question</th><th>For example</th><th>Field</th>\
            \(when: canEdit, "<th><span class=\"vh\">Actions</span></th>")
            """, rows: connection.questions.map { questionRow($0, canEdit: canEdit) })
}

private func questionRow(_ row: MetaQuestionRow, canEdit: Bool) -> HTML {
    let edit = editButton(
        row.question, opens: "meta-question",
        Write("PATCH /connections/meta/mapping", said: "\(row.question) is saved"),
        values: ["question": row.question, "target": row.target])
    return """
        <tr><td class="strong wrap">\(row.question)</td>\
        <td class="wrap" data-label="For example">\(row.sample)</td>\
        <td data-label="Field">\(row.label)</td>\
        \(when: canEdit, "<td class=\"acts-cell\">\(edit)</td>")</tr>
        """
}

private func daysTable(_ connection: MetaConnectionPanel, canEdit: Bool) -> HTML {
    let compare = labelled(
        "Compare now", "refresh-cw",
        Write("POST /connections/meta/reconciliation", said: "Facebook’s leads are being counted"),
        body: "{}")
    let text = "Days of UTC, as Facebook’s lists had them when they were counted."
    guard !connection.days.isEmpty else {
        return panel(
            "Comparison", subtitle: text, actions: canEdit ? compare : nil,
            body: """
                <div class="panel-body"><p>Nothing was compared yet. It is done every night.</p></div>
                """)
    }
    return table(
        "Comparison", text, actions: canEdit ? compare : nil,
        heads: """
            <th>Day</th><th>Form</th><th class="n">Facebook</th><th class="n">Here</th>\
            <th>Missing</th>
            """, rows: connection.days.map { dayRow($0, canEdit: canEdit) })
}

private func dayRow(_ row: MetaDayRow, canEdit: Bool) -> HTML {
    let missing = max(0, row.theirs - row.ours)
    let fetch = labelled(
        "Fetch the missing", "download",
        Write("POST /connections/meta/backfill", said: "The missing leads are being fetched"),
        body: "{\"form_id\":\"\(row.form)\",\"day\":\"\(row.day)\"}")
    let state: HTML =
        missing == 0
        ? tag("None", .good, icon: "check")
        : """
        <span class="row">\(tag(grouped(missing), .warn, icon: "triangle-alert"))\
        \(when: canEdit, fetch)</span>
        """
    return """
        <tr><td class="strong">\(row.dayName)</td><td class="wrap" data-label="Form">\(row.formName)</td>\
        <td class="n" data-label="Facebook">\(grouped(row.theirs))</td>\
        <td class="n" data-label="Here">\(grouped(row.ours))</td>\
        <td data-label="Missing">\(state)</td></tr>
        """
}
