/// A page in place of the one asked for.
package enum ErrorPage: Sendable {
    /// Not there, or not visible to this user; the two look alike on purpose.
    case notFound
    /// There, but not for this user to do.
    case forbidden(reason: String)
    /// A fault of ours, found again in the log by its incident id.
    case failure(incident: String)
    /// Too many requests; seconds until the next may be sent.
    case tooMany(retryAfterSeconds: Int)
}

/// The error inside the shell when the user is known, else on a page of its own.
package func errorPage(_ error: ErrorPage, in shellPage: ShellPage?, session: PageSession) -> HTML {
    let words = errorWords(error)
    let home: HTML = "<a class=\"btn primary\" href=\"/today\">Back to Today</a>"
    guard var shellPage else {
        return document(
            title: "\(words.title) · iPerform", session: session,
            body: """
                <main class="door" id="main"><div class="box empty">\(icon(words.icon))\
                <h1>\(words.title)</h1><p>\(words.text)</p>\(home)</div></main>
                """)
    }
    shellPage.title = words.title
    return shell(
        shellPage, body: emptyState(words.title, words.text, icon: words.icon, action: home))
}

private func errorWords(_ error: ErrorPage) -> (title: String, text: String, icon: String) {
    switch error {
    case .notFound:
        (
            "This page does not exist",
            "It may have been removed, or it belongs to somebody else.", "search"
        )
    case .forbidden(let reason):
        ("You cannot open this", reason, "lock")
    case .failure(let incident):
        (
            "Something broke on our side",
            "Nothing you entered was half saved. If it happens again, quote incident \(incident).",
            "triangle-alert"
        )
    case .tooMany(let seconds):
        ("Too many requests", "Wait \(seconds) seconds and try again.", "clock")
    }
}
