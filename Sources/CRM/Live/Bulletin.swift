import NIOCore
import Storage
import Tenancy
import Views

/// What a batch of events means to each viewer: rights are asked before anything is rendered
/// for them. All who see the same are given the same bytes.
struct Bulletin: Sendable {
    private var leads: [ID<Lead>: Lead] = [:]
    private var cards: [ID<Lead>: String] = [:]
    private var coOwners: [ID<Lead>: Set<ID<User>>] = [:]
    private var managed: [ID<User>: Set<ID<User>>] = [:]
    private var messages: [Wording: ByteBuffer] = [:]

    /// What one viewer's message has to be different for from another's.
    private struct Wording: Hashable {
        let place: FeedPlace
        let sees: Bool
        let isMine: Bool
    }

    init(_ events: [StoredEvent], for callers: [Caller], in scope: Scope) async throws {
        let ids = Array(Set(events.filter(\.isOfLead).compactMap(\.lead)))
        guard !ids.isEmpty else { return }
        let profile = try await Tenants.find(scope.tenant, in: scope.tx)
        let faces = Faces(
            pipeline: try await Stages(scope).pipeline(),
            time: LocalTime(now: scope.now, zone: profile.timeZone),
            currency: profile.defaultCurrency)
        for lead in try await Leads(scope).find(ids) {
            leads[lead.id] = lead
            cards[lead.id] = leadCard(faces.card(lead)).text
        }
        coOwners = try await Owners(scope).coOwners(of: ids).mapValues { Set($0.map(\.id)) }
        for case .team(let manager) in Set(callers.map(Reach.init)) {
            managed[manager] = Set(
                try await scope.tx.column(
                    Teams.managedUsers(of: manager, in: scope.tenant), as: ID<User>.self))
        }
    }

    /// The server-sent event for one viewer; nil when it is not theirs to know.
    mutating func message(_ event: StoredEvent, to caller: Caller) -> ByteBuffer? {
        guard let wording = wording(of: event, for: caller) else { return nil }
        if let known = messages[wording] { return known }
        let message = message(event, wording)
        messages[wording] = message
        return message
    }

    private func wording(of event: StoredEvent, for caller: Caller) -> Wording? {
        if event.isOfImport {
            guard mayFollow(event, caller) else { return nil }
            return Wording(place: event.place, sees: true, isMine: false)
        }
        guard event.isOfLead, let id = event.lead, let lead = leads[id] else { return nil }
        let sees = reaches(lead.owner, id, caller)
        let saw = reaches(event.formerOwner ?? lead.owner, id, caller, or: event.formerCoOwner)
        guard sees || saw else { return nil }
        return Wording(
            place: event.place, sees: sees, isMine: lead.owner != nil && lead.owner == caller.user)
    }

    private func message(_ event: StoredEvent, _ wording: Wording) -> ByteBuffer {
        guard !event.isOfImport, let lead = event.lead.flatMap({ leads[$0] }) else {
            return Self.frame("import", event.place, event.data.text)
        }
        var writer = JSONWriter(capacity: 1200)
        writer.object { body in
            body.member("id", lead.id)
            body.member("name", event.name)
            body.member("stage", lead.stage)
            body.member("stage_class", lead.status.rawValue)
            body.member("owner", wording.sees ? lead.owner : nil)
            body.member("by", event.actorID.map(ID<User>.init))
            body.member("company", wording.sees ? lead.title : nil)
            body.member("version", lead.version)
            body.member("mine", wording.isMine)
            body.member("html", wording.sees ? cards[lead.id] : nil)
        }
        return Self.frame("lead", event.place, writer.text)
    }

    private func reaches(
        _ owner: ID<User>?, _ lead: ID<Lead>, _ caller: Caller, or former: ID<User>? = nil
    ) -> Bool {
        let team = caller.user.flatMap { managed[$0] } ?? []
        let sharing = (coOwners[lead] ?? []).union(former.map { [$0] } ?? [])
        return Reach(caller).includes(owner: owner, coOwners: sharing, managed: team)
    }

    /// An import's progress is for who started it and for those who see everything.
    private func mayFollow(_ event: StoredEvent, _ caller: Caller) -> Bool {
        let starter = event.data["user"]?.string.flatMap(ID<User>.init)
        return Reach(caller) == .all || (starter != nil && starter == caller.user)
    }

    private static func frame(_ name: String, _ place: FeedPlace, _ data: String) -> ByteBuffer {
        ByteBuffer(string: "id: \(place)\nevent: \(name)\ndata: \(data)\n\n")
    }
}

extension StoredEvent {
    fileprivate var isOfImport: Bool { name.hasPrefix("import.") }

    fileprivate var lead: ID<Lead>? { subject.map(ID<Lead>.init) }

    /// Who had the lead before the event, when it changed hands.
    fileprivate var formerOwner: ID<User>? {
        data["before"]?["owner"]?.string.flatMap(ID<User>.init)
    }

    /// Who shared the lead until this event.
    fileprivate var formerCoOwner: ID<User>? {
        name == "lead.unshared" ? data["user"]?.string.flatMap(ID<User>.init) : nil
    }
}
