/// One time that an operator looked into a company.
package struct BreakGlassRow: Sendable {
    package var id: String
    package var company: String
    package var who: String
    package var email: String
    package var reason: String
    /// As "26 Nov, 13:20–14:20".
    package var when: String
    package var isOpen: Bool
    /// Before its time.
    package var wasEnded: Bool

    package init(id: String, company: String, who: String, email: String, reason: String) {
        (self.id, self.company, self.who) = (id, company, who)
        (self.email, self.reason) = (email, reason)
        (when, isOpen, wasEnded) = ("", false, false)
    }
}

/// The page at `/break-glass`.
package struct BreakGlassPage: Sendable {
    package enum Side: Sendable {
        case `operator`
        case company(isForbidden: Bool, canForbid: Bool)
    }

    package var rows: [BreakGlassRow]
    package var side: Side

    package init(rows: [BreakGlassRow]) {
        (self.rows, side) = (rows, .operator)
    }
}

/// What stands above every page that an operator sees of another company.
package struct BreakGlassBanner: Sendable {
    package var id: String
    package var company: String
    /// As "14:20".
    package var until: String
    package var reason: String

    package init(id: String, company: String, until: String, reason: String) {
        (self.id, self.company, self.until, self.reason) = (id, company, until, reason)
    }
}

func breakGlassBanner(_ banner: BreakGlassBanner) -> HTML {
    """
    <div class="notice warn glass" role="status">\(icon("eye"))\
    <p><b>Break-glass access to \(banner.company) until \(banner.until).</b> \(banner.reason)</p>\
    <button class="btn" type="button" data-end-glass="\(banner.id)">End</button></div>
    """
}

package func breakGlassPage(_ frame: ShellPage, _ page: BreakGlassPage) -> HTML {
    shell(frame, body: breakGlassBody(page), assets: ["js/forms.js"])
}

/// The page without its frame; also the answer to a request for a fragment.
package func breakGlassBody(_ page: BreakGlassPage) -> HTML {
    switch page.side {
    case .operator:
        """
        <div class="leaf" data-region="break-glass">\(operatorPanel)\
        \(rowsPanel("Where you were let in", page.rows, isOperator: true))\
        \(wayInDialog)\(confirmDialog)</div>
        """
    case .company(let isForbidden, let canForbid):
        """
        <div class="leaf" data-region="break-glass">\(policyPanel(isForbidden, canForbid))\
        \(rowsPanel("Who looked", page.rows, isOperator: false))\(confirmDialog)</div>
        """
    }
}

private let operatorPanel: HTML = {
    let write = Write("POST /break-glass", said: "You are in")
    return panel(
        "Look into a company",
        actions: """
            <button class="btn primary" type="button" data-open-form="way-in" \(write.attributes) \
            data-then="/today">\(icon("eye"))Break the glass</button>
            """,
        body: """
            <div class="panel-body"><p>For a while you read what an admin of the company reads. \
            Nothing can be changed or taken away. Its admins are told at once, with your reason; \
            what you open stands in their audit log.</p></div>
            """)
}()

private let wayInDialog: HTML = {
    let fields = [
        Field("tenant", "Company", isRequired: true).with(hint: "Its short name."),
        Field("reason", "Reason", .multiline(rows: 2), isRequired: true)
            .with(hint: "At least 10 characters. The company's admins read it."),
        Field("minutes", "Minutes", .number, value: "30", isRequired: true)
            .with(hint: "5 to 240."),
        Field("password", "Your password", .password, isRequired: true)
            .with(autocomplete: "current-password"),
        Field("code", "Code").with(
            hint: "If you have a second step.", autocomplete: "one-time-code"),
    ]
    return dialog(
        id: "way-in", title: "Break the glass", submit: "Let me in",
        body: "\(fields.map { field($0, prefix: "glass") })")
}()

private func policyPanel(_ isForbidden: Bool, _ canForbid: Bool) -> HTML {
    let state = isForbidden ? tag("Forbidden", .warn, icon: "lock") : tag("Allowed")
    let words =
        isForbidden
        ? "Nobody who runs this installation is let in to look."
        : """
        Who runs this installation may look into your company for up to four hours, with a \
        reason, and can change nothing. You are told at once, and can end it at once.
        """
    return panel(
        "Platform operators", actions: state,
        body: """
            <div class="panel-body"><p>\(words)</p><div class="row">\
            \(when: canForbid, policyButton(isForbidden))</div></div>
            """)
}

private func policyButton(_ isForbidden: Bool) -> HTML {
    isForbidden
        ? labelled(
            "Allow", "eye", Write("PUT /break-glass/policy", said: "Operators may be let in"),
            body: "{\"forbidden\":false}")
        : labelled(
            "Forbid", "lock", Write("PUT /break-glass/policy", said: "No operator is let in"),
            body: "{\"forbidden\":true}",
            confirm: "Who is inside now is put out. Support can no longer look with you.")
}

private func rowsPanel(_ title: String, _ rows: [BreakGlassRow], isOperator: Bool) -> HTML {
    let list: HTML =
        rows.isEmpty
        ? emptyState(
            isOperator ? "Nowhere yet" : "Nobody so far", "What happens stands here for good.",
            icon: "shield-check")
        : "<ul class=\"entries\">\(rows.map { entry($0, isOperator: isOperator) })</ul>"
    return """
        <section class="panel flush" aria-labelledby="glass-title"><header>\
        <h2 id="glass-title">\(title)</h2></header>\(list)</section>
        """
}

private func entry(_ row: BreakGlassRow, isOperator: Bool) -> HTML {
    let name = isOperator ? row.company : row.who
    let state =
        row.isOpen ? tag("Open", .warn) : row.wasEnded ? tag("Ended") : tag("Ran out")
    let end = doButton(
        "End: \(name)", icon: "x", Write("DELETE /break-glass/\(row.id)", said: "It is over"))
    return """
        <li class="entry" id="glass-\(row.id)"><span class="entry-mark">\(icon("eye"))</span>\
        <div class="entry-main"><p class="entry-line"><b>\(name)</b>\
        \(when: !isOperator, "<span>\(row.email)</span>")\(state)</p>\
        <p class="entry-note">\(row.when)</p><p class="entry-why">\(row.reason)</p></div>\
        <div class="entry-acts">\(when: row.isOpen, end)</div></li>
        """
}
