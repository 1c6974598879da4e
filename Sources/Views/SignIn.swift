/// The door: company, email, password.
package struct SignInPage: Sendable {
    package var tenant: String
    package var email: String
    /// Above the form: a wrong password, a lock-out, a session that ended.
    package var message: (weight: Weight, text: String)?
    /// Where to go afterwards; a path of this site.
    package var next: String?
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
            Back to the password</button></div></form>\
            <p class="aside"><a href="/forgot">Forgot your password?</a></p></div></main>\
            <div class="toasts" id="toasts"></div>\
            <div class="vh" id="status" role="status" aria-live="polite"></div>
            """,
        scripts: ["js/signin.js", "js/dom.js"])
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
