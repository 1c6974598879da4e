// The pages without a session, apart from signing in: what mailed links lead to.

/// Somebody who came by a link.
package struct LinkPage: Sendable {
    package var token: String
    package var name: String
    package var email: String
    package var company: String
    /// Where to sign in, with the company and the address filled in.
    package var signInURL: String
    package var passwordMin: Int

    package init(
        token: String, name: String, email: String, company: String, signInURL: String,
        passwordMin: Int
    ) {
        (self.token, self.name, self.email) = (token, name, email)
        (self.company, self.signInURL, self.passwordMin) = (company, signInURL, passwordMin)
    }
}

/// A box in the middle of an empty page.
func door(_ title: String, session: PageSession, _ content: HTML, scripts: [String]) -> HTML {
    document(
        title: "\(title) · iPerform", session: session,
        body: """
            <main class="door" id="main"><div class="box">\
            <div class="brand"><span class="mark">\(icon("zap"))</span><span>iPerform</span></div>\
            <h1>\(title)</h1>\(content)</div></main>\
            <div class="toasts" id="toasts"></div>\
            <div class="vh" id="status" role="status" aria-live="polite"></div>
            """,
        assets: scripts)
}

/// A form that `js/door.js` sends: then on to `next`, or what it says when done is shown.
private func doorForm(
    _ path: String, next: String? = nil, submit: String, _ body: HTML
) -> HTML {
    """
    <form method="post" novalidate data-door="\(path)"\
    \(next.map { " data-next=\"\(url: $0)\"" as HTML })>\
    <p class="notice bad" data-form-error hidden role="alert"></p>\(body)\
    <button class="btn primary big" type="submit">\(submit)</button></form>
    """
}

package func welcomePage(_ page: LinkPage, session: PageSession) -> HTML {
    let name = Field("name", "Your name", value: page.name, isRequired: true)
        .with(autocomplete: "name")
    let form = doorForm(
        "/invitations/acceptance", next: "/today", submit: "Sign in",
        "\(account(page))\(field(name))\(passwordField(page, "Password"))")
    return door(
        "Welcome to \(page.company)", session: session,
        "<p class=\"say\">Choose a password. You sign in with it from now on.</p>\(form)",
        scripts: ["js/door.js", "js/dom.js"])
}

package func resetPage(_ page: LinkPage, session: PageSession) -> HTML {
    let form = doorForm(
        "/password-resets/completion", next: page.signInURL,
        submit: "Change password", "\(account(page))\(passwordField(page, "New password"))")
    return door(
        "A new password", session: session,
        """
        <p class="say">For \(page.company). You are signed out everywhere and sign in with the \
        new one.</p>\(form)
        """,
        scripts: ["js/door.js", "js/dom.js"])
}

package func forgotPage(tenant: String, email: String, session: PageSession) -> HTML {
    let fields = accountFields(tenant: tenant, email: email)
    return door(
        "Forgot your password?", session: session,
        """
        <div data-before><p class="say">We mail you a link to choose a new one.</p>\
        \(doorForm("/password-resets", submit: "Send the link", "\(fields.map { field($0) })"))</div>\
        <div data-after hidden><p class="say" tabindex="-1">If there is such an account, a link is \
        on its way to it. It is good for an hour.</p></div>\
        <p class="aside"><a href="/sign-in">Back to sign in</a></p>
        """,
        scripts: ["js/door.js", "js/dom.js"])
}

/// A link that is good for nothing.
package func voidLinkPage(isInvitation: Bool, session: PageSession) -> HTML {
    let next: HTML =
        isInvitation
        ? "Ask who invited you for a new one."
        : "<a href=\"/forgot\">Ask for a new one</a>."
    return door(
        "This link no longer works", session: session,
        """
        <p class="say">It was used, was taken back or has run out. \(next)</p>\
        <p class="aside"><a href="/sign-in">Sign in</a></p>
        """,
        scripts: [])
}

/// Whose password it is: for the reader, and for what keeps passwords.
private func account(_ page: LinkPage) -> HTML {
    """
    <input type="hidden" name="token" value="\(page.token)">\
    <div class="field"><label for="f-account">Email</label>\
    <input class="input" id="f-account" type="email" value="\(page.email)" readonly \
    autocomplete="username"></div>
    """
}

private func passwordField(_ page: LinkPage, _ label: String) -> HTML {
    field(
        Field("password", label, .password, isRequired: true)
            .with(
                hint: "At least \(page.passwordMin) characters.", autocomplete: "new-password"))
}
