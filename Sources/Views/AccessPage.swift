/// What somebody may do to a lead, and why.
package struct AccessPage: Sendable {
    package struct Line: Sendable {
        package let right: String
        package let isAllowed: Bool
        package let reasons: [String]

        package init(right: String, isAllowed: Bool, reasons: [String]) {
            self.right = right
            self.isAllowed = isAllowed
            self.reasons = reasons
        }
    }

    package var lead: String
    package var leadURL: String
    package var person: Person
    package var role: String
    package var lines: [Line]
    /// Whom else one may ask about; empty for who may ask about oneself only.
    package var people: [Choice]

    package init(
        lead: String, leadURL: String, person: Person, role: String, lines: [Line],
        people: [Choice]
    ) {
        self.lead = lead
        self.leadURL = leadURL
        self.person = person
        self.role = role
        self.lines = lines
        self.people = people
    }
}

package func accessPage(_ frame: ShellPage, _ page: AccessPage) -> HTML {
    shell(frame, body: accessBody(page))
}

private func accessBody(_ page: AccessPage) -> HTML {
    """
    <div class="leaf"><section class="panel flush" aria-labelledby="access-title"><header>\
    <h2 id="access-title">Who may do what with <a class="link" href="\(page.leadURL)">\
    \(page.lead)</a></h2></header>\(when: !page.people.isEmpty, chooser(page))\
    <div class="tablewrap" role="region" aria-label="Rights" tabindex="0">\
    <table class="grid all stacked"><thead><tr><th>\(page.person.name), \(page.role)</th>\
    <th></th><th>Why</th></tr></thead><tbody>\(page.lines.map(accessRow))</tbody></table></div>\
    </section></div>
    """
}

private func chooser(_ page: AccessPage) -> HTML {
    """
    <form class="access-who" method="get"><label class="label" for="access-user">Seen by</label>\
    <select class="input" id="access-user" name="user">\(options(page.people))</select>\
    <button class="btn" type="submit">Show</button></form>
    """
}

private func accessRow(_ line: AccessPage.Line) -> HTML {
    """
    <tr><td class="strong">May \(line.right)</td><td>\
    \(line.isAllowed ? tag("Yes", .good) : tag("No", .plain))</td>\
    <td class="wrap" data-label="Why">\(line.reasons.map(reason))</td></tr>
    """
}

private func reason(_ text: String) -> HTML {
    "<span class=\"row-why\">\(text)</span>"
}
