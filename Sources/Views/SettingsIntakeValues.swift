// MARK: Forms

package struct FormRow: Sendable {
    package var id: String
    package var version: Int
    package var name: String
    /// Key of the source the form's leads carry.
    package var source: String
    package var product: String
    package var territory: String
    /// Sites that may post from their own pages, `https://example.com`; empty means the
    /// hosted page only.
    package var origins: [String]
    package var thankYou: String
    /// The last characters of the token, to tell tokens apart.
    package var tokenHint: String
    /// The token itself, when it is still known; it is stored hashed, so mostly nil.
    package var token: String?
    package var submissions: Int
    /// When the last submission came, as people say it; empty for never.
    package var lastSubmission: String

    package init(id: String, version: Int, name: String, source: String, tokenHint: String) {
        (self.id, self.version, self.name) = (id, version, name)
        (self.source, self.tokenHint) = (source, tokenHint)
        (product, territory, origins, thankYou) = ("", "", [], "")
        (token, submissions, lastSubmission) = (nil, 0, "")
    }
}

package struct FormsPage: Sendable {
    package var forms: [FormRow]
    package var sources: [Choice]
    package var products: [String]
    package var territories: [String]
    /// Scheme and host under which this server is reached from outside, without a slash at
    /// the end; the snippet and the link are made from it.
    package var baseURL: String

    package init(forms: [FormRow], baseURL: String, sources: [Choice] = []) {
        (self.forms, self.baseURL, self.sources) = (forms, baseURL, sources)
        (products, territories) = ([], [])
    }
}

// MARK: API keys

package struct APIKeyRow: Sendable {
    package var id: String
    package var name: String
    /// What tells keys apart, e.g. `ipk_…7f3a`.
    package var prefix: String
    package var created: String
    package var createdBy: String
    /// What it may, in words; nil for all that its maker may.
    package var rights: String?
    /// When the key was last used, as people say it; empty for never.
    package var lastUsed: String

    package init(id: String, name: String, prefix: String, created: String, createdBy: String) {
        (self.id, self.name, self.prefix) = (id, name, prefix)
        (self.created, self.createdBy, lastUsed) = (created, createdBy, "")
    }
}

package struct KeysPage: Sendable {
    package var keys: [APIKeyRow]
    /// What the reader may give a key, by what it is about.
    package var rights: [(noun: String, rights: [Choice])] = []

    package init(keys: [APIKeyRow]) { self.keys = keys }
}
