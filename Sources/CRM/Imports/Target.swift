/// Where a column of a file goes in a lead.
package enum Target: Hashable, Sendable {
    case field(Field)
    /// A field that the tenant has added, by its key.
    case custom(String)

    package enum Field: String, Sendable, CaseIterable {
        case company
        case contactName = "contact_name"
        case email, phone
        case externalID = "external_id"
        case source, campaign, product, territory, value, currency, owner, stage
        case createdAt = "created_at"
        case closedAt = "closed_at"
        case lostReason = "lost_reason"
        case notes, tags
    }

    private static let customPrefix = "custom."

    /// Nil when no target has this name.
    package init?(_ name: String) {
        if let field = Field(rawValue: name) {
            self = .field(field)
        } else if name.hasPrefix(Self.customPrefix), name.utf8.count > Self.customPrefix.utf8.count
        {
            self = .custom(String(name.dropFirst(Self.customPrefix.count)))
        } else {
            return nil
        }
    }

    package var name: String {
        switch self {
        case .field(let field): field.rawValue
        case .custom(let key): Self.customPrefix + key
        }
    }

    /// Whether several columns may go there.
    var mayRepeat: Bool { self == .field(.notes) || self == .field(.tags) }

    /// Whether only a company admin may import it: whose a lead is and what happened to it
    /// decide who sees it and what was sold.
    var isHistory: Bool {
        switch self {
        case .field(.owner), .field(.stage), .field(.createdAt), .field(.closedAt),
            .field(.lostReason):
            true
        default: false
        }
    }

    /// Whether a lead can be known by it.
    var namesALead: Bool {
        switch self {
        case .field(.company), .field(.contactName), .field(.email), .field(.phone),
            .field(.externalID):
            true
        default: false
        }
    }
}

extension Target.Field {
    /// Characters that a lead keeps of it; the same as the API takes.
    var charactersMax: Int {
        switch self {
        case .company, .contactName, .externalID, .campaign, .owner: 200
        case .email: 254
        case .product, .territory: 120
        case .notes: 10_000
        case .lostReason, .tags: 2000
        case .phone, .source, .value, .currency, .stage, .createdAt, .closedAt: 60
        }
    }
}
