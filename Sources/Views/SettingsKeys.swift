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
        tabindex="0"><table class="grid all stacked"><thead><tr><th>Name</th><th>Key</th><th>Made</th>\
        <th>Last used</th>\(when: canEdit, "<th><span class=\"vh\">Actions</span></th>")</tr>\
        </thead><tbody>\(page.keys.map { keyRow($0, canEdit: canEdit) })</tbody></table></div>\
        </section>
        """
    return """
        \(sectionHead("API keys", "For systems that work with your leads. A key may do what you may.",
            action: canEdit ? add : nil))\(table)\
        <p class="hint">How to use a key: <a class="link" href="/developers">Developers</a></p>\
        \(when: canEdit, keyDialogs)
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
        <td data-label="Made">\(key.created) by \(key.createdBy)</td>\
        <td data-label="Last used">\(key.lastUsed.isEmpty ? "Never" : key.lastUsed)</td>\
        \(when: canEdit, "<td class=\"acts-cell\">\(revoke)</td>")</tr>
        """
}

private let keyDialogs: HTML = """
    \(dialog(
        id: "key-add", title: "New API key", submit: "Make the key",
        body: field(Field("name", "Name", isRequired: true)
            .with(hint: "What will use it, as “Web shop”."), prefix: "key")))\
    \(onceDialog(
        id: "key-once", title: "Your new key",
        text: "Copy it now: it is stored hashed and cannot be shown again.",
        parts: [OncePart(label: "Key", template: "{token}")]))
    """
