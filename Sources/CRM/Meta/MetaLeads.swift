import Background
import Meta
import Storage
import Tenancy

/// A lead of which Facebook has told: by its webhook, with the answers still to be asked for, or
/// in a list, with them.
struct MetaArrival: Sendable {
    let id: String
    let form: String?
    let sentAt: Instant?
    let payload: JSON

    init(_ change: Leadgen.Change) {
        id = change.id
        form = change.form
        sentAt = change.sentAt
        payload = ["change": change.raw]
    }

    /// - Parameter form: Of the list that it stands in.
    init(_ lead: GraphLead, of form: String) {
        id = lead.id
        self.form = lead.form ?? form
        sentAt = lead.sentAt
        payload = ["lead": lead.json]
    }
}

/// Facebook's leads of the caller's company, in the inbox: journalled once by what Facebook calls
/// them, and settled when their answers are there.
struct MetaLeads: Sendable {
    let scope: Scope

    init(_ scope: Scope) {
        self.scope = scope
    }

    private static let batches = [250, 25, 5, 1]

    /// Journals those of which nothing stands here yet, each with the job that fetches it.
    ///
    /// - Returns: How many those are.
    @discardableResult
    func journal(
        _ arrivals: [MetaArrival], by connection: ID<MetaConnection>
    ) async throws -> Int {
        // In one order, so that those who bring the same ones do not wait for each other.
        var rest = arrivals.sorted { $0.id < $1.id }[...]
        var new: [(entry: ID<Entry>, leadgen: String)] = []
        for size in Self.batches {
            while rest.count >= size {
                new += try await insert(Array(rest.prefix(size)), connection)
                rest = rest.dropFirst(size)
            }
        }
        guard !new.isEmpty else { return 0 }
        try await Inbox(scope).add(.facebook, received: new.count, [:])
        let byID = Dictionary(arrivals.map { ($0.id, $0) }) { first, _ in first }
        try await note(new.compactMap { byID[$0.leadgen] })
        try await Jobs(scope).addAll(
            new.map { (FetchMetaLead(entry: $0.entry), FetchMetaLead.key($0.entry)) })
        return new.count
    }

    private func insert(
        _ arrivals: [MetaArrival], _ connection: ID<MetaConnection>
    ) async throws -> [(entry: ID<Entry>, leadgen: String)] {
        let rows = arrivals.map { arrival -> [SQLValue] in
            [
                .uuid(scope.tenant.uuid), .uuid(UUIDv7.next(at: scope.now)), scope.now.sqlValue,
                Arrived.Channel.facebook.sqlValue, .text("facebook"), .text(arrival.payload.text),
                Outcome.waiting.sqlValue, .uuid(connection.uuid), .text(arrival.id),
            ]
        }
        return try await scope.tx.rows(
            """
            INSERT INTO inbox (tenant_id, id, received_at, channel, source, payload, outcome,
                connection_id, external_id)
            \(SQL.rows(rows))
            ON CONFLICT (tenant_id, channel, external_id) WHERE external_id IS NOT NULL DO NOTHING
            RETURNING id, external_id
            """
        ) { row in (try row.next(ID<Entry>.self), try row.next(String.self)) }
    }

    /// Our side of the comparison, and the forms that are known by it.
    private func note(_ arrivals: [MetaArrival]) async throws {
        let known = arrivals.compactMap { arrival in
            arrival.form.map { (arrival.id, $0, arrival.sentAt ?? scope.now) }
        }
        try await MetaForms(scope).learn(
            Set(known.map(\.1)).sorted().map { (id: $0, name: nil) })
        var rest = known[...]
        for size in Self.batches {
            while rest.count >= size {
                let rows = rest.prefix(size).map { id, form, sentAt -> [SQLValue] in
                    [.uuid(scope.tenant.uuid), .text(id), .text(form), sentAt.sqlValue]
                }
                try await scope.tx.execute(
                    """
                    INSERT INTO meta_leads (tenant_id, leadgen_id, form_id, sent_at)
                    \(SQL.rows(rows)) ON CONFLICT (tenant_id, leadgen_id) DO NOTHING
                    """)
                rest = rest.dropFirst(size)
            }
        }
    }

    /// Makes a lead of an entry that waits, or says why none came of it.
    ///
    /// - Parameter isFetched: Whether the answers are to be kept with the entry.
    func land(
        _ id: ID<Entry>, _ lead: GraphLead, isFetched: Bool, by connection: MetaConnection
    ) async throws {
        let inbox = Inbox(scope)
        let entry = try await inbox.find(id, locking: true)
        guard entry.outcome == .waiting else { return }
        let payload = entry.payload.flatMap { try? JSON(parsing: $0) }
        let change = payload?["change"]
        if isFetched {
            try await keep(lead, beside: change, id)
            if GraphID.read(change?["form_id"]) == nil, let form = lead.form {
                try await note([MetaArrival(lead, of: form)])
            }
        }
        do {
            let captured = try await scope.tx.attempt {
                let tenant = try await Tenants.find(scope.tenant, in: scope.tx)
                let draft = try connection.mapping.draft(
                    of: lead, page: GraphID.read(change?["page_id"]) ?? connection.page,
                    for: tenant, try await fields(connection.mapping))
                return try await Leads(scope).create(draft)
            }
            try await inbox.settle(
                entry, as: captured.merged ? .merged : .created, lead: captured.id)
        } catch let problem as Problem {
            guard !problem.mayPass else { throw problem }
            try await inbox.settle(entry, as: .refused, reason: problem.detail)
        }
    }

