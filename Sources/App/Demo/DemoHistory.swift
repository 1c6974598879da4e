import CRM
import Storage
import Tenancy
import Web

/// Lets ten months happen at the demo company: every step at its moment, in order, by whoever
/// did it, through the operations that people and programs use.
struct DemoHistory {
    let company: DemoCompany
    let prospects: [Prospect]
    let tx: any Transaction
    private var leads: [Int: ID<Lead>] = [:]
    private var owners: [Int: DemoPerson] = [:]

    static func happen(
        _ company: DemoCompany, _ days: WorkingDays, in tx: any Transaction
    ) async throws {
        let prospects = Prospects.all(days)
        var history = DemoHistory(company: company, prospects: prospects, tx: tx)
        let steps = prospects.flatMap { Journey.steps(of: $0, days) }
        var junk = DemoJunk.all(days)[...]
        // Sorting is stable: what happens at one moment stays in its order.
        for step in steps.sorted(by: { $0.at < $1.at }) {
            while let next = junk.first, next.at < step.at {
                try await next.arrive(at: company, in: tx)
                junk.removeFirst()
            }
            try await history.take(step)
        }
        try await history.close(days)
    }

    private init(company: DemoCompany, prospects: [Prospect], tx: any Transaction) {
        self.company = company
        self.prospects = prospects
        self.tx = tx
    }

    private func scope(_ caller: Caller, _ step: DemoStep) -> Scope {
        Scope(caller: caller, tx: tx, now: step.at)
    }

    private mutating func take(_ step: DemoStep) async throws {
        let prospect = prospects[step.prospect]
        if case .arrive(let message) = step.deed {
            return try await arrive(prospect, message, step)
        }
        guard let lead = leads[step.prospect], let owner = owners[step.prospect] else { return }
        let own = scope(company.caller(owner), step)
        switch step.deed {
        case .arrive: break
        case .returnByForm(let message):
            try await send(prospect, message, by: company.forms[0], step)
        case .log(let activity, let next, let move):
            _ = try await Activities(own).log(activity, on: lead, next: next, move: move)
        case .plan(let next):
            _ = try await FollowUps(own).schedule(next, for: Leads(own).find(lead))
        case .fillIn: try await fillIn(prospect, lead, own)
        case .share:
            let fellows = DemoPerson.sellers(in: prospect.territory).filter { $0 != owner }
            let fellow = NewShare(.user(company.people[fellows[0]]!), as: .coOwner, creditBP: 3_000)
            _ = try await Shares(own).add(fellow, to: lead)
        case .assign(let person, let reason):
            let chief = scope(company.caller(.asha), step)
            _ = try await Owners(chief).assign(lead, to: company.people[person]!, reason: reason)
            owners[step.prospect] = person
        }
    }

    private mutating func arrive(
        _ prospect: Prospect, _ message: String?, _ step: DemoStep
    ) async throws {
        let id: ID<Lead>?
        switch prospect.source {
        case .facebook, .partner:
            let scope = scope(company.caller(keyOf: prospect.source), step)
            let arrived = Arrived(
                channel: .api, source: prospect.source.rawValue, payload: prospect.json.text)
            let draft = try prospect.draft(known: prospect.source == .partner)
            id = try await Inbox(scope).take(arrived) { try await Leads(scope).create(draft) }.id
        case .webForm:
            let form = company.forms[prospect.campaign == "webinar-route-planning" ? 1 : 0]
            id = try await send(prospect, message, by: form, step)
        case .manual, .referral:
            let sellers = DemoPerson.sellers(in: prospect.territory)
            let seller = sellers[prospect.number % sellers.count]
            var draft = try prospect.draft(known: true)
            draft.notes = message
            id = try await Leads(scope(company.caller(seller), step)).create(draft).id
        case .importRun: id = try await load(prospect, step)
        }
        guard let id else { return }
        let all = scope(company.caller(.asha), step)
        leads[prospect.number] = id
        owners[prospect.number] = try await Leads(all).find(id).owner.flatMap(company.person)
    }

