/// What the script for one form needs to know.
package struct EmbeddedForm: Sendable {
    package var title: String
    /// The absolute address the form is posted to, `https://…/f/{token}`.
    package var address: String
    /// As `HostedForm.stamp`.
    package var stamp: String
    /// The words of thanks, when the answer brings none.
    package var thankYou: String

    package init(title: String, address: String, stamp: String, thankYou: String) {
        (self.title, self.address, self.stamp) = (title, address, stamp)
        self.thankYou = thankYou
    }
}

/// The script answered at `/f/{token}/embed.js`: it puts the form where its own tag stands.
///
/// `runtime` is the asset `js/hosted.js`; it takes its settings from one global and removes it
/// at once, so two forms can stand on one page.
package func embedScript(_ form: EmbeddedForm, runtime: String) -> String {
    let settings: HTML = """
        \(json: [
            "title": form.title, "address": form.address, "stamp": form.stamp,
            "thanks": form.thankYou, "trap": HostedForm.honeypotName,
            "stampName": HostedForm.stampName,
        ])
        """
    return "self.iPerformForm = \(settings.text);\n\(runtime)"
}

/// The line a site's owner pastes where the form shall stand.
package func embedSnippet(token: String, baseURL: String) -> String {
    "<script src=\"\(hostedFormURL(token: token, baseURL: baseURL))/embed.js\" async></script>"
}

package func hostedFormURL(token: String, baseURL: String) -> String { "\(baseURL)/f/\(token)" }
