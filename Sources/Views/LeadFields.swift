/// The fields of a lead under one heading.
package struct FieldGroup: Sendable {
    package var title: String
    package var fields: [LeadField]

    package init(_ title: String, _ fields: [LeadField]) {
        self.title = title
        self.fields = fields
    }

    /// The same without some fields, by the API's names; nil when nothing is left.
    package func without(_ names: Set<String>) -> FieldGroup? {
        guard !names.isEmpty else { return self }
        let left = fields.filter { field in
            !names.contains(String(field.name.prefix { $0 != "." }))
        }
        return left.isEmpty ? nil : FieldGroup(title, left)
    }

    /// The same, to be looked at.
    package var readOnly: FieldGroup {
        var group = self
        for index in group.fields.indices { group.fields[index].canEdit = false }
        return group
    }
}

/// One field, edited where it stands.
package struct LeadField: Sendable {
    package enum Kind: Sendable {
        case text, email, tel, number, date, boolean, multiline
        /// Major units in `raw`; `digits` after the point make the minor units.
        case money(digits: Int)
        case choice([Choice])
    }
    /// The API's name; `custom.<key>` for a custom field.
    package var name: String
    package var label: String
    package var kind: Kind
    /// As shown; empty shows "Add".
    package var shown: String
    /// As edited.
    package var raw: String
    package var canEdit: Bool

    package init(
        _ name: String, _ label: String, _ kind: Kind = .text, shown: String, raw: String? = nil,
        canEdit: Bool = true
    ) {
        self.name = name
        self.label = label
        self.kind = kind
        self.shown = shown
        self.raw = raw ?? shown
        self.canEdit = canEdit
    }
}

func fieldGroup(_ group: FieldGroup) -> HTML {
    "<h3>\(group.title)</h3><dl class=\"fields\">\(group.fields.map(leadField))</dl>"
}

private func leadField(_ field: LeadField) -> HTML {
    guard field.canEdit else {
        let shown = field.shown.isEmpty ? "—" : field.shown
        return "<div class=\"fld\"><dt>\(field.label)</dt><dd><span>\(shown)</span></dd></div>"
    }
    let shown = field.shown.isEmpty ? "Add" : field.shown
    return """
        <div class="fld" data-name="\(field.name)" data-label="\(field.label)" \
        data-raw="\(field.raw)" \(editAttributes(field.kind))><dt>\(field.label)</dt>\
        <dd><button type="button"\(when: field.shown.isEmpty, " class=\"unset\"") data-edit \
        aria-label="\(field.label): \(shown), edit">\(shown)</button>\
        \(choiceTemplate(field.kind))</dd></div>
        """
}

private func editAttributes(_ kind: LeadField.Kind) -> HTML {
    switch kind {
    case .text: "data-kind=\"text\""
    case .email: "data-kind=\"email\""
    case .tel: "data-kind=\"tel\""
    case .number: "data-kind=\"number\""
    case .date: "data-kind=\"date\""
    case .boolean: "data-kind=\"boolean\""
    case .multiline: "data-kind=\"multiline\""
    case .money(let digits): "data-kind=\"money\" data-digits=\"\(digits)\""
    case .choice: "data-kind=\"choice\""
    }
}

private func choiceTemplate(_ kind: LeadField.Kind) -> HTML? {
    guard case .choice(let choices) = kind else { return nil }
    return "<template>\(options(choices))</template>"
}

func teamSection(_ team: LeadTeam, of lead: String) -> HTML {
    let change: HTML = """
        <button class="btn ghost icon" type="button" data-pick-owner aria-label="Assign">\
        \(icon("pen-line", small: true))</button>
        """
    let add: HTML = """
        <button class="btn ghost" type="button" data-pick-share>\(icon("plus", small: true))\
        Share</button>
        """
    return """
        <h3>Owner</h3><div class="people"><div class="person">\(ownerCell(team.owner))\
        <span class="grow"></span>\(when: team.canAssign, change)</div>\
        \(team.shares.map { shareRow($0, canRemove: team.canShare) })\
        \(when: team.canShare, add)\
        <a class="btn ghost" href="/leads/\(lead)/access">\(icon("shield-check", small: true))\
        Why can I see this?</a></div>\(team.why.map(whyOwner))
        """
}

private func shareRow(_ share: LeadShare, canRemove: Bool) -> HTML {
    let person = share.person
    let remove: HTML = """
        <button class="btn ghost icon" type="button" data-drop-share="\(share.id)" \
        aria-label="Remove \(person.name)">\(icon("x", small: true))</button>
        """
    return """
        <div class="person">\(avatar(person))\(person.name)<span class="tag">\(share.label)</span>\
        <span class="grow"></span>\(when: canRemove, remove)</div>
        """
}

private func whyOwner(_ text: String) -> HTML {
    "<details class=\"why\"><summary>Why this owner</summary><p>\(text)</p></details>"
}

func tagSection(_ lead: LeadPage) -> HTML {
    let edit: HTML = """
        <div class="fld wide" data-name="tags" data-label="Tags" data-kind="tags" \
        data-raw="\(lead.tags.joined(separator: ", "))"><button type="button" data-edit \
        class="unset" aria-label="Edit tags">\(lead.tags.isEmpty ? "Add tags" : "Edit")</button></div>
        """
    return """
        <h3>Tags</h3><div class="taglist">\(lead.tags.map { tag($0) })</div>\
        \(when: lead.canEdit, edit)
        """
}