    /// Out of the system that the company had before.
    private func load(_ prospect: Prospect, _ step: DemoStep) async throws -> ID<Lead>? {
        let run = Caller.system(company.tenant, as: Actor(kind: .importRun, id: nil))
        let scope = scope(run, step)
        guard let old = prospect.imported,
            let stage = try await Stages(scope).pipeline()[old.stage]
        else { return nil }
        let isLost = stage.status == .lost
        let history = History(
            stage: stage, createdAt: old.createdAt, closedAt: old.closedAt,
            lostReason: isLost ? .timing : nil,
            lostNote: isLost ? "As noted in the old system." : nil)
        let arrived = Arrived(
            channel: .importRun, source: prospect.source.rawValue, payload: nil,
            row: prospect.number + 2)
        var draft = try prospect.draft(known: true)
        draft.externalID = "OLD-\(4100 + prospect.number * 7)"
        return try await Inbox(scope).take(arrived) {
            try await Leads(scope).create(draft, history: history)
        }.id
    }

    @discardableResult
    private func send(
        _ prospect: Prospect, _ message: String?, by form: Form, _ step: DemoStep
    ) async throws -> ID<Lead>? {
        let actor = Actor(kind: .form, id: form.id.uuid)
        let inbox = Inbox(scope(.system(company.tenant, as: actor), step))
        let arrived = Arrived(
            channel: .form, source: form.source, payload: prospect.submission(message),
            remote: "203.0.113.\(prospect.number % 250 + 1)", form: form.id)
        let entry = try await inbox.journal(arrived, of: form, suspicion: nil)
        try await inbox.process(entry)
        return try await inbox.find(entry.id).lead
    }

    private func fillIn(_ prospect: Prospect, _ lead: ID<Lead>, _ scope: Scope) async throws {
        let version = try await Leads(scope).find(lead).version
        _ = try await Leads(scope).change(
            lead, version: version,
            Fields([
                "custom": ["industry": .string(prospect.industry), "erp": .string(prospect.erp)],
                "product": .string(prospect.product), "value_minor": .integer(prospect.valueMinor),
            ]))
    }

    /// What stands at the end: one of them is away and gets no leads by rule, people were
    /// seen, and the keys have been used.
    private func close(_ days: WorkingDays) async throws {
        let scope = Scope(caller: company.caller(.asha), tx: tx, now: days.now)
        let back = days.moment(Day(number: days.today.number + 4), minutes: 8 * 60)
        try await Users(scope).change(company.people[.tomas]!, UserChange(awayUntil: back))
        for (index, person) in DemoPerson.allCases.enumerated() where person != .asha {
            let seen = days.now.adding(seconds: -(index * index * 1900 + 700))
            let own = Scope(caller: company.caller(person), tx: tx, now: seen)
            _ = try await Sessions(own).start()
        }
        for (source, key) in [
            (Prospect.Source.facebook, company.facebookKey), (.partner, company.partnerKey),
        ] {
            guard let key, let last = prospects.last(where: { $0.source == source }) else {
                continue
            }
            try await APIKeys(scope.at(last.arrivedAt)).noteUse(of: key)
        }
    }
}

extension Prospect {
    /// What is known when it arrives; an advertisement asks less than a colleague.
    fileprivate func draft(known: Bool) throws -> LeadDraft {
        var draft = LeadDraft(source: source.rawValue, currency: "USD")
        draft.company = company
        draft.contactName = contactName
        try draft.setEmail(email)
        draft.setPhone(phone, region: "US")
        draft.campaign = campaign
        draft.territory = territory
        draft.product = product
        draft.valueMinor = known || number % 3 > 0 ? valueMinor : nil
        if source == .facebook {
            draft.attribution = [
                "utm_source": "facebook", "utm_medium": "paid",
                "ad_id": .string("ad-\(7000 + number % 9)"),
            ]
        }
        if known { draft.custom = ["industry": .string(industry), "erp": .string(erp)] }
        if source == .referral { draft.tags = ["warm"] }
        if campaign == "trade-fair" { draft.tags = ["trade fair"] }
        return draft
    }

    /// As the advertisement's connector would send it.
    fileprivate var json: JSON {
        [
            "company": .string(company), "contact_name": .string(contactName),
            "email": .string(email), "phone": phone.map(JSON.string) ?? .null,
            "source": .string(source.rawValue), "territory": .string(territory),
        ]
    }

    /// As the web form sends it: pairs of field and text.
    fileprivate func submission(_ message: String?) -> String {
        let pairs: [(String, String?)] = [
            ("contact_name", contactName), ("company", company), ("email", email),
            ("phone", phone), ("territory", number % 5 == 0 ? nil : territory), ("notes", message),
            ("utm_campaign", campaign), ("utm_source", campaign.map { _ in "web" }),
        ]
        return JSON.array(
            pairs.compactMap { name, value in
                value.map { .array([.string(name), .string($0)]) }
            }
        ).text
    }
}
