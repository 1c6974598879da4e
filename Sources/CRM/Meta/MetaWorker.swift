import Background
import Meta
import Storage
import Tenancy

/// Does what has to do with asking Facebook.
struct MetaWorker: Sendable {
    let graph: MetaGraph
    let keys: MasterKeys
    let mailing: Mailing

    /// Some may not be there to read at once.
    private static let triesMax = 6

    // MARK: One lead

    func fetch(_ entry: ID<Entry>, _ run: JobRun) async throws {
        let keys = keys
        switch try await run.read({ try await MetaLeads($0).task(entry, keys) }) {
        case .nothing: return
        case .refuse:
            try await run.finish { scope in
                try await MetaLeads(scope).refuse(entry, MetaLeads.disconnected)
            }
        case .wait(let until): throw Postponed(until: until)
        case .land(let lead, let connection):
            try await land(entry, lead, isFetched: false, pause: nil, connection, run)
        case .fetch(let leadgen, let connection, let token):
            try await fetch(entry, leadgen, connection, token, run)
        }
    }

    private func fetch(
        _ entry: ID<Entry>, _ leadgen: String, _ connection: MetaConnection, _ token: String,
        _ run: JobRun
    ) async throws {
        let found: (lead: GraphLead, pauseSeconds: Int?)
        do {
            found = try await graph.lead(leadgen, token: token)
        } catch let fault as GraphFault where fault.remedy == .fewTries {
            guard run.job.failures + 1 >= Self.triesMax else { throw fault }
            return try await run.finish(isolation: .readCommitted) { scope in
                try await MetaLeads(scope).refuse(
                    entry, "Facebook does not let this lead be read: \(fault.description)")
            }
        } catch let fault as GraphFault {
            throw Postponed(until: try await wait(for: fault, connection, run))
        }
        try await land(
            entry, found.lead, isFetched: true, pause: found.pauseSeconds, connection, run)
    }

    private func land(
        _ entry: ID<Entry>, _ lead: GraphLead, isFetched: Bool, pause: Int?,
        _ connection: MetaConnection, _ run: JobRun
    ) async throws {
        let caller = Caller.system(run.job.tenant, as: connection.actor)
        let keys = keys
        try await run.finish(as: caller, isolation: .readCommitted) { scope in
            try await MetaLeads(scope).land(entry, lead, isFetched: isFetched, by: connection)
            guard isFetched else { return }
            let connections = MetaConnections(scope, keys)
            try await connections.noteAnswer(connection)
            if let pause { _ = try await connections.rest(connection, seconds: pause) }
        }
    }

    /// Keeps what a fault says of the whole connection.
    ///
    /// - Returns: When to try again.
    private func wait(
        for fault: GraphFault, _ connection: MetaConnection, _ run: JobRun
    ) async throws -> Instant {
        let (keys, mailing) = (keys, mailing)
        return try await run.write(isolation: .readCommitted) { scope in
            let connections = MetaConnections(scope, keys)
            switch fault.remedy {
            case .throttled(let seconds):
                return try await connections.rest(connection, seconds: seconds)
            case .reconnect, .permission:
                try await connections.stop(connection, fault, mailing)
                return scope.now.adding(seconds: 900)
            case .later, .fewTries:
                return try await connections.rest(connection)
            }
        }
    }

    // MARK: Lists

    func read(_ job: ReadMetaForms, _ run: JobRun) async throws {
        let keys = keys
        let ground = try await run.read { scope -> Ground? in
            guard let connection = try await MetaConnections.current(in: scope),
                connection.state == .ready
            else { return nil }
            let forms = try await MetaForms(scope).list().filter { form in
                job.form.map { $0 == form.id } ?? true
            }
            let token = try await MetaConnections(scope, keys).token(of: connection)
            return Ground(connection: connection, token: token, forms: forms)
        }
        guard let ground else { return }
        if let until = ground.connection.pausedUntil, until > run.now {
            throw Postponed(until: until)
        }
        for form in ground.forms { try await read(form, job, ground, run) }
        try await run.finish(isolation: .readCommitted) { scope in
            try await MetaConnections(scope, keys).noteAnswer(ground.connection)
        }
    }

    private struct Ground: Sendable {
        let connection: MetaConnection
        let token: String
        let forms: [MetaForm]
    }

