func usersSection(_ page: UsersPage, canEdit: Bool) -> HTML {
    let add = addButton(
        "Invite user", opens: "user-add", Write("POST /users", said: "User added"))
    return """
        \(sectionHead("Users", "Who can sign in, what they may do, and who is away.",
            action: canEdit ? add : nil))\
        <section class="panel flush"><div class="tablewrap" role="region" aria-label="Users" \
        tabindex="0"><table class="grid all stacked"><thead><tr><th>Name</th><th>Role</th><th>Team</th>\
        <th>Territory</th><th>State</th><th>Last seen</th>\
        \(when: canEdit, "<th><span class=\"vh\">Actions</span></th>")</tr></thead>\
        <tbody>\(page.users.map { userRow($0, page, canEdit: canEdit) })</tbody></table></div>\
        </section>\(when: canEdit, userDialogs(page))
        """
}

private func userRow(_ row: UserRow, _ page: UsersPage, canEdit: Bool) -> HTML {
    let person = row.person
    return """
        <tr\(when: !row.isActive, " class=\"off\"")><td><div class="who-cell">\
        \(avatar(person, .medium))<div><b>\(person.name)</b>\(when: row.isYou, tag("You"))\
        <small>\(row.email)</small></div></div></td>\
        <td data-label="Role">\(label(of: row.role, in: page.roles + page.ownRoles.map(\.role)))</td>\
        <td data-label="Team">\(row.team.map { label(of: $0, in: page.teams) } ?? "")</td>\
        <td data-label="Territory">\(row.territory)</td><td><span class="in-row">\(stateTag(row))\
        \(when: row.hasSecondStep, tag("Second step", icon: "shield-check"))</span></td>\
        <td data-label="Last seen">\(row.lastSeen.isEmpty ? "Never" : row.lastSeen)</td>\
        \(when: canEdit, "<td class=\"acts-cell\">\(userActions(row))</td>")</tr>
        """
}

private func stateTag(_ row: UserRow) -> HTML {
    if !row.isActive { return tag("Deactivated", icon: "circle-x") }
    if let day = row.awayShown ?? row.awayUntil {
        return tag("Away until \(day)", .warn, icon: "plane")
    }
    if let invitation = row.invitation {
        return tag(invitation, row.isInvited ? .info : .warn, icon: "mail")
    }
    return tag("Active", .good, icon: "check")
}

private func userActions(_ row: UserRow) -> HTML {
    let edit = editButton(
        row.person.name, opens: "user-edit",
        Write(
            "PATCH /users/\(row.person.id)", said: "\(row.person.name) saved",
            version: row.version),
        values: [
            "name": row.person.name, "role": row.role, "team": row.team ?? "",
            "away_until": row.awayUntil ?? "",
        ])
    guard !row.isYou else { return edit }
    let path = "PATCH /users/\(row.person.id)"
    let toggle =
        row.isActive
        ? leaveButton(row)
        : doButton(
            "Reactivate \(row.person.name)", icon: "user-check",
            Write(path, said: "\(row.person.name) can sign in again", version: row.version),
            body: "{\"active\":true}")
    let out = doButton(
        "Sign out \(row.person.name) everywhere", icon: "log-out",
        Write(
            "DELETE /users/\(row.person.id)/sessions",
            said: "\(row.person.name) is signed out everywhere"),
        confirm: "All browsers and programs must sign in again. API keys stay.")
    return """
        \(invitationActions(row))\(edit)\(toggle)\(when: row.isActive, out)\
        \(when: row.hasSecondStep, reset(row))
        """
}

/// Opens the dialog that says what they have in hand, and asks where it goes.
private func leaveButton(_ row: UserRow) -> HTML {
    let (name, id) = (row.person.name, row.person.id)
    return """
        <button class="btn ghost icon" type="button" data-leave="\(id)" data-name="\(name)" \
        data-version="\(row.version)" aria-label="Deactivate \(name)" title="Deactivate \(name)">\
        \(icon("user-x"))</button>
        """
}

