/// A QR code as dark and light dots, row by row.
package struct QRPicture: Sendable, Equatable {
    package let side: Int
    package let dark: [Bool]

    package init(side: Int, dark: [Bool]) {
        (self.side, self.dark) = (side, dark)
    }
}

/// How the reader's second step stands.
package struct SecondStepPanel: Sendable {
    package enum State: Sendable {
        case off
        /// The app has yet to prove that it has the secret.
        case begun(secret: String, picture: QRPicture?)
        case on(since: String, codesLeft: Int)
    }
    package var state: State
    package var isRequired: Bool

    package init(state: State, isRequired: Bool) {
        (self.state, self.isRequired) = (state, isRequired)
    }
}

/// One place where the reader is signed in.
package struct SignInRow: Sendable {
    package var id: String
    /// “Firefox on Windows”.
    package var name: String
    package var isBrowser: Bool
    package var remote: String
    package var started: String
    package var lastUsed: String
    package var isCurrent: Bool

    package init(
        id: String, name: String, isBrowser: Bool, remote: String, started: String,
        lastUsed: String, isCurrent: Bool
    ) {
        (self.id, self.name, self.isBrowser, self.remote) = (id, name, isBrowser, remote)
        (self.started, self.lastUsed, self.isCurrent) = (started, lastUsed, isCurrent)
    }
}

package struct AccountPage: Sendable {
    package var secondStep: SecondStepPanel
    package var signIns: [SignInRow]

    package init(secondStep: SecondStepPanel, signIns: [SignInRow]) {
        (self.secondStep, self.signIns) = (secondStep, signIns)
    }
}

/// The reader's own sign-in.
package func accountPage(_ frame: ShellPage, _ page: AccountPage) -> HTML {
    shell(frame, body: accountBody(page), assets: ["js/forms.js"])
}

/// The page without its frame.
package func accountBody(_ page: AccountPage) -> HTML {
    """
    <div class="account leaf" data-region="account">\(secondStep(page.secondStep))\
    \(signIns(page.signIns))\(secondStepDialogs)\(confirmDialog)</div>
    """
}

/// The page of who must set up the second step before anything else.
package func setUpPage(
    _ panel: SecondStepPanel, of tenant: String, _ session: PageSession
) -> HTML {
    document(
        title: "Second step · iPerform", session: session,
        body: """
            <main class="door" id="main"><div class="box set-up">\
            <div class="brand"><span class="mark">\(icon("zap"))</span><span>\(tenant)</span></div>\
            <h1>Set up your second step</h1>\(setUpBody(panel))</div></main>\
            <div class="toasts" id="toasts"></div>\
            <div class="vh" id="status" role="status" aria-live="polite"></div>
            """,
        assets: ["js/forms.js", "js/dom.js"])
}

package func setUpBody(_ panel: SecondStepPanel) -> HTML {
    let out = labelled("Sign out", "log-out", Write("DELETE /sessions/current", said: ""))
    let on: HTML = "<a class=\"btn primary\" href=\"/today\">Continue</a>"
    let isOn = if case .on = panel.state { true } else { false }
    let lead =
        isOn
        ? "It is on. From now on each sign-in asks for a code as well."
        : "Your company asks everybody for a code at sign-in, besides the password. "
            + "It takes a minute and an authenticator app."
    return """
        <div data-region="set-up"><p class="lead">\(lead)</p>\
        \(secondStep(panel))<div class="row">\(isOn ? on : out)</div>\(secondStepDialogs)</div>
        """
}

private func secondStep(_ panel: SecondStepPanel) -> HTML {
    let action: HTML
    let body: HTML
    switch panel.state {
    case .off:
        action = labelled(
            "Set up", "shield-check", Write("POST /me/totp", said: "Scan the code with your app"),
            isPrimary: true)
        body = """
            <p>Off. With it, a password that somebody has got hold of is not enough: sign-in asks \
            for a code that an authenticator app on your phone shows.</p>
            """
    case .begun(let secret, let picture):
        action = "<span class=\"tag warn\">Not finished</span>"
        body = begun(secret, picture)
    case .on(let since, let left):
        action = tag("On", .good, icon: "check")
        body = """
            <p>On since \(since). \(left) of 10 recovery codes are left\
            \(when: left < 4, ": turn it off and set it up again for new ones").</p>\
            \(when: !panel.isRequired, turnOff)
            """
    }
    return titled("Second step", action, body)
}

private func titled(_ title: String, _ actions: HTML, _ body: HTML) -> HTML {
    panel(title, actions: actions, body: "<div class=\"panel-body\">\(body)</div>")
}

private let turnOff: HTML = """
    <div><button class="btn" type="button" data-open-form="totp-end" \
    \(Write("POST /me/totp/removal", said: "The second step is off").attributes)>Turn off</button></div>
    """

