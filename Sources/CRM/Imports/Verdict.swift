import Storage
import Tenancy

/// What is to become of a row: decided in one place for the dry run and for the run.
enum Verdict: Sendable {
    /// A new lead, of the owner whom the file names, if it names one.
    case create(OwnerBook.Answer?)
    case merge(KnownLeads.Match, by: Mapping.Key)
    /// Each reason is a sentence.
    case reject([String])

    init(_ row: PreparedRow, _ known: KnownLeads, _ owners: OwnerBook, _ mapping: Mapping) {
        guard row.faults.isEmpty else {
            self = .reject(row.faults)
            return
        }
        if let (match, key) = known.match(row, by: mapping.match) {
            self = .merge(match, by: key)
            return
        }
        // No two leads share one of these, so what may not decide stands in the way.
        if let (_, key) = known.match(row, by: Mapping.Key.allCases) {
            self = .reject([Self.isTaken(key)])
            return
        }
        let answer = row.owner.map(owners.answer)
        if let fault = Self.fault(answer, row.owner ?? "", mapping) {
            self = .reject([fault])
        } else {
            self = .create(answer)
        }
    }

    private static func fault(
        _ answer: OwnerBook.Answer?, _ name: String, _ mapping: Mapping
    ) -> String? {
        switch answer {
        case .refused(let why): "The owner “\(name)” \(why)."
        case .unknown where !mapping.createOwners:
            "The owner “\(name)” is nobody in your company. Add them, or let the import do so."
        case nil, .found, .unknown: nil
        }
    }

    /// Why a row cannot have what another lead has.
    static func isTaken(_ key: Mapping.Key) -> String {
        "Another lead has this \(key.words) already. Let the \(key.words) decide what is the same "
            + "lead, or leave it out."
    }

    /// Why a row was or will be merged.
    static func reason(_ match: KnownLeads.Match, _ key: Mapping.Key) -> String {
        switch match {
        case .lead: "Same \(key.words) as a lead that is here."
        case .row(let number): "Same \(key.words) as row \(number)."
        }
    }
}