    private func keep(_ lead: GraphLead, beside change: JSON?, _ id: ID<Entry>) async throws {
        var payload: [String: JSON] = ["lead": lead.json]
        payload["change"] = change
        try await scope.tx.execute(
            """
            UPDATE inbox SET payload = \(JSON.object(payload).text)
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """)
    }

    private func fields(_ mapping: MetaMapping) async throws -> [CustomField] {
        let isNeeded = mapping.targets.values.contains { target in
            if case .custom = target { true } else { false }
        }
        return isNeeded ? try await CustomFields(scope).list() : []
    }

    /// Gives up an entry that waits.
    func refuse(_ id: ID<Entry>, _ reason: String) async throws {
        let inbox = Inbox(scope)
        let entry = try await inbox.find(id, locking: true)
        guard entry.outcome == .waiting else { return }
        try await inbox.settle(entry, as: .refused, reason: reason)
    }

    static let disconnected =
        "Facebook was disconnected before this lead was read. Connect again, then process it again."

    /// Gives up all that wait: there is nothing to read them with.
    func refuseWaiting() async throws {
        let refused = try await scope.tx.execute(
            """
            UPDATE inbox SET outcome = 'refused', reason = \(Self.disconnected),
                settled_at = \(scope.now)
            WHERE tenant_id = \(scope.tenant) AND outcome = 'waiting' AND channel = 'facebook'
            """)
        if refused > 0 { try await Inbox(scope).add(.facebook, received: 0, [.refused: refused]) }
    }

    /// Lets an entry wait again, to be fetched anew.
    ///
    /// - Throws: `Problem.conflict` when there is nothing to fetch it with.
    func again(_ entry: Entry) async throws {
        guard try await MetaConnections.current(in: scope) != nil else {
            throw Problem.conflict("Connect Facebook first: the answers are read there.")
        }
        guard entry.outcome != .waiting else { return }
        let payload = entry.payload.flatMap { try? JSON(parsing: $0) }
        // What came by the webhook is asked for anew; what came in a list is all there is.
        let kept = payload?["change"].map { JSON.object(["change": $0]) } ?? payload
        try await scope.tx.execute(
            """
            UPDATE inbox SET outcome = 'waiting', reason = NULL, settled_at = NULL,
                payload = \(kept?.text)
            WHERE tenant_id = \(scope.tenant) AND id = \(entry.id)
            """)
        try await Inbox(scope).add(.facebook, received: 0, [entry.outcome: -1])
        try await Jobs(scope).add(
            FetchMetaLead(entry: entry.id), key: FetchMetaLead.key(entry.id), rival: .makesWay)
    }

    /// Those that wait and that no job is about any more, such as one that a person has
    /// cancelled.
    ///
    /// - Returns: How many got a job.
    @discardableResult
    func takeUp() async throws -> Int {
        let left: [ID<Entry>] = try await scope.tx.column(
            """
            SELECT id FROM inbox
            WHERE tenant_id = \(scope.tenant) AND outcome = 'waiting' AND channel = 'facebook'
                AND received_at < \(scope.now.adding(seconds: -Self.leftAfterSeconds))
            ORDER BY id LIMIT \(Self.takenUpMax)
            """)
        try await Jobs(scope).addAll(
            left.map { (FetchMetaLead(entry: $0), FetchMetaLead.key($0)) })
        return left.count
    }

    private static let leftAfterSeconds = 3600
    private static let takenUpMax = 5000
}

extension MetaLeads {
    /// What to do about an entry now.
    enum Task: Sendable {
        /// It has its outcome.
        case nothing
        /// There is no connection any more.
        case refuse
        /// Not before then.
        case wait(until: Instant)
        /// Its answers stand here already.
        case land(GraphLead, MetaConnection)
        case fetch(String, MetaConnection, token: String)
    }

    private static let reconnectWaitSeconds = 900

    func task(_ id: ID<Entry>, _ keys: MasterKeys) async throws -> Task {
        let found = try await scope.tx.rows(
            """
            SELECT outcome, external_id, payload FROM inbox
            WHERE tenant_id = \(scope.tenant) AND id = \(id)
            """
        ) { row in
            (
                outcome: try row.next(Outcome.self), leadgen: try row.next(String?.self),
                payload: try row.next(String?.self)
            )
        }.first
        guard let found, found.outcome == .waiting, let leadgen = found.leadgen else {
            return .nothing
        }
        guard let connection = try await MetaConnections.current(in: scope) else { return .refuse }
        let payload = found.payload.flatMap { try? JSON(parsing: $0) }
        if let lead = payload?["lead"].flatMap(GraphLead.init) { return .land(lead, connection) }
        if connection.state == .reconnectNeeded {
            return .wait(until: scope.now.adding(seconds: Self.reconnectWaitSeconds))
        }
        if let until = connection.pausedUntil, until > scope.now { return .wait(until: until) }
        let token = try await MetaConnections(scope, keys).token(of: connection)
        return .fetch(leadgen, connection, token: token)
    }

    /// What a lead is called whose answers are not here yet.
    static func name(_ payload: JSON?) -> String? {
        GraphID.read(payload?["change"]?["leadgen_id"]).map { "Facebook lead \($0)" }
    }

    /// What an entry says in words that people know, if it has its answers.
    static func shown(_ payload: JSON) -> [(name: String, value: String)]? {
        if let lead = payload["lead"].flatMap(GraphLead.init) {
            let mapping = MetaMapping()
            return lead.answers.map { answer in
                (mapping.target(of: answer.question)?.text ?? answer.question, answer.text)
            } + lead.origin.map { ($0.key, $0.value) }
        }
        return payload["change"]?.object?.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value.string ?? $0.value.text) }
    }
}