private func begun(_ secret: String, _ picture: QRPicture?) -> HTML {
    let groups = stride(from: 0, to: secret.count, by: 4).map { start in
        String(secret.dropFirst(start).prefix(4))
    }
    let confirm = Write("POST /me/totp/confirmation", said: "", reveals: "totp-once")
    return """
        <ol class="how"><li>Open an authenticator app on your phone and add an account.</li>\
        <li>Scan this picture, or type the secret below it.\(picture.map(qrCode))\
        \(copyable(groups.joined(separator: " "), label: "Secret"))</li>\
        <li>Type the code that the app shows.</li></ol>\
        <div><button class="btn primary" type="button" \
        data-open-form="totp-confirm" \(confirm.attributes)>Enter the code</button></div>
        """
}

/// Dark on white in either theme, with the quiet zone of four dots that cameras need.
private func qrCode(_ picture: QRPicture) -> HTML {
    let quiet = 4
    let side = picture.side
    var path = ""
    for y in 0..<side {
        var x = 0
        while x < side {
            var end = x
            while end < side, picture.dark[y * side + end] { end += 1 }
            if end > x { path += "M\(x + quiet) \(y + quiet)h\(end - x)v1h-\(end - x)z" }
            x = max(end, x + 1)
        }
    }
    let all = side + 2 * quiet
    return """
        <svg class="qr" viewBox="0 0 \(all) \(all)" role="img" \
        aria-label="QR code for your authenticator app" shape-rendering="crispEdges">\
        <rect width="\(all)" height="\(all)" fill="#fff"/><path d="\(path)" fill="#000"/></svg>
        """
}

private func signIns(_ rows: [SignInRow]) -> HTML {
    let others = rows.filter { !$0.isCurrent }.count
    let end = labelled(
        "Sign out everywhere else", "log-out",
        Write("DELETE /sessions", said: "Signed out everywhere else"),
        confirm: "All other browsers and programs must sign in again. API keys stay.")
    return """
        <section class="panel flush"><header><h2>Where you are signed in</h2>\
        <span class="grow"></span>\(when: others > 0, end)</header>\
        <div class="tablewrap" role="region" aria-label="Where you are signed in" tabindex="0">\
        <table class="grid all stacked"><thead><tr><th>What</th><th>Address</th><th>Since</th>\
        <th>Last used</th><th><span class="vh">Actions</span></th></tr></thead>\
        <tbody>\(rows.map(signInRow))</tbody></table></div></section>
        """
}

private func signInRow(_ row: SignInRow) -> HTML {
    let end = doButton(
        "End \(row.name)", icon: "log-out",
        Write("DELETE /sessions/\(row.id)", said: "\(row.name) is signed out"))
    return """
        <tr><td class="strong"><span class="in-row">\(icon(row.isBrowser ? "globe" : "code"))\(row.name)\
        \(when: row.isCurrent, tag("This one", .info))</span></td>\
        <td data-label="Address">\(row.remote)</td><td data-label="Since">\(row.started)</td>\
        <td data-label="Last used">\(row.lastUsed)</td>\
        <td class="acts-cell">\(when: !row.isCurrent, end)</td></tr>
        """
}

/// A button with words that writes at once.
func labelled(
    _ label: String, _ symbol: String, _ write: Write, body: String? = nil,
    confirm: String? = nil, isPrimary: Bool = false
) -> HTML {
    """
    <button class="btn\(when: isPrimary, " primary")" type="button" data-do \(write.attributes)\
    \(body.map { " data-body=\"\($0)\"" as HTML })\
    \(confirm.map { " data-confirm=\"\($0)\"" as HTML }) aria-label="\(label)">\
    \(icon(symbol))\(label)</button>
    """
}

private let secondStepDialogs: HTML = {
    let code = Field("code", "Code", isRequired: true)
    let confirm = code.with(
        hint: "The six digits that your app shows now.", autocomplete: "one-time-code")
    let password = Field("password", "Password", .password, isRequired: true)
        .with(autocomplete: "current-password")
    let end = code.with(
        hint: "Six digits, or one of your recovery codes.", autocomplete: "one-time-code")
    let told = """
        Each lets you in once, should you lose your phone. Keep them where you keep passwords: they \
        cannot be shown again.
        """
    return """
        \(dialog(
            id: "totp-confirm", title: "Enter the code", submit: "Turn on",
            body: field(confirm, prefix: "confirm")))\
        \(dialog(
            id: "totp-end", title: "Turn off the second step", submit: "Turn off",
            body: field(password, prefix: "end") + field(end, prefix: "end")))\
        \(onceDialog(
            id: "totp-once", title: "Your recovery codes", text: told,
            parts: [OncePart(label: "Recovery codes", template: "{token}")]))
        """
}()
