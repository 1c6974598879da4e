func teamsSection(_ page: TeamsPage, canEdit: Bool) -> HTML {
    let add = addButton("Add team", opens: "team-edit", Write("POST /teams", said: "Team added"))
    let list: HTML =
        page.teams.isEmpty
        ? emptyState(
            "No teams yet", "A manager sees the leads of the own team and of the teams below it.",
            icon: "network")
        : """
        <section class="panel flush"><ul class="tree" aria-label="Teams">\
        \(page.teams.map { teamRow($0, canEdit: canEdit) })</ul></section>
        """
    return """
        \(sectionHead("Teams", "Managers see what belongs to their team and to the teams below it.",
            action: canEdit ? add : nil))\(list)\(when: canEdit, teamDialog(page))
        """
}

private func teamRow(_ team: TeamRow, canEdit: Bool) -> HTML {
    let manager = team.managerName.map { "Managed by \($0)" } ?? "No manager"
    return """
        <li style="--depth:\(team.depth)"><span class="tree-mark">\(icon("users"))</span>\
        <div class="tree-name"><b>\(team.name)</b><small>\(manager)</small></div>\
        \(faces(team.members))\(when: canEdit, teamActions(team))</li>
        """
}

/// Up to five people, and how many more.
private func faces(_ people: [Person]) -> HTML? {
    guard !people.isEmpty else { return nil }
    let more = people.count - 5
    return """
        <span class="faces">\(people.prefix(5).map { avatar($0, .medium) })\
        \(when: more > 0, "<small>+\(more)</small>")\
        <small class="desk">\(counted(people.count, "member", "members"))</small></span>
        """
}

private func teamActions(_ team: TeamRow) -> HTML {
    let edit = editButton(
        team.name, opens: "team-edit",
        Write("PATCH /teams/\(team.id)", said: "\(team.name) saved", version: team.version),
        values: [
            "name": team.name, "parent": team.parent ?? "", "manager": team.manager ?? "",
        ])
    let delete = doButton(
        "Delete \(team.name)", icon: "trash-2",
        Write("DELETE /teams/\(team.id)", said: "\(team.name) deleted", version: team.version),
        confirm: "It must have no members and no team below it. This cannot be undone.")
    return "<span class=\"acts-cell\">\(edit)\(delete)</span>"
}

private func teamDialog(_ page: TeamsPage) -> HTML {
    let parents = page.teams.map { team in
        Choice(team.id, String(repeating: "– ", count: team.depth) + team.name)
    }
    let top = [Choice("", "None, it is at the top")]
    return dialog(
        id: "team-edit", title: "Team", submit: "Save",
        body: """
            \(field(Field("name", "Name", isRequired: true), prefix: "team"))\
            \(field(Field("parent", "Part of", .select(top + parents)), prefix: "team"))\
            \(field(Field("manager", "Manager", .select([Choice("", "No manager")] + page.users)),
                prefix: "team"))
            """)
}
