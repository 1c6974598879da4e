/// The door: company, email, password.
package struct SignInPage: Sendable {
    package var tenant: String
    package var email: String
    /// Above the form: a wrong password, a lock-out, a session that ended.
    package var message: (weight: Weight, text: String)?
    /// Where to go afterwards; a path of this site.
    package var next: String?
    /// What the company's identity provider is called; nil while no company is known, or when it
    /// has none.
    package var provider: String?
    package var session: PageSession

    package init(
        tenant: String = "", email: String = "", message: (weight: Weight, text: String)? = nil,
        next: String? = nil, session: PageSession
    ) {
        self.tenant = tenant
        self.email = email
        self.message = message
        self.next = next
        self.session = session
    }
}

package func signInPage(_ page: SignInPage) -> HTML {
    let fields =
        accountFields(tenant: page.tenant, email: page.email) + [
            Field("password", "Password", .password, isRequired: true)
                .with(autocomplete: "current-password")
        ]
    let code = Field("code", "Code").with(
        hint: "The six digits that your authenticator app shows, or a recovery code.",
        autocomplete: "one-time-code")
    return document(
        title: "Sign in · iPerform", session: page.session,
        body: """
            <main class="door" id="main"><div class="box">\
            <div class="brand"><span class="mark">\(icon("zap"))</span><span>iPerform</span></div>\
            <h1>Sign in</h1>\(page.message.map { notice($0.weight, $0.text) })\
            <form id="sign-in" method="post" novalidate data-next="\(url: page.next ?? "/today")">\
            <p class="notice bad" data-form-error hidden role="alert"></p>\
            <div data-step="password">\(fields.map { field($0) })</div>\
            <div data-step="code" hidden>\(field(code))</div>\
            <button class="btn primary big" type="submit">Sign in</button>\
            <div data-step="code" hidden><button class="btn ghost" type="button" data-back>\
            Back to the password</button></div></form>\(continueButton(page.provider))\
            <p class="aside"><a href="/forgot">Forgot your password?</a></p></div></main>\
            <div class="toasts" id="toasts"></div>\
            <div class="vh" id="status" role="status" aria-live="polite"></div>
            """,
        assets: ["js/signin.js", "js/dom.js"])
}

/// The way by the company's identity provider; `js/signin.js` shows it once the company is typed.
private func continueButton(_ provider: String?) -> HTML {
    """
    <div class="other-way" data-provider\(when: provider == nil, " hidden")><p>or</p>\
    <button class="btn big" type="button" data-continue>\(icon("key-round"))\
    <span>Continue with <span data-provider-name>\(provider)</span></span></button></div>
    """
}

/// The second step of who came back from the identity provider.
package func codePage(tenant: String, next: String, session: PageSession) -> HTML {
    let code = Field("code", "Code", isRequired: true).with(
        hint: "The six digits that your authenticator app shows, or a recovery code.",
        autocomplete: "one-time-code")
    return door(
        "One more step", session: session,
        """
        <form method="post" novalidate data-door="/sign-in/openid/code" \
        data-next="\(url: next)"><p class="notice bad" data-form-error hidden role="alert"></p>\
        \(field(code))<button class="btn primary big" type="submit">Sign in</button></form>\
        <p class="aside"><a href="/sign-in?tenant=\(tenant)">Back to sign in</a></p>
        """,
        scripts: ["js/door.js", "js/dom.js"])
}

/// What names an account: the company and the address.
func accountFields(tenant: String, email: String) -> [Field] {
    [
        Field("tenant", "Company", value: tenant, isRequired: true)
            .with(
                hint: "Its short name, as in the address you were given.",
                autocomplete: "organization"),
        Field("email", "Email", .email, value: email, isRequired: true)
            .with(autocomplete: "username"),
    ]
}
