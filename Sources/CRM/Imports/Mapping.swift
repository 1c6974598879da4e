import Storage
import Tenancy
import Web

/// What the columns of a file mean: the same JSON for command line, API and wizard.
///
///     {"columns": {"sales_agent": "owner", "close_value": "value", "remark": null},
///      "values": {"stage": {"Engaging": "connected"}}, "dates": "M/d/yyyy",
///      "currency": "USD", "create_owners": true, "match": ["external_id"],
///      "on_match": "update"}
package struct Mapping: Sendable, Equatable {
    /// What may tell that a row is a lead that is there already.
    package enum Key: String, Sendable, CaseIterable {
        case externalID = "external_id"
        case email, phone
    }

    /// What becomes of a row that is a lead that is there already.
    package enum OnMatch: String, Sendable, CaseIterable {
        /// It is one more touch: what the lead did not know is filled in, what it knew stays.
        case fill
        /// What the row has is the lead's from now on; empty cells change nothing.
        case update
        /// Nothing.
        case skip
    }

    /// By header text. Columns that are not here are not imported.
    package var columns: [String: Target]
    /// By target: what a text of the file stands for.
    package var values: [String: [String: String]]
    package var dates: DatePattern?
    /// Of amounts that name none; the company's unless told.
    package var currency: String?
    package var createOwners: Bool
    /// Only these keys decide; best first.
    package var match: [Key]
    package var onMatch = OnMatch.fill

    package init(
        columns: [String: Target], values: [String: [String: String]] = [:],
        dates: DatePattern? = nil, currency: String? = nil, createOwners: Bool = false,
        match: [Key] = Key.allCases
    ) {
        self.columns = columns
        self.values = values
        self.dates = dates
        self.currency = currency
        self.createOwners = createOwners
        self.match = match
    }

    /// Whether only a company admin may import by it.
    var isForAdmins: Bool { createOwners || columns.values.contains(where: \.isHistory) }

    /// Whether leads come with a past of their own.
    var hasHistory: Bool {
        columns.values.contains { $0.isHistory && $0 != .field(.owner) }
    }

    var namesALead: Bool { columns.values.contains(where: \.namesALead) }

    /// What it fills of a lead, as the API calls it: all of the own fields are `custom`.
    var fields: [String] {
        columns.values.map { target in
            if case .field = target { target.name } else { "custom" }
        }
    }

    func has(_ field: Target.Field) -> Bool { columns.values.contains(.field(field)) }
}

extension Mapping {
    package static let schema = Schema.named(
        "ImportMapping",
        .object([
            .init(
                "columns", .map(.optional(.text(max: 200))), required: true,
                "By header: company, contact_name, email, phone, external_id, source, campaign, "
                    + "product, territory, value, currency, owner, stage, created_at, closed_at, "
                    + "lost_reason, notes, tags or custom.<key>. Empty or null: not imported."),
            .init(
                "values", .map(.map(.text(max: 200))),
                "By target, what a text of the file stands for: "
                    + "{\"stage\": {\"Engaging\": \"connected\"}}."),
            .init("dates", .optional(.text(max: 40)), "A Unicode date pattern, like M/d/yyyy."),
            .init("currency", .optional(.text(max: 3)), "ISO 4217, of amounts that name none."),
            .init("create_owners", .boolean, "Adds owners who are not users yet."),
            .init(
                "match", .list(.choice(Key.allCases.map(\.rawValue)), max: 3),
                "The keys by which a row is a lead that is there; all three unless told."),
            .init(
                "on_match", .choice(OnMatch.allCases.map(\.rawValue)),
                "fill (unless told): what the lead does not know is filled in. update: what the "
                    + "row has replaces what the lead has; owner and history stay. skip: nothing."),
        ]))

    /// Reads a mapping from outside.
    ///
    /// - Throws: `Problem.invalid` naming every member that is wrong, behind `mapping.`
    package static func checked(_ json: JSON) throws -> Mapping {
        let faults = schema.faults(in: json, at: "mapping")
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        return try Mapping(json)
    }

    /// - Throws: `Problem.invalid` naming every member that is wrong. The JSON has passed the
    ///   schema.
    init(_ json: JSON) throws {
        let input = Fields(json)
        var faults: [Problem.Fault] = []
        self.init(columns: Self.columns(input, &faults))
        values = (input["values"]?.object ?? [:]).mapValues { texts in
            (texts.object ?? [:]).compactMapValues(\.string)
        }
        for name in values.keys.sorted() where Target(name) == nil {
            faults.append(.init("mapping.values.\(name)", Self.unknown(name)))
        }
        if let text = input.text("dates") {
            dates = DatePattern(text)
            if dates == nil {
                faults.append(
                    .init("mapping.dates", "Give a pattern of y, M and d, like M/d/yyyy."))
            }
        }
        if let code = input.text("currency")?.uppercased() {
            currency = code
            if !Currency.isCode(code) {
                faults.append(.init("mapping.currency", "Give an ISO 4217 code, like USD."))
            }
        }
        createOwners = input.bool("create_owners") ?? false
        if let keys = input.texts("match") {
            match = Key.allCases.filter { keys.contains($0.rawValue) }
        }
        onMatch = input.text("on_match").flatMap(OnMatch.init) ?? .fill
        guard faults.isEmpty else { throw Problem.invalid(faults) }
    }

    private static func columns(
        _ input: Fields, _ faults: inout [Problem.Fault]
    ) -> [String: Target] {
        var columns: [String: Target] = [:]
        var taken: [Target: String] = [:]
        for (header, value) in (input["columns"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
            guard let name = value.string?.trimmed, !name.isEmpty else { continue }
            guard let target = Target(name) else {
                faults.append(.init("mapping.columns.\(header)", unknown(name)))
                continue
            }
            if let other = taken[target], !target.mayRepeat {
                let message = "“\(other)” is imported as \(name) already."
                faults.append(.init("mapping.columns.\(header)", message))
            }
            taken[target] = header
            columns[header] = target
        }
        return columns
    }

    private static func unknown(_ name: String) -> String {
        let known = Target.Field.allCases.map(\.rawValue).joined(separator: ", ")
        return "There is no “\(name.prefix(60))”. Give one of: \(known), custom.<key>."
    }

    /// As JSON; reading it again gives the same mapping.
    package var json: JSON {
        var members: [String: JSON] = [
            "columns": .object(columns.mapValues { .string($0.name) }),
            "values": .object(values.mapValues { .object($0.mapValues(JSON.string)) }),
            "create_owners": .bool(createOwners),
            "match": .array(match.map { .string($0.rawValue) }),
            "on_match": .string(onMatch.rawValue),
        ]
        if let dates { members["dates"] = .string(dates.text) }
        if let currency { members["currency"] = .string(currency) }
        return .object(members)
    }
}
