import Spreadsheets
import Storage
import Tenancy
import Web

/// What rows are read with, loaded once for a run.
struct ImportGround: Sendable {
    let profile: TenantProfile
    let pipeline: Pipeline
    let customFields: [CustomField]

    init(in scope: Scope) async throws {
        profile = try await Tenants.find(scope.tenant, in: scope.tx)
        pipeline = try await Stages(scope).pipeline()
        customFields = try await CustomFields(scope).list()
    }
}

/// How the columns of one file become leads: a mapping laid over a header.
struct Layout: Sendable {
    let headers: [String]
    let mapping: Mapping
    let ground: ImportGround
    let dates: DateReading
    /// The columns that are imported, in the file's order.
    let places: [Place]
    private let stages: [String: Stage]

    struct Place: Sendable {
        let index: Int
        let header: String
        let target: Target
        /// What the column's texts stand for, by text.
        let values: [String: String]
    }

    /// - Parameter recognised: The pattern of the file's dates, when the mapping names none.
    /// - Throws: `Problem.invalid` naming every part of the mapping that does not fit the
    ///   file or the tenant.
    init(
        headers: [String], mapping: Mapping, ground: ImportGround, recognised: DatePattern? = nil
    ) throws {
        self.headers = headers
        self.mapping = mapping
        self.ground = ground
        dates = DateReading(
            pattern: mapping.dates ?? recognised, clock: WallClock(zone: ground.profile.timeZone))
        var faults = Self.strangers(headers, mapping)
        faults += Self.unknownFields(mapping, ground.customFields)
        if !mapping.namesALead {
            faults.append(
                .init(
                    "mapping.columns",
                    "Choose a column for company, contact_name, email, phone or external_id."))
        }
        stages = Self.stages(ground.pipeline, mapping, &faults)
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        places = headers.enumerated().compactMap { index, header in
            Self.target(of: header, mapping).map { target in
                Place(
                    index: index, header: header, target: target,
                    values: mapping.values[target.name] ?? [:])
            }
        }
    }

    /// The stage that a text names: by the mapping, by key or by name.
    func stage(_ text: String) -> Stage? {
        stages[text.lowercased()] ?? Suggestions.stage(text, in: ground.pipeline)
    }

    private static func target(of header: String, _ mapping: Mapping) -> Target? {
        mapping.columns[header]
            ?? mapping.columns.first { plain($0.key) == plain(header) }?.value
    }

    private static func plain(_ header: String) -> String { header.trimmed.lowercased() }

    private static func strangers(_ headers: [String], _ mapping: Mapping) -> [Problem.Fault] {
        let known = Set(headers.map(plain))
        let list = headers.prefix(30).joined(separator: ", ")
        return mapping.columns.keys.sorted().filter { !known.contains(plain($0)) }.map {
            .init("mapping.columns.\($0)", "The file has no such column. It has: \(list).")
        }
    }

    private static func unknownFields(
        _ mapping: Mapping, _ fields: [CustomField]
    ) -> [Problem.Fault] {
        mapping.columns.sorted { $0.key < $1.key }.compactMap { header, target in
            guard case .custom(let key) = target, !fields.contains(where: { $0.key == key }) else {
                return nil
            }
            return .init("mapping.columns.\(header)", "You have no custom field “\(key)”.")
        }
    }

    private static func stages(
        _ pipeline: Pipeline, _ mapping: Mapping, _ faults: inout [Problem.Fault]
    ) -> [String: Stage] {
        var stages: [String: Stage] = [:]
        for (text, name) in (mapping.values["stage"] ?? [:]).sorted(by: { $0.key < $1.key }) {
            if let stage = Suggestions.stage(name, in: pipeline) {
                stages[text.trimmed.lowercased()] = stage
            } else {
                let known = pipeline.stages.map(\.key).joined(separator: ", ")
                faults.append(
                    .init("mapping.values.stage.\(text)", "Give one of: \(known)."))
            }
        }
        return stages
    }
}
