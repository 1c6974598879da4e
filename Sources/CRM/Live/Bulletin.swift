import Foundation
import NIOCore
import Storage
import Tenancy
import Views

/// What a batch of events means to each viewer: rights are asked before anything is rendered
/// for them. All who see the same are given the same bytes.
struct Bulletin: Sendable {
    private var leads: [ID<Lead>: Lead] = [:]
    /// As those see them of whom something is masked.
    private var masked: [ID<Lead>: [Mask: Lead]] = [:]
    private var faces: Faces?
    private var cards: [CardKey: String] = [:]
    /// Of the callers who may do the same to all leads that they see.
    private var acts: [UUID: LeadActs] = [:]
    private var shares: [ID<Lead>: [Share]] = [:]
    private var circles: [ID<User>: Circle] = [:]
    private var messages: [Wording: ByteBuffer] = [:]
    private let now: Instant

    /// What one viewer's message has to be different for from another's.
    private struct Wording: Hashable {
        let place: FeedPlace
        let sees: Bool
        let isMine: Bool
        var masks: Mask = []
        var may: LeadActs = .all
    }

    /// What one card of a lead has to be different for from another.
    private struct CardKey: Hashable {
        let lead: ID<Lead>
        let masks: Mask
        let may: LeadActs
    }

    init(_ events: [StoredEvent], for callers: [Caller], in scope: Scope) async throws {
        now = scope.now
        let ids = Array(Set(events.filter(\.isOfLead).compactMap(\.lead)))
        guard !ids.isEmpty else { return }
        let profile = try await Tenants.find(scope.tenant, in: scope.tx)
        faces = Faces(
            pipeline: try await Stages(scope).pipeline(),
            time: LocalTime(now: scope.now, zone: profile.timeZone),
            currency: profile.defaultCurrency)
        let masks = Set(callers.map(\.grants.masks)).filter { !$0.isEmpty }
        for lead in try await Leads(scope).find(ids) {
            leads[lead.id] = lead
            for mask in masks { masked[lead.id, default: [:]][mask] = lead.masked(by: mask) }
        }
        for caller in callers {
            guard let id = caller.actor.id, acts[id] == nil else { continue }
            acts[id] = LeadActs.same(for: caller)
        }
        shares = try await Shares(scope).list(of: ids)
        for caller in callers where !Reach(caller).isAll {
            guard let user = caller.user, circles[user] == nil else { continue }
            circles[user] = try await Circle(of: caller, in: scope)
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
        guard event.isOfLead, let id = event.lead else { return nil }
        guard let lead = leads[id] else {
            return sawGone(event, caller)
                ? Wording(place: event.place, sees: false, isMine: false) : nil
        }
        let sees = reaches(lead, lead.owner, caller)
        let saw = reaches(lead, event.formerOwner ?? lead.owner, caller, or: event.formerShare)
        guard sees || saw else { return nil }
        return Wording(
            place: event.place, sees: sees,
            isMine: lead.owner != nil && lead.owner == caller.user,
            masks: caller.grants.masks, may: sees ? acts(of: caller, on: lead) : .all)
    }

    private func acts(of caller: Caller, on lead: Lead) -> LeadActs {
        if let same = caller.actor.id.flatMap({ acts[$0] }) { return same }
        let circle = caller.user.flatMap { circles[$0] } ?? Circle()
        return LeadActs { right in
            Reach(caller, right).includes(
                owner: lead.owner, territory: lead.territory, shares: shares[lead.id] ?? [],
                circle, at: now)
        }
    }

    /// The card, made once for all who see the same and may do the same.
    private mutating func card(_ lead: Lead, _ wording: Wording) -> String {
        let key = CardKey(lead: lead.id, masks: wording.masks, may: wording.may)
        if let known = cards[key] { return known }
        let card = faces.map { leadCard($0.card(lead, wording.may)).text } ?? ""
        cards[key] = card
        return card
    }

    private mutating func message(_ event: StoredEvent, _ wording: Wording) -> ByteBuffer {
        guard !event.isOfImport, let id = event.lead else {
            return Self.frame("import", event.place, event.data.text)
        }
        guard let all = leads[id] else { return Self.goodbye(id, event) }
        let lead = wording.masks.isEmpty ? all : masked[id]?[wording.masks] ?? all
        let card = wording.sees ? card(lead, wording) : nil
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
            body.member("html", card)
        }
        return Self.frame("lead", event.place, writer.text)
    }

    private func reaches(
        _ lead: Lead, _ owner: ID<User>?, _ caller: Caller, or former: Share? = nil
    ) -> Bool {
        let shares = (shares[lead.id] ?? []) + (former.map { [$0] } ?? [])
        let circle = caller.user.flatMap { circles[$0] } ?? Circle()
        return Reach(caller).includes(
            owner: owner, territory: lead.territory, shares: shares, circle, at: now)
    }

    /// Whether a lead that was merged into another was theirs to see: its pages let it go.
    private func sawGone(_ event: StoredEvent, _ caller: Caller) -> Bool {
        guard event.name == "lead.merged" else { return false }
        let circle = caller.user.flatMap { circles[$0] } ?? Circle()
        let saw = Reach(caller).includes(
            owner: event.data["owner"]?.string.flatMap(ID<User>.init),
            territory: event.data["territory"]?.string, shares: [], circle, at: now)
        // Who had a share of it has one of the lead that it is part of now.
        let into = event.data["into"]?.string.flatMap(ID<Lead>.init).flatMap { leads[$0] }
        return saw || into.map { reaches($0, $0.owner, caller) } ?? false
    }

    private static func goodbye(_ lead: ID<Lead>, _ event: StoredEvent) -> ByteBuffer {
        var writer = JSONWriter()
        writer.object { body in
            body.member("id", lead)
            body.member("name", event.name)
            body.member("by", event.actorID.map(ID<User>.init))
            body.member("into", event.data["into"]?.string)
            body.member("mine", false)
            body.member("html", String?.none)
        }
        return frame("lead", event.place, writer.text)
    }

    /// An import's progress is for who started it and for those who see everything.
    private func mayFollow(_ event: StoredEvent, _ caller: Caller) -> Bool {
        let starter = event.data["user"]?.string.flatMap(ID<User>.init)
        return Reach(caller).isAll || (starter != nil && starter == caller.user)
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

    /// Who had the lead too until this event.
    fileprivate var formerShare: Share? {
        guard name == "lead.unshared", let lead,
            let relation = data["relation"]?.string.flatMap(Share.Relation.init)
        else { return nil }
        return Share(
            lead: lead, user: data["user"]?.string.flatMap(ID<User>.init),
            partner: data["partner"]?.string.flatMap(ID<Partner>.init), as: relation)
    }
}
