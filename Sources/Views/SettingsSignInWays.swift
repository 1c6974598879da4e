// The parts of Settings → Sign-in about where people sign in, and where from.

private let passwordChoices = [
    Choice("everybody", "Everybody"), Choice("admins", "Admins only"),
]
private let secondStepChoices = [
    Choice("here", "iPerform, as after a password"), Choice("provider", "The provider, always"),
]

func providerPanel(_ page: SignInPolicyPage, canEdit: Bool) -> HTML {
    let about: HTML =
        if let provider = page.provider {
            """
            <dl class="facts">\(fact("Issuer", provider.issuer))\
            \(fact("Client id", provider.clientID))\
            \(fact("Passwords", label(of: provider.passwords, in: passwordChoices)))\
            \(fact("Second step asked by", label(of: provider.secondStep, in: secondStepChoices)))\
            </dl>
            """
        } else {
            """
            <p>Let people sign in by your identity provider with OpenID Connect, such as Entra ID, \
            Google Workspace, Okta or Keycloak. Who has an account here is known by the address \
            that the provider has verified; no accounts are made.</p>
            """
        }
    let state =
        page.provider.map { tag($0.label, .good, icon: "check") } ?? tag("Passwords alone")
    return panel(
        "Identity provider", actions: state,
        body: """
            <div class="panel-body">\(about)<div class="field">\
            <span class="label">Redirect address, to be registered with the provider</span>\
            \(copyable(page.redirectURL, label: "Redirect address"))</div>\
            \(when: canEdit, providerActions(page.provider))</div>
            """)
}

private func fact(_ name: String, _ value: String) -> HTML {
    "<div><dt>\(name)</dt><dd>\(value)</dd></div>"
}

private func providerActions(_ provider: ProviderPanel?) -> HTML {
    let write = Write("PUT /sign-in/openid", said: "The identity provider is set")
    guard let provider else {
        return """
            <div class="row"><button class="btn primary" type="button" data-open-form="openid" \
            \(write.attributes) data-fill-passwords="everybody" data-fill-second_step="here">\
            Set up</button></div>
            """
    }
    let remove = labelled(
        "Remove", "trash-2",
        Write("DELETE /sign-in/openid", said: "People sign in by password alone"),
        confirm: "Nobody signs in by \(provider.label) any more. Who is signed in stays so.")
    return """
        <div class="row"><button class="btn" type="button" data-open-form="openid" \
        \(write.attributes) data-fill-issuer="\(provider.issuer)" \
        data-fill-client_id="\(provider.clientID)" data-fill-label="\(provider.label)" \
        data-fill-passwords="\(provider.passwords)" \
        data-fill-second_step="\(provider.secondStep)">\(icon("pencil"))Change</button>\(remove)</div>
        """
}

func addressesPanel(_ page: SignInPolicyPage, canEdit: Bool) -> HTML {
    let isOpen = page.addresses.isEmpty
    let list: HTML =
        isOpen
        ? "<p>People, API keys and access tokens are let in from anywhere.</p>"
        : """
        <p>People, API keys and access tokens are let in from here alone. Web forms and mailed \
        links are not affected.</p>\
        <ul class="ranges">\(page.addresses.map { "<li><code>\($0)</code></li>" as HTML })</ul>
        """
    let write = Write("PUT /sign-in/addresses", said: "The addresses are saved")
    let edit: HTML = """
        <div class="row"><button class="btn" type="button" data-open-form="addresses" \
        \(write.attributes) data-fill-addresses="\(page.addresses.joined(separator: "\n"))">\
        \(icon("pencil"))\(isOpen ? "Set addresses" : "Change addresses")</button></div>
        """
    let state = isOpen ? tag("From anywhere") : tag("Limited", .good, icon: "check")
    return panel(
        "Addresses", actions: state,
        body: "<div class=\"panel-body\">\(list)\(when: canEdit, edit)</div>")
}

func signInDialogs(_ page: SignInPolicyPage) -> HTML {
    let hint =
        page.provider == nil
        ? "It is stored sealed and never shown again."
        : "Empty: as it is. It is stored sealed and never shown again."
    let provider: [Field] = [
        Field("issuer", "Issuer", .url, isRequired: true).with(
            hint: "Exactly as the provider writes it.", placeholder: "https://id.example.com"),
        Field("client_id", "Client id", isRequired: true),
        Field("client_secret", "Client secret", .password, isRequired: page.provider == nil)
            .with(hint: hint, autocomplete: "new-password"),
        Field("label", "Name on the sign-in page", isRequired: true)
            .with(placeholder: "Acme ID"),
        Field("passwords", "Sign-in by password stays for", .select(passwordChoices)),
        Field("second_step", "Who asks for the second step", .select(secondStepChoices)).with(
            hint: "Choose the provider only if nobody gets past it without one."),
    ]
    let addresses = Field("addresses", "Let in from", .multiline(rows: 6)).with(
        hint:
            "One a line: an address, or a range like 203.0.113.0/24 or 2001:db8::/32. Empty: from "
            + "anywhere. You come from \(page.ownAddress).")
    return """
        \(dialog(
            id: "openid", title: "Identity provider", submit: "Save",
            body: "\(provider.map { field($0, prefix: "openid") })"))\
        \(dialog(
            id: "addresses", title: "Addresses", submit: "Save",
            body: field(addresses, prefix: "addresses")))
        """
}
