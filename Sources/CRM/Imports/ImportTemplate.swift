import Spreadsheets
import Storage
import Tenancy

/// A file to be filled in: the columns that a company's leads have, and one example.
struct ImportTemplate: Sendable {
    private let columns: [(header: String, example: String)]

    private static let labels: [(field: Target.Field, header: String, example: String)] = [
        (.company, "Company", "Example Ltd (replace this row)"),
        (.contactName, "Contact name", "Ann Example"), (.email, "Email", "ann@example.com"),
        (.phone, "Phone", "+1 202 555 0101"), (.externalID, "External id", "A-1001"),
        (.source, "Source", "referral"), (.campaign, "Campaign", "Spring fair"),
        (.product, "Product", "Standard"), (.territory, "Territory", "North"),
        (.value, "Value", "1500.00"), (.currency, "Currency", "USD"),
        (.owner, "Owner", "owner@example.com"), (.stage, "Stage", "Open"),
        (.createdAt, "Created", "2026-01-31"), (.closedAt, "Closed", ""),
        (.lostReason, "Lost reason", ""), (.notes, "Notes", "Asked for a call back"),
        (.tags, "Tags", "fair, warm"),
    ]

    /// For this caller: without the history that they may not import, and what they do not see.
    init(in scope: Scope) async throws {
        try scope.caller.must(.importsRun)
        let hidden = scope.caller.grants.masks.fields(at: Stage.first)
        let profile = try await Tenants.find(scope.tenant, in: scope.tx)
        let pipeline = try await Stages(scope).pipeline()
        var columns = Self.labels.filter { label in
            let target = Target.field(label.field)
            return !hidden.contains(target.name)
                && (!target.isHistory || scope.caller.may(.importsHistory))
        }.map { label in
            switch label.field {
            case .currency: (header: label.header, example: profile.defaultCurrency)
            case .stage:
                (header: label.header, example: pipeline.stages.first?.name ?? label.example)
            default: (header: label.header, example: label.example)
            }
        }
        if !hidden.contains("custom") {
            columns += try await CustomFields(scope).list().map { ($0.label, $0.example) }
        }
        self.columns = columns
    }

    /// The bytes of the file.
    ///
    /// - Parameter scratch: A path of its own, at which nothing is left.
    func file(_ format: Import.Format, scratch: String) throws -> [UInt8] {
        var writer = try format.writer(scratch: scratch)
        try writer.append(columns.map { .text($0.header) })
        try writer.append(columns.map { $0.example.isEmpty ? .empty : .text($0.example) })
        try writer.finish()
        var bytes: [UInt8] = []
        while case let piece = try writer.take(), !piece.isEmpty { bytes += piece }
        return bytes
    }
}

extension CustomField {
    fileprivate var example: String {
        switch kind {
        case .text: ""
        case .number: "10"
        case .date: "2026-01-31"
        case .boolean: "yes"
        case .choice: choices.first ?? ""
        }
    }
}
