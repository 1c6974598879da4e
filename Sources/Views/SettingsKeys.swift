func keysSection(_ page: KeysPage, canEdit: Bool) -> HTML {
    let add = addButton(
        "New key", opens: "key-add",
        Write("POST /api-keys", said: "Key made", reveals: "key-once"))
    let table: HTML =
        page.keys.isEmpty
        ? emptyState(
            "No API keys yet", "A key lets another system read and write leads.", icon: "key-round")
        : """
        <section class="panel flush"><div class="tablewrap" role="region" aria-label="API keys" \
        tabindex="0"><table class="grid all stacked"><thead><tr><th>Name</th><th>Key</th>\
        <th>May</th><th>Made</th>\
        <th>Last used</th>\(when: canEdit, "<th><span class=\"vh\">Actions</span></th>")</tr>\
        </thead><tbody>\(page.keys.map { keyRow($0, canEdit: canEdit) })</tbody></table></div>\
        </section>
        """
    return """
        \(sectionHead("API keys",
            "For systems that work with your leads. A key may do what you may, or less.",
            action: canEdit ? add : nil))\(table)\
        <p class="hint">How to use a key: <a class="link" href="/developers">Developers</a></p>\
        \(when: canEdit, keyDialogs(page))
        """
}

private func keyRow(_ key: APIKeyRow, canEdit: Bool) -> HTML {
    let revoke = doButton(
        "Revoke \(key.name)", icon: "trash-2",
        Write("DELETE /api-keys/\(key.id)", said: "\(key.name) revoked"),
        confirm: "What uses this key stops working at once.")
    return """
        <tr><td class="strong">\(key.name)</td>\
        <td data-label="Key"><code>\(key.prefix)</code></td>\
        <td class="wrap">\(key.rights ?? "All that its maker may")</td>\
        <td data-label="Made">\(key.created) by \(key.createdBy)</td>\
        <td data-label="Last used">\(key.lastUsed.isEmpty ? "Never" : key.lastUsed)</td>\
        \(when: canEdit, "<td class=\"acts-cell\">\(revoke)</td>")</tr>
        """
}

private func keyDialogs(_ page: KeysPage) -> HTML {
    let groups = page.rights.map { noun, rights -> HTML in
        """
        <fieldset class="parts checks"><legend>\(noun)</legend>\
        \(rights.map { checkPart("rights", $0) })</fieldset>
        """
    }
    let name = Field("name", "Name", isRequired: true)
        .with(hint: "What will use it, as “Web shop”.")
    let body: HTML = """
        \(field(name, prefix: "key"))\
        <details class="more"><summary>Only some of what I may do</summary>\
        <p class="hint">Tick what the key is for. With nothing ticked it may do all that you may.</p>\
        <div class="narrowing">\(groups)</div></details>
        """
    return """
        \(dialog(id: "key-add", title: "New API key", submit: "Make the key", body: body))\
        \(onceDialog(
            id: "key-once", title: "Your new key",
            text: "Copy it now: it is stored hashed and cannot be shown again.",
            parts: [OncePart(label: "Key", template: "{token}")]))
        """
}
