/// A mail to a person: a heading, a few paragraphs, at most one thing to do.
package struct Letter: Sendable {
    package var subject: String
    package var heading: String
    package var paragraphs: [String]
    package var action: (label: String, url: String)?
    /// In small, below: why it came, and what to do if it should not have.
    package var footer: String

    package init(
        subject: String, heading: String, paragraphs: [String],
        action: (label: String, url: String)? = nil, footer: String
    ) {
        self.subject = subject
        self.heading = heading
        self.paragraphs = paragraphs
        self.action = action
        self.footer = footer
    }
}

extension Letter {
    package static func invitation(
        to name: String, from inviter: String?, company: String, slug: String, url: String
    ) -> Letter {
        let opening = inviter.map { "\($0) invites you" } ?? "You are invited"
        return Letter(
            subject: "Your invitation to \(company)", heading: "Welcome, \(name)",
            paragraphs: [
                "\(opening) to work with \(company) in iPerform.",
                """
                Choose a password to begin. The link is good for seven days, and once. Later you \
                sign in with the company’s short name, \(slug), and this address.
                """,
            ], action: ("Choose a password", url),
            footer: "If you do not know \(company), leave this mail alone: nothing happens.")
    }

    package static func passwordReset(to name: String, company: String, url: String) -> Letter {
        Letter(
            subject: "A new password for \(company)", heading: "Hello, \(name)",
            paragraphs: [
                """
                Somebody asked for a new password for your account at \(company). The link is \
                good for an hour, and once.
                """
            ], action: ("Choose a new password", url),
            footer: "If that was not you, leave this mail alone: your password stays as it is.")
    }

    package static func confirmation(
        company: String, form: String, days: Int, url: String
    ) -> Letter {
        Letter(
            subject: "Please confirm your message to \(company)", heading: "One step more",
            paragraphs: [
                """
                This address was given in the form “\(form)” of \(company). Confirm that it is \
                yours, and your message is read. The link is good for \(days) days.
                """
            ], action: ("Confirm", url),
            footer: "If that was not you, leave this mail alone: nothing happens.")
    }

    package static func brokenGlass(
        to name: String, company: String, by person: String, reason: String, until: String,
        url: String
    ) -> Letter {
        Letter(
            subject: "\(person) looks into \(company)", heading: "Hello, \(name)",
            paragraphs: [
                """
                \(person), who runs the installation, has got into \(company) by break-glass: to \
                look until \(until), and to change nothing.
                """,
                "Reason: \(reason)",
            ], action: ("See it, or end it", url),
            footer: "What is looked at stands in your audit log. You can also forbid such access.")
    }

    package static func metaStopped(
        to name: String, company: String, words: String, url: String
    ) -> Letter {
        Letter(
            subject: "Facebook leads of \(company) wait", heading: "Hello, \(name)",
            paragraphs: [
                """
                Facebook no longer lets iPerform read the leads of \(company). New ones are kept \
                and wait; none is lost as long as Facebook has it, which is 90 days.
                """,
                "Facebook says: \(words)",
            ], action: ("Connect again", url),
            footer: "You get this once for each time the connection stops, as an admin.")
    }

    package static func passwordChanged(
        to name: String, company: String, forgotURL: String
    ) -> Letter {
        Letter(
            subject: "Your password for \(company) was changed", heading: "Hello, \(name)",
            paragraphs: [
                """
                The password of your account at \(company) was changed by a link that was mailed \
                to you. You were signed out everywhere.
                """
            ],
            footer: """
                If that was not you, ask for a new password at \(forgotURL) and tell your \
                administrator: somebody reads your mail.
                """)
    }
}

/// The letter for readers that show text alone.
package func letterText(_ letter: Letter) -> String {
    let action = letter.action.map { "\($0.label):\n\($0.url)" }
    let parts = [letter.heading] + letter.paragraphs + [action, "-- \n\(letter.footer)"]
    return parts.compactMap(\.self).joined(separator: "\n\n") + "\n"
}

/// The letter as mail programs draw it: tables and styles on each element, nothing from
/// elsewhere.
package func letterHTML(_ letter: Letter) -> HTML {
    """
    <!doctype html><html lang="en"><head><meta charset="utf-8"><title>\(letter.subject)</title>\
    <meta name="viewport" content="width=device-width"><meta name="color-scheme" \
    content="light dark"></head><body style="margin:0;background:#f6f6f8">
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0" \
    style="background:#f6f6f8;padding:32px 16px"><tr><td align="center">
    <table role="presentation" width="100%" cellpadding="0" cellspacing="0" \
    style="max-width:480px;text-align:left;font:15px/1.5 -apple-system,'Segoe UI',Roboto,Arial,\
    sans-serif;color:#1b1c20">
    <tr><td style="padding:0 4px 16px;font-weight:650;color:#4f5bd5">iPerform</td></tr>
    <tr><td style="background:#ffffff;border:1px solid #e4e4e9;border-radius:12px;padding:28px">
    <h1 style="margin:0 0 12px;font-size:20px;line-height:1.3">\(letter.heading)</h1>
    \(letter.paragraphs.map { "<p style=\"margin:0 0 14px\">\($0)</p>\n" as HTML })\
    \(letter.action.map(letterButton))</td></tr>
    <tr><td style="padding:16px 4px;font-size:13px;color:#63646e">\(letter.footer)</td></tr>
    </table></td></tr></table></body></html>

    """
}

private func letterButton(_ action: (label: String, url: String)) -> HTML {
    """
    <p style="margin:20px 0 16px"><a href="\(url: action.url)" style="display:inline-block;\
    background:#4f5bd5;color:#ffffff;text-decoration:none;font-weight:600;border-radius:8px;\
    padding:10px 18px">\(action.label)</a></p>
    <p style="margin:0;font-size:13px;color:#63646e">Or copy this address:<br>\
    <span style="word-break:break-all">\(action.url)</span></p>
    """
}
