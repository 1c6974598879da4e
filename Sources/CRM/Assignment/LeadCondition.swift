import Storage

/// What a rule asks of one field of a lead.
package struct LeadCondition: Sendable, Equatable {
    package let field: Field
    package let comparison: Comparison
    /// What the field is compared with: any of them does.
    package let values: [String]
    /// As they are compared.
    private let folded: [String]

    package init(_ field: Field, _ comparison: Comparison, _ values: [String] = []) {
        self.field = field
        self.comparison = comparison
        self.values = values
        folded = values.map { $0.lowercased() }
    }

    package enum Comparison: String, Sendable, CaseIterable {
        case `is`
        case isNot = "is_not"
        case contains
        case startsWith = "starts_with"
        /// In a territory or in one below it.
        case within
        case atLeast = "at_least"
        case atMost = "at_most"
        case known
        case unknown
    }

    /// A field of a lead; one of the company's own, or of the attribution, by its key.
    package enum Field: Sendable, Hashable {
        case plain(Plain)
        case custom(String)
        case attribution(String)

        package enum Plain: String, Sendable, CaseIterable {
            case company, email, phone, source, campaign, product, territory, value, currency
            case tags, language
            case contactName = "contact_name"
            /// Whether it comes inside the company's working hours, or outside.
            case hours
        }

        /// Reads `source`, `custom.size`, `attribution.utm_source`.
        package init?(_ name: String) {
            let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
            switch (parts.first, parts.count) {
            case ("custom", 2): self = .custom(parts[1])
            case ("attribution", 2): self = .attribution(parts[1])
            default:
                guard let plain = Plain(rawValue: name) else { return nil }
                self = .plain(plain)
            }
        }

        package var name: String {
            switch self {
            case .plain(let plain): plain.rawValue
            case .custom(let key): "custom.\(key)"
            case .attribution(let key): "attribution.\(key)"
            }
        }

        /// As a sentence says it.
        var words: String {
            switch self {
            case .plain(.contactName): "contact name"
            case .plain(let plain): plain.rawValue
            case .custom(let key), .attribution(let key): key.replacing("_", with: " ")
            }
        }

        /// What it can be asked.
        var comparisons: [Comparison] {
            switch self {
            case .plain(.hours): [.is]
            case .plain(.value): [.atLeast, .atMost, .known, .unknown]
            case .plain(.tags): [.is, .isNot, .known, .unknown]
            case .plain(.territory):
                [.is, .isNot, .within, .contains, .startsWith, .known, .unknown]
            case .custom: Comparison.allCases.filter { $0 != .within }
            default: [.is, .isNot, .contains, .startsWith, .known, .unknown]
            }
        }
    }
}

extension LeadCondition {
    /// What a condition may look at beside the lead.
    struct Ground: Sendable {
        var isOpen = true
        var territories = TerritoryTree([])
    }

    func holds(for draft: LeadDraft, on ground: Ground) -> Bool {
        if field == .plain(.hours) { return folded.contains(ground.isOpen ? "inside" : "outside") }
        if field == .plain(.value) { return holds(for: draft.valueMinor.map(Double.init)) }
        let texts = draft.texts(of: field)
        switch comparison {
        case .known: return !texts.isEmpty
        case .unknown: return texts.isEmpty
        case .is: return texts.contains { folded.contains($0) }
        case .isNot: return !texts.contains { folded.contains($0) }
        case .contains: return texts.contains { text in folded.contains { text.contains($0) } }
        case .startsWith:
            return texts.contains { text in folded.contains { text.hasPrefix($0) } }
        case .within:
            return texts.contains {
                ground.territories.path(of: $0).contains { folded.contains($0) }
            }
        case .atLeast, .atMost: return holds(for: texts.first.flatMap(Double.init))
        }
    }

    private func holds(for number: Double?) -> Bool {
        let bound = values.first.flatMap(Double.init)
        switch comparison {
        case .known: return number != nil
        case .unknown: return number == nil
        case .atLeast: return number.flatMap { given in bound.map { given >= $0 } } ?? false
        case .atMost: return number.flatMap { given in bound.map { given <= $0 } } ?? false
        default: return false
        }
    }

    /// In words, for the explanation on a lead of this currency.
    func words(_ currency: String) -> String {
        if field == .plain(.hours) { return "it came \(values.first ?? "") working hours" }
        let what =
            field == .plain(.value)
            ? values.compactMap(Int64.init).map { Currency.text($0, currency) } : values
        let list = ListFormat.text(what)
        return switch comparison {
        case .is: "\(field.words) is \(list)"
        case .isNot: "\(field.words) is not \(list)"
        case .contains: "\(field.words) contains \(list)"
        case .startsWith: "\(field.words) starts with \(list)"
        case .within: "\(field.words) is within \(list)"
        case .atLeast: "\(field.words) is at least \(list)"
        case .atMost: "\(field.words) is at most \(list)"
        case .known: "\(field.words) is known"
        case .unknown: "\(field.words) is not known"
        }
    }
}

extension LeadDraft {
    /// What a field holds, in lower case: several of tags, nothing of what is empty. A language
    /// is told by a field of that name, the company's own or of the attribution: `en-GB` is `en`
    /// as well.
    func texts(of field: LeadCondition.Field) -> [String] {
        switch field {
        case .custom(let key): [custom[key]?.plainText].compactMap { $0?.lowercased() }
        case .attribution(let key): [attribution[key]?.plainText].compactMap { $0?.lowercased() }
        case .plain(.tags): tags.map { $0.lowercased() }
        case .plain(.language): languages
        case .plain(let plain): [text(of: plain)].compactMap { $0?.lowercased() }
        }
    }

    private func text(of field: LeadCondition.Field.Plain) -> String? {
        switch field {
        case .company: company
        case .contactName: contactName
        case .email: email
        case .phone: phone ?? phoneRaw
        case .source: source
        case .campaign: campaign
        case .product: product
        case .territory: territory
        case .currency: currency
        case .value, .tags, .language, .hours: nil
        }
    }

    /// `["en-gb", "en"]`
    var languages: [String] {
        let given = custom["language"] ?? attribution["language"] ?? attribution["lang"]
        guard let tag = given?.plainText?.lowercased().replacing("_", with: "-") else { return [] }
        let primary = tag.split(separator: "-").first.map(String.init) ?? tag
        return tag == primary ? [tag] : [tag, primary]
    }
}

extension JSON {
    /// A scalar as a person writes it; nil for what is empty.
    fileprivate var plainText: String? {
        switch self {
        case .string(let text): text.isEmpty ? nil : text
        case .integer, .number, .bool: text
        case .null, .array, .object: nil
        }
    }
}
