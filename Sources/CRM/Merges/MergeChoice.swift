import Storage
import Tenancy
import Web

/// Whose value each field has after a merge. Where nothing is chosen, the survivor's stays, and
/// what is empty is filled in.
struct MergeChoice: Sendable {
    /// By field, the lead that is chosen; `custom.key` for a custom field.
    private let chosen: [String: ID<Lead>]

    static let fieldsMax = 200

    static let fields = [
        "company", "contact_name", "email", "phone", "external_id", "source", "campaign",
        "attribution", "product", "territory", "value_minor", "owner", "tags", "notes",
    ]

    /// - Throws: `Problem.invalid` naming each field that there is not, or whose lead is neither.
    init(_ json: JSON?, of leads: [ID<Lead>]) throws {
        var chosen: [String: ID<Lead>] = [:]
        var faults: [Problem.Fault] = []
        let given = json?.object ?? [:]
        guard given.count <= Self.fieldsMax else {
            throw Problem.invalid("choose", "Choose for at most \(Self.fieldsMax) fields.")
        }
        for (field, value) in given.sorted(by: { $0.key < $1.key }) {
            let name = "choose.\(field.prefix(100))"
            guard Self.fields.contains(field) || field.hasPrefix("custom.") else {
                let known = Self.fields.joined(separator: ", ")
                faults.append(.init(name, "Choose for one of: \(known), custom.KEY."))
                continue
            }
            guard let id = value.string.flatMap(ID<Lead>.init), leads.contains(id) else {
                faults.append(.init(name, "Give the id of one of the two leads."))
                continue
            }
            chosen[field] = id
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        self.chosen = chosen
    }

    /// The fields for which the lead that goes is chosen.
    func fields(of merged: ID<Lead>) -> [String] {
        chosen.filter { $0.value == merged }.map(\.key).sorted()
    }

    /// The custom fields among them.
    func customKeys(of merged: ID<Lead>) -> [String] {
        fields(of: merged).filter { $0.hasPrefix("custom.") }.map { String($0.dropFirst(7)) }
    }

    /// The survivor with what it takes from the other.
    func merged(_ other: Lead, into survivor: Lead) throws -> Lead {
        var lead = survivor
        let taken = Set(fields(of: other.id))
        let kept = Set(chosen.filter { $0.value == survivor.id }.map(\.key))
        func takes(_ field: String, _ isEmpty: Bool) -> Bool {
            taken.contains(field) || (isEmpty && !kept.contains(field))
        }
        if takes("company", lead.company == nil) { lead.company = other.company }
        if takes("contact_name", lead.contactName == nil) { lead.contactName = other.contactName }
        if takes("email", lead.email == nil) { lead.email = other.email }
        if takes("phone", lead.phoneRaw == nil) {
            (lead.phone, lead.phoneRaw) = (other.phone, other.phoneRaw)
        }
        if takes("external_id", lead.externalID == nil) { lead.externalID = other.externalID }
        if takes("source", false) { lead.source = other.source }
        if takes("campaign", lead.campaign == nil) { lead.campaign = other.campaign }
        if takes("attribution", lead.attribution == "{}") { lead.attribution = other.attribution }
        if takes("product", lead.product == nil) { lead.product = other.product }
        if takes("territory", lead.territory == nil) { lead.territory = other.territory }
        if takes("value_minor", lead.valueMinor == nil) {
            (lead.valueMinor, lead.currency) = (other.valueMinor, other.currency)
        }
        if takes("owner", lead.owner == nil) {
            (lead.owner, lead.ownerReason) = (other.owner, other.ownerReason)
        }
        if takes("notes", lead.notes == nil) { lead.notes = other.notes }
        lead.tags = try tags(lead, other, isTaken: taken.contains("tags"), kept.contains("tags"))
        lead.custom = try custom(lead, other, taken, kept)
        lead.touches += other.touches
        if let last = other.lastActivityAt, last > lead.lastActivityAt ?? last.adding(seconds: -1) {
            lead.lastActivityAt = last
        }
        guard
            lead.company != nil || lead.contactName != nil || lead.email != nil
                || lead.phoneRaw != nil || lead.externalID != nil
        else {
            throw Problem.invalid("choose", "Nothing would be left to know the lead by.")
        }
        return lead
    }

    /// Those of both, unless one is chosen.
    private func tags(
        _ lead: Lead, _ other: Lead, isTaken: Bool, _ isKept: Bool
    ) throws -> String {
        if isTaken { return other.tags }
        if isKept { return lead.tags }
        let own = try JSON(parsing: lead.tags).array ?? []
        let more = try JSON(parsing: other.tags).array ?? []
        let new = more.filter { !own.contains($0) }
        return new.isEmpty ? lead.tags : JSON.array(Array((own + new).prefix(50))).text
    }

    private func custom(
        _ lead: Lead, _ other: Lead, _ taken: Set<String>, _ kept: Set<String>
    ) throws -> String {
        var members = try JSON(parsing: lead.custom).object ?? [:]
        let others = try JSON(parsing: other.custom).object ?? [:]
        for key in Set(members.keys).union(others.keys) {
            let field = "custom.\(key)"
            if taken.contains(field) {
                members[key] = others[key]
            } else if members[key] == nil, !kept.contains(field) {
                members[key] = others[key]
            }
        }
        return JSON.object(members).text
    }
}
