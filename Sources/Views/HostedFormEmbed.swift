/// What the script for one form needs to know.
package struct EmbeddedForm: Sendable {
    package var title: String
    /// The absolute address the form is posted to, `https://…/f/{token}`.
    package var address: String
    /// As `HostedForm.stamp`.
    package var stamp: String
    package var fields: [HostedField]
    package var consent: HostedConsent?
    package var isChallenged: Bool

    package init(title: String, address: String, stamp: String) {
        (self.title, self.address, self.stamp) = (title, address, stamp)
        (fields, consent, isChallenged) = (HostedField.plain, nil, false)
    }
}

/// The scripts that an embedded form runs, as they are served: without comments and indents.
package struct FormScripts: Sendable {
    /// Of `js/hosted.js`.
    package let form: String
    /// Of `js/proof.js`: what does the browser's piece of work.
    package let proof: String

    package init(form: String, proof: String) {
        self.form = Self.short(form)
        self.proof = Self.short(proof).replacing("export ", with: "")
    }

    /// Both are written so that a line means the same without what stands before it, and so that
    /// comments have lines of their own.
    private static func short(_ source: String) -> String {
        source.replacing(/\/\*.*?\*\/\s?/.dotMatchesNewlines(), with: "")
            .split(separator: "\n")
            .map { $0.drop { $0 == " " } }
            .filter { !$0.isEmpty && !$0.hasPrefix("//") }
            .joined(separator: "\n")
    }
}

/// The script answered at `/f/{token}/embed.js`: it puts the form where its own tag stands.
///
/// It takes its settings from one global and removes it at once, so two forms can stand on one
/// page. What does the piece of work is in it only where the form asks for that.
package func embedScript(_ form: EmbeddedForm, scripts: FormScripts) -> String {
    let settings: HTML = """
        \(json: [
            "title": form.title, "address": form.address, "stamp": form.stamp,
            "trap": HostedForm.honeypotName, "stampName": HostedForm.stampName,
        ])
        """
    let fields = form.fields.map(embeddedField).joined(separator: ",")
    var parts = ["\"fields\":[\(fields)]"]
    if let consent = form.consent {
        let words: HTML = "\(json: ["text": consent.text, "version": String(consent.version)])"
        parts.append("\"consent\":\(words.text)")
        if consent.isRequired { parts.append("\"must\":1") }
    }
    let rest = parts.joined(separator: ",")
    let proof = "{\n\(scripts.proof)\nself.iPerformForm.solve = solve;\n}\n"
    return "self.iPerformForm = \(settings.text.dropLast()),\(rest)};\n"
        + (form.isChallenged ? proof : "") + scripts.form
}

/// As a list: the name, the label, the kind, and as much of the rest as there is.
private func embeddedField(_ field: HostedField) -> String {
    var parts = [
        field.name, field.shownLabel, field.kind.rawValue, field.autocomplete ?? "off",
        field.help ?? "", field.choices.joined(separator: "\n"), field.accept,
    ]
    while parts.last?.isEmpty ?? false || parts.count > 3 && parts.last == "off" {
        parts.removeLast()
    }
    return "[" + parts.map { quoted($0) }.joined(separator: ",") + "]"
}

/// The line a site's owner pastes where the form shall stand.
package func embedSnippet(token: String, baseURL: String) -> String {
    "<script src=\"\(hostedFormURL(token: token, baseURL: baseURL))/embed.js\" async></script>"
}

package func hostedFormURL(token: String, baseURL: String) -> String { "\(baseURL)/f/\(token)" }
