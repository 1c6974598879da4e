import Meta
import Storage
import Tenancy
import Web

/// Which question of a lead form is which field of a lead: what an admin has said, else what
/// Facebook's own questions are called.
package struct MetaMapping: Sendable, Equatable {
    /// Where an answer goes. As text: the field's name, `custom.` and a key, or `ignore`.
    package enum Target: Sendable, Equatable {
        case field(Field)
        case custom(String)
        case ignored

        package enum Field: String, Sendable, CaseIterable {
            case company
            case contactName = "contact_name"
            case firstName = "first_name"
            case lastName = "last_name"
            case email, phone, product, territory, campaign, notes
        }

        package init?(_ text: String) {
            if text == "ignore" {
                self = .ignored
            } else if text.hasPrefix("custom."), text.count > 7 {
                self = .custom(String(text.dropFirst(7)))
            } else if let field = Field(rawValue: text) {
                self = .field(field)
            } else {
                return nil
            }
        }

        package var text: String {
            switch self {
            case .field(let field): field.rawValue
            case .custom(let key): "custom.\(key)"
            case .ignored: "ignore"
            }
        }
    }

    package private(set) var targets: [String: Target] = [:]

    package static let max = 200
    static let questionMax = 500

    private static let usual: [String: Target.Field] = [
        "full_name": .contactName, "name": .contactName, "first_name": .firstName,
        "last_name": .lastName, "email": .email, "work_email": .email, "phone_number": .phone,
        "work_phone_number": .phone, "phone": .phone, "company_name": .company, "company": .company,
    ]

    package init() {}

    init(stored text: String) {
        let members = (try? JSON(parsing: text))?.object ?? [:]
        targets = members.compactMapValues { $0.string.flatMap(Target.init) }
    }

    /// - Throws: `Problem.invalid` naming each question whose target is none.
    init(_ input: JSON, _ custom: [CustomField]) throws {
        for (question, target) in (input.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            try set(question, target.string ?? "", custom)
        }
    }

    /// Says where a question goes; nowhere else than usual with an empty target.
    ///
    /// - Throws: `Problem.invalid`.
    mutating func set(_ question: String, _ target: String, _ custom: [CustomField]) throws {
        guard !target.isEmpty else { return targets[question] = nil }
        let field = "mapping.\(question.prefix(100))"
        guard !question.isEmpty, question.count <= Self.questionMax,
            targets.count < Self.max || targets[question] != nil
        else {
            throw Problem.invalid(field, "Map at most \(Self.max) questions, by their keys.")
        }
        guard let known = Target(target) else {
            let names = Target.Field.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem.invalid(field, "Give one of \(names), custom.KEY, ignore.")
        }
        if case .custom(let key) = known, !custom.contains(where: { $0.key == key }) {
            throw Problem.invalid(field, "You have no custom field “\(key.prefix(60))”.")
        }
        targets[question] = known
    }

    func target(of question: String) -> Target? {
        targets[question] ?? Self.usual[question.lowercased()].map(Target.field)
    }

    var json: JSON { .object(targets.mapValues { .string($0.text) }) }
}

extension MetaMapping {
    /// The lead that Facebook's is to become. Nothing that was answered is lost: what has no
    /// place, or does not fit its place, stands in the notes.
    ///
    /// - Throws: `Problem.invalid` when there is nothing to know the lead by.
    func draft(
        of lead: GraphLead, page: String?, for tenant: TenantProfile, _ fields: [CustomField]
    ) throws -> LeadDraft {
        var draft = LeadDraft(source: "facebook", currency: tenant.defaultCurrency)
        var names: (first: String?, last: String?)
        var notes: [String] = []
        var custom: [String: JSON] = [:]
        for answer in lead.answers where !answer.text.isEmpty {
            var isTaken = false
            switch target(of: answer.question) {
            case .ignored: isTaken = true
            case .custom(let key):
                guard custom[key] == nil, let field = fields.first(where: { $0.key == key }),
                    let value = try? field.checked(.string(answer.text))
                else { break }
                custom[key] = value
                isTaken = true
            case .field(.firstName) where names.first == nil:
                names.first = answer.text
                isTaken = true
            case .field(.lastName) where names.last == nil:
                names.last = answer.text
                isTaken = true
            case .field(let field): isTaken = draft.take(answer.text, as: field, tenant)
            case nil: break
            }
            if !isTaken { notes.append("\(Faces.sourceLabel(answer.question)): \(answer.text)") }
        }
        let whole = [names.first, names.last].compactMap { $0 }.joined(separator: " ")
        if draft.contactName == nil, !whole.isEmpty { draft.contactName = cut(whole, 200) }
        draft.custom = .object(custom)
        draft.attribution = .object(Self.attribution(of: lead, page: page))
        draft.campaign = draft.campaign ?? campaign(of: lead)
        let text = ([draft.notes].compactMap { $0 } + notes).joined(separator: "\n")
        draft.notes = text.isEmpty ? nil : cut(text, 10_000)
        return try draft.checked()
    }

    private func campaign(of lead: GraphLead) -> String? {
        lead.origin.first { $0.key == "campaign_name" }.map { cut($0.value, 200) }
    }

    private static func attribution(of lead: GraphLead, page: String?) -> [String: JSON] {
        var known: [String: JSON] = ["leadgen_id": .string(lead.id)]
        if let form = lead.form { known["form_id"] = .string(form) }
        if let page { known["page_id"] = .string(page) }
        if let sentAt = lead.sentAt { known["sent_at"] = .string(sentAt.text) }
        for (key, value) in lead.origin { known[key] = .string(value) }
        for (key, value) in lead.ticks {
            known["consent.\(key)"] = value.isEmpty ? "no" : .string(value)
        }
        return known
    }
}

extension LeadDraft {
    /// Whether the answer found its place; the first to come has it.
    fileprivate mutating func take(
        _ text: String, as field: MetaMapping.Target.Field, _ tenant: TenantProfile
    ) -> Bool {
        switch field {
        case .company: put(text, \.company, 200)
        case .contactName: put(text, \.contactName, 200)
        case .product: put(text, \.product, 120)
        case .territory: put(text, \.territory, 120)
        case .campaign: put(text, \.campaign, 200)
        case .notes: put(text, \.notes, 10_000)
        case .email: email == nil && (try? setEmail(text)) != nil
        case .phone: takePhone(text, tenant)
        case .firstName, .lastName: false
        }
    }

    private mutating func put(
        _ text: String, _ field: WritableKeyPath<LeadDraft, String?>, _ max: Int
    ) -> Bool {
        guard self[keyPath: field] == nil, text.unicodeScalars.count <= max else { return false }
        self[keyPath: field] = text
        return true
    }

    private mutating func takePhone(_ text: String, _ tenant: TenantProfile) -> Bool {
        guard phoneRaw == nil, text.unicodeScalars.count <= 60 else { return false }
        setPhone(text, region: tenant.defaultRegion)
        return true
    }
}

private func cut(_ text: String, _ max: Int) -> String { String(text.unicodeScalars.prefix(max)) }