private func leaveDialog(_ page: UsersPage) -> HTML {
    let heirs = page.users.filter { $0.isActive && $0.mayOwnLeads }
        .map { Choice($0.person.id, $0.person.name) }
    let body: HTML = """
        <p>They are signed out everywhere, and their API keys end.</p>\
        <ul class="facts-list" data-counts></ul>\
        <fieldset class="choices" data-field="hand_over"><legend>Where does the open work go?</legend>\
        <label><input type="radio" name="to" value="manager"><span data-manager>To their manager</span>\
        </label><label><input type="radio" name="to" value="rules">\
        <span>By the assignment rules<small>Leads shared with them remain with their owners.</small>\
        </span></label><label><input type="radio" name="to" value="user"><span>To</span>\
        <select class="input" name="user" aria-label="Person">\(options(heirs))</select></label>\
        <p class="err" hidden></p></fieldset>
        """
    return dialog(id: "user-leave", title: "Deactivate user", submit: "Deactivate", body: body)
}

private func invitationActions(_ row: UserRow) -> HTML? {
    guard row.isActive, row.invitation != nil else { return nil }
    let path = "/users/\(row.person.id)/invitation"
    let send = doButton(
        "Mail \(row.person.name) an invitation", icon: "mail",
        Write("POST \(path)", said: "\(row.person.name) has a new link"))
    guard row.isInvited else { return send }
    let revoke = doButton(
        "Take back the invitation of \(row.person.name)", icon: "undo-2",
        Write("DELETE \(path)", said: "The invitation is void"),
        confirm: "The link that was mailed no longer works.")
    return "\(send)\(revoke)"
}

/// For who has lost the phone and the recovery codes.
private func reset(_ row: UserRow) -> HTML {
    doButton(
        "Reset the second step of \(row.person.name)", icon: "rotate-ccw",
        Write(
            "DELETE /users/\(row.person.id)/totp",
            said: "\(row.person.name) signs in without a code"),
        confirm: "Make sure that it is they who ask. They are signed out everywhere, and sign in "
            + "with the password alone until they set it up again.")
}

private func userDialogs(_ page: UsersPage) -> HTML {
    let teams = [Choice("", "No team")] + page.teams
    // The list begins with the mightiest role; nobody should get that one by oversight.
    let roles = choosing("salesperson", among: page.roles)
    let team = Field("team", "Team", .select(teams))
    let add: HTML = """
        \(field(Field("name", "Name", isRequired: true), prefix: "add"))\
        \(field(Field("email", "Email", .email, isRequired: true), prefix: "add"))\
        <div class="pair">\(roleField(roles, page.ownRoles, prefix: "add"))\
        \(field(team, prefix: "add"))</div>\
        \(suggesting(Field("territory", "Territory"), page.territories, prefix: "add"))\
        \(field(Field("password", "First password", .password)
            .with(hint: "Leave empty to mail them a link to choose one.", autocomplete: "new-password"),
            prefix: "add"))
        """
    let edit: HTML = """
        \(field(Field("name", "Name", isRequired: true), prefix: "edit"))\
        <div class="pair">\(roleField(roles, page.ownRoles, prefix: "edit"))\
        \(field(team, prefix: "edit"))</div>\
        \(field(Field("away_until", "Away until", .date)
            .with(hint: "New leads pass over people who are away."), prefix: "edit"))
        """
    return """
        \(dialog(id: "user-add", title: "Invite user", submit: "Invite", body: add))\
        \(dialog(id: "user-edit", title: "Edit user", submit: "Save", body: edit))\
        \(leaveDialog(page))
        """
}

/// The nine roles and the company's own. One of these is sent with the role that it is made of.
private func roleField(
    _ roles: [Choice], _ own: [(role: Choice, base: String)], prefix: String
) -> HTML {
    let field = Field("role", "Role", .select(roles), isRequired: true)
    guard !own.isEmpty else { return Views.field(field, prefix: prefix) }
    let made = own.map { role, base -> HTML in
        "<option value=\"\(role.value)\" data-base=\"\(base)\">\(role.label)</option>"
    }
    return """
        <div class="field" data-field="role"><label for="\(prefix)-role">Role</label>\
        <select class="input" id="\(prefix)-role" name="role" required data-made="custom_role" \
        aria-describedby="\(prefix)-role-err" autocomplete="off">\
        <optgroup label="Your own">\(made)</optgroup>\
        <optgroup label="The nine">\(options(roles))</optgroup></select>\
        <p class="err" id="\(prefix)-role-err" hidden></p></div>
        """
}

/// The words of a choice; its bare value when the list does not hold it.
func label(of value: String, in choices: [Choice]) -> String {
    choices.first { $0.value == value }?.label ?? value
}