    private func read(
        _ form: MetaForm, _ job: ReadMetaForms, _ ground: Ground, _ run: JobRun
    ) async throws {
        var reading = MetaReading(form, days: job.days, at: run.now)
        do {
            var cursor: String?
            repeat {
                let page = try await graph.leads(
                    of: form.id, since: reading.since, after: cursor, token: ground.token)
                reading.note(page.leads)
                if job.takes, !page.leads.isEmpty {
                    let arrivals = page.leads.map { MetaArrival($0, of: form.id) }
                    _ = try await run.write(isolation: .readCommitted) { scope in
                        try await MetaLeads(scope).journal(arrivals, by: ground.connection.id)
                    }
                }
                cursor = page.after
                if let seconds = page.pauseSeconds, cursor != nil {
                    throw GraphFault(.throttled(seconds: seconds), "Facebook asks for rest.")
                }
            } while cursor != nil
        } catch let fault as GraphFault
            where fault.remedy == .fewTries || fault.remedy == .permission
        {
            // The form is gone, or another page's: the others are read all the same.
            return try await run.write(isolation: .readCommitted) { scope in
                try await MetaForms(scope).noteFault(form.id, fault.description)
            }
        } catch let fault as GraphFault {
            throw Postponed(until: try await wait(for: fault, ground.connection, run))
        }
        let (readTo, days) = (job.takes ? reading.readTo : nil, reading.days)
        try await run.write(isolation: .readCommitted) { scope in
            let forms = MetaForms(scope)
            try await forms.noteRead(form.id, to: readTo)
            try await forms.noteDays(form.id, days)
        }
    }

    // MARK: Health

    private static let checkedAgainSeconds = 300

    func check(_ run: JobRun) async throws {
        let keys = keys
        let found = try await run.read { scope -> (MetaConnection, String)? in
            guard let connection = try await MetaConnections.current(in: scope) else { return nil }
            return (connection, try await MetaConnections(scope, keys).token(of: connection))
        }
        guard let (connection, token) = found else { return }
        do {
            let page = try await graph.page(token: token)
            var forms: [(id: String, name: String)] = []
            var isSubscribed: Bool?
            if let id = page?.id {
                isSubscribed = try await subscribed(id, token)
                forms = try await ifAllowed { try await graph.forms(of: id, token: token) } ?? []
            }
            try await note(page, isSubscribed, forms, run)
        } catch let fault as GraphFault where fault.remedy == .reconnect {
            _ = try await wait(for: fault, connection, run)
        } catch let fault as GraphFault {
            guard fault.remedy == .fewTries || fault.remedy == .permission else {
                throw Postponed(until: run.now.adding(seconds: Self.checkedAgainSeconds))
            }
            // Nothing is known of the page, and its leads may be readable all the same.
            try await note(nil, nil, [], run)
        }
    }

    private func note(
        _ page: (id: String, name: String)?, _ isSubscribed: Bool?,
        _ forms: [(id: String, name: String)], _ run: JobRun
    ) async throws {
        let keys = keys
        try await run.finish(isolation: .readCommitted) { scope in
            try await MetaConnections(scope, keys).noteCheck(page: page, isSubscribed: isSubscribed)
            try await MetaForms(scope).learn(forms.map { (id: $0.id, name: $0.name) })
            try await Jobs(scope).add(ReadMetaForms(), key: ReadMetaForms.key)
        }
    }

    /// Whether the page tells us of its leads; where it does not, it is asked to.
    private func subscribed(_ page: String, _ token: String) async throws -> Bool? {
        try await ifAllowed {
            if try await graph.isSubscribed(page, token: token) { return true }
            try await graph.subscribe(page, token: token)
            return try await graph.isSubscribed(page, token: token)
        }
    }

    /// Nil where the token may not, or Facebook knows of nothing there.
    private func ifAllowed<Value: Sendable>(
        _ body: () async throws -> Value
    ) async throws -> Value? {
        do { return try await body() } catch let fault as GraphFault
            where fault.remedy == .permission || fault.remedy == .fewTries
        {
            return nil
        }
    }
}

/// What is asked of a form's list, and what was seen of it.
struct MetaReading: Sendable {
    let since: Instant
    private(set) var days: [Day: Int] = [:]
    private(set) var readTo: Instant?
    private var seen: Set<String> = []
    private let now: Instant

    /// Some may be listed a little late.
    private static let overlapSeconds = 600
    /// Facebook keeps leads for so long.
    private static let keptDays = 90

    init(_ form: MetaForm, days: Int?, at now: Instant) {
        self.now = now
        let known = form.readTo ?? now.adding(days: -Self.keptDays)
        var since = known.adding(seconds: -Self.overlapSeconds)
        if let days {
            let today = now.day().number
            let first = Day(number: today - days + 1)
            for number in first.number...today { self.days[Day(number: number)] = 0 }
            // One second before: what is asked for is later than that.
            since = min(since, first.start.adding(seconds: -1))
        }
        self.since = since
    }

    mutating func note(_ leads: [GraphLead]) {
        for lead in leads where seen.insert(lead.id).inserted {
            guard let sentAt = lead.sentAt else { continue }
            if let count = days[sentAt.day()] { days[sentAt.day()] = count + 1 }
            readTo = max(readTo ?? sentAt, min(sentAt, now))
        }
    }
}
