func formsSection(_ page: FormsPage, canEdit: Bool) -> HTML {
    let add = addButton(
        "New form", opens: "form-edit",
        Write("POST /forms", said: "Form made", reveals: "form-once"))
    let list: HTML =
        page.forms.isEmpty
        ? emptyState(
            "No forms yet",
            "A form catches leads on your site, or on a page of its own you can link to.",
            icon: "clipboard-list")
        : "\(page.forms.map { formPanel($0, page, canEdit: canEdit) })"
    return """
        \(sectionHead("Forms", "Forms for your web site. What people send becomes a lead at once.",
            action: canEdit ? add : nil))\(list)\
        \(when: canEdit, formDialogs(page))
        """
}

private func formPanel(_ form: FormRow, _ page: FormsPage, canEdit: Bool) -> HTML {
    let sent =
        form.lastSubmission.isEmpty
        ? "No submissions yet"
        : "\(counted(form.submissions, "submission", "submissions")), last \(form.lastSubmission)"
    return panel(
        form.name, subtitle: sent, actions: canEdit ? formActions(form) : nil,
        body: """
            <dl class="facts">\(fact("Source", label(of: form.source, in: page.sources)))\
            \(fact("Product", form.product))\(fact("Territory", form.territory))\
            \(fact("Sites", form.origins.isEmpty
                ? "Its own page only" : form.origins.joined(separator: ", ")))\
            \(fact("Token", form.tokenHint.isEmpty ? "" : "…\(form.tokenHint)"))</dl>\
            \(form.token.map { token in embedParts(token, page.baseURL) })
            """)
}

private func fact(_ name: String, _ value: String) -> HTML? {
    value.isEmpty ? nil : "<div><dt>\(name)</dt><dd>\(value)</dd></div>"
}

private func embedParts(_ token: String, _ baseURL: String) -> HTML {
    """
    <div class="field"><span class="label">Embed code</span>\
    \(copyable(embedSnippet(token: token, baseURL: baseURL), label: "Embed code"))</div>\
    <div class="field"><span class="label">Page to link to</span>\
    \(copyable(hostedFormURL(token: token, baseURL: baseURL), label: "Page to link to"))</div>
    """
}

private func formActions(_ form: FormRow) -> HTML {
    let path = "/forms/\(form.id)"
    let edit = editButton(
        form.name, opens: "form-edit",
        Write("PATCH \(path)", said: "\(form.name) saved", version: form.version),
        values: [
            "name": form.name, "source": form.source, "product": form.product,
            "territory": form.territory, "origins": form.origins.joined(separator: "\n"),
            "thank_you": form.thankYou,
        ])
    let rotate = doButton(
        "New token for \(form.name)", icon: "refresh-cw",
        Write("POST \(path)/token", said: "New token made", reveals: "form-once"),
        confirm: "The old embed code and link stop working at once.")
    let delete = doButton(
        "Delete \(form.name)", icon: "trash-2",
        Write("DELETE \(path)", said: "\(form.name) deleted", version: form.version),
        confirm: "The form stops taking leads. The leads it brought stay.")
    let build: HTML = """
        <a class="btn" href="/settings/forms/\(form.id)">\(icon("list-filter"))Questions</a>
        """
    return "\(build)\(edit)\(rotate)\(delete)"
}

private func formDialogs(_ page: FormsPage) -> HTML {
    let sources = page.sources.isEmpty ? [Choice("", "Website form")] : page.sources
    let edit: HTML = """
        \(field(Field("name", "Name", isRequired: true)
            .with(hint: "People see it as the heading of the form."), prefix: "form"))\
        \(field(Field("source", "Leads have the source", .select(sources)), prefix: "form"))\
        <div class="pair">\(suggesting(Field("product", "Product"), page.products, prefix: "form"))\
        \(suggesting(Field("territory", "Territory"), page.territories, prefix: "form"))</div>\
        \(field(Field("origins", "Sites that may show it", .multiline(rows: 2))
            .with(hint: "One a line, with https. Empty: only its own page.",
                placeholder: "https://www.example.com"), prefix: "form"))\
        \(field(Field("thank_you", "Words of thanks", .multiline(rows: 2))
            .with(placeholder: "Thank you. We will be in touch soon."), prefix: "form"))
        """
    return """
        \(dialog(id: "form-edit", title: "Form", submit: "Save", body: edit))\
        \(formOnceDialog(page.baseURL))
        """
}

/// What puts a form to work, while its token is known.
func formOnceDialog(_ base: String) -> HTML {
    onceDialog(
        id: "form-once", title: "Put the form to work",
        text: "Copy these now: the token in them is stored hashed and cannot be shown again.",
        parts: [
            OncePart(
                label: "Embed code", template: embedSnippet(token: "{token}", baseURL: base)),
            OncePart(
                label: "Page to link to",
                template: hostedFormURL(token: "{token}", baseURL: base)),
        ])
}
