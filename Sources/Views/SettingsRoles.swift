func rolesSection(_ page: RolesPage, canEdit: Bool) -> HTML {
    let add = addButton("New role", opens: "role-add", cloning)
    return """
        \(sectionHead("Roles",
            "What people may do, and on whose records. Your own roles are one of these, narrower.",
            action: canEdit ? add : nil))\
        \(ownRoles(page.own, canEdit: canEdit))\(standardRoles(page, canEdit: canEdit))\
        \(when: canEdit, roleDialogs(page))
        """
}

private let cloning = Write("POST /roles", said: "Role made. Narrow it, then give it to people.")

private func ownRoles(_ roles: [RoleRow], canEdit: Bool) -> HTML {
    guard !roles.isEmpty else {
        return emptyState(
            "No roles of your own yet",
            "Clone one of those below and take away what people should not do or see.",
            icon: "users")
    }
    return """
        <section class="panel flush"><div class="tablewrap" role="region" \
        aria-label="Your own roles" tabindex="0"><table class="grid all stacked"><thead><tr>\
        <th>Name</th><th>Made of</th><th>Narrower in</th><th>People</th>\
        \(when: canEdit, "<th><span class=\"vh\">Actions</span></th>")</tr></thead>\
        <tbody>\(roles.map { ownRole($0, canEdit: canEdit) })</tbody></table></div></section>
        """
}

private func ownRole(_ role: RoleRow, canEdit: Bool) -> HTML {
    let differences: HTML =
        role.differences.isEmpty
        ? "Nothing yet"
        : "<ul class=\"terse\">\(role.differences.map { "<li>\($0)</li>" as HTML })</ul>"
    return """
        <tr><td class="strong">\(role.name)</td>\
        <td data-label="Made of">\(role.base.name)</td><td class="wrap">\
        \(differences)</td>\
        <td data-label="People">\(role.people)</td>\
        \(when: canEdit, "<td class=\"acts-cell\">\(roleActions(role))</td>")</tr>
        """
}

private func roleActions(_ role: RoleRow) -> HTML {
    let path = "/roles/\(role.id)"
    let change = Write("PATCH \(path)", said: "\(role.name) saved", version: role.version)
    let fill = role.values.map { " data-fill-\($0.name)=\"\($0.value)\"" as HTML }
    let rename = editButton(
        role.name, opens: "role-rename", change, values: ["name": role.name])
    let delete = doButton(
        "Delete \(role.name)", icon: "trash-2",
        Write("DELETE \(path)", said: "\(role.name) deleted", version: role.version),
        confirm: "Nobody may have it. This cannot be undone.")
    return """
        <button class="btn ghost icon" type="button" \
        data-open-form="role-narrow-\(role.base.role)" \(change.attributes)\(fill) \
        aria-label="Narrow \(role.name)" title="Narrow \(role.name)">\
        \(icon("sliders-horizontal"))</button>\(rename)\(delete)
        """
}

private func standardRoles(_ page: RolesPage, canEdit: Bool) -> HTML {
    let heads = page.columns.map { column -> HTML in
        "<th scope=\"col\"><span class=\"in-row\">\(column.name)\(when: canEdit, clone(column))</span></th>"
    }
    return panel(
        "The nine roles",
        subtitle:
            "The ninth, platform operator, runs the installation and has no company's records.",
        body: """
            <div class="tablewrap" role="region" aria-label="The nine roles" tabindex="0">\
            <table class="grid all stacked rights"><thead><tr><th scope="col">May</th>\(heads)</tr>\
            </thead><tbody>\(page.rights.map { rightRow($0, page.columns) })</tbody></table></div>
            """)
}

private func clone(_ column: RoleColumn) -> HTML {
    """
    <button class="btn ghost icon" type="button" data-open-form="role-add" \(cloning.attributes) \
    data-fill-base="\(column.role)" aria-label="Clone \(column.name)" title="Clone \(column.name)">\
    \(icon("copy"))</button>
    """
}

private func rightRow(_ row: RightRow, _ columns: [RoleColumn]) -> HTML {
    let cells = zip(columns, row.spans).map { column, span -> HTML in
        // An empty cell is left out where rows are stacked.
        span.isEmpty
            ? "<td></td>" : "<td data-label=\"\(column.name):\">\(span)</td>"
    }
    return "<tr><td class=\"strong\">\(row.label)</td>\(cells)</tr>"
}

private func roleDialogs(_ page: RolesPage) -> HTML {
    let bases = page.columns.map { Choice($0.role, $0.name) }
    let name = Field("name", "Name", isRequired: true)
    let add: HTML = """
        \(field(name.with(hint: "As people call it, like “Junior sales”."), prefix: "role"))\
        \(field(Field("base", "Made of", .select(choosing("salesperson", among: bases))),
            prefix: "role"))
        """
    return """
        \(dialog(id: "role-add", title: "New role",
            text: "It begins with all that the other one may, and never gets more.",
            submit: "Make the role", body: add))\
        \(dialog(id: "role-rename", title: "Rename role", submit: "Save",
            body: field(name, prefix: "rename")))\
        \(page.forms.map(narrowDialog))
        """
}

private func narrowDialog(_ form: NarrowForm) -> HTML {
    let prefix = "narrow-\(form.base.role)"
    let groups = form.groups.map { noun, lines -> HTML in
        let fields = lines.map { line -> HTML in
            field(
                Field("changes.\(line.right)", line.label, .select(line.choices)).part,
                prefix: prefix)
        }
        return "<fieldset class=\"parts\"><legend>\(noun)</legend>\(fields)</fieldset>"
    }
    let masks: HTML = """
        <fieldset class="parts" data-field="masks"><legend>Does not see of leads</legend>\
        \(form.masks.map { checkPart("masks", $0) })<p class="err" hidden></p></fieldset>
        """
    return dialog(
        id: "role-\(prefix)", title: "Narrow the role",
        text: "Made of \(form.base.name). Who has the role may no more than this at once.",
        submit: "Save",
        body: """
            <div class="narrowing">\(groups)\(when: !form.masks.isEmpty, masks)</div>
            """)
}

/// A check box that adds its value to the list `name`.
func checkPart(_ name: String, _ choice: Choice) -> HTML {
    """
    <label class="check"><input type="checkbox" name="\(name)" value="\(choice.value)" data-part\
    \(when: choice.isSelected, " checked")>\(choice.label)</label>
    """
}
