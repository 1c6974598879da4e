/// A file that was sent along with a lead.
package struct LeadFile: Sendable {
    package var id: String
    package var name: String
    /// As "PDF, 1.2 MB · 3 Dec".
    package var note: String

    package init(id: String, name: String, note: String) {
        (self.id, self.name, self.note) = (id, name, note)
    }
}

/// That the sender of a form agreed to its words.
package struct LeadConsent: Sendable {
    /// As "Contact us, version 2".
    package var title: String
    /// As "18 Nov 2026, 10:30 · confirmed by mail".
    package var note: String
    package var text: String

    package init(title: String, note: String, text: String) {
        (self.title, self.note, self.text) = (title, note, text)
    }
}

func arrivalSections(_ lead: LeadPage) -> HTML {
    """
    \(when: !lead.files.isEmpty, fileSection(lead.files))\
    \(when: !lead.consents.isEmpty, consentSection(lead.consents))
    """
}

private func fileSection(_ files: [LeadFile]) -> HTML {
    "<h3>Files</h3><div class=\"people\">\(files.map(fileLine))</div>"
}

private func fileLine(_ file: LeadFile) -> HTML {
    """
    <a class="btn ghost" href="\(url: "/api/v1/files/\(file.id)")" download title="\(file.note)">\
    \(icon("download", small: true))\(file.name)</a>
    """
}

private func consentSection(_ consents: [LeadConsent]) -> HTML {
    "<h3>Consent</h3>\(consents.map(consentLine))"
}

private func consentLine(_ consent: LeadConsent) -> HTML {
    """
    <details class="why"><summary>\(consent.title)</summary><p>\(consent.note)</p>\
    <p>“\(consent.text)”</p></details>
    """
}
