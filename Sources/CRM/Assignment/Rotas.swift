import Storage
import Tenancy

/// Loads what a rota asks of the database, and keeps what it changed.
struct Rotas: Sendable {
    let scope: Scope

    init(_ scope: Scope) {
        self.scope = scope
    }

    /// The rules at this moment, with nobody behind them yet.
    func rota() async throws -> Rota {
        var ground = RotaGround()
        let rules = try await scope.tx.rows(
            """
            SELECT \(AssignmentRule.columns), t.name, n.time_zone FROM assignment_rules r
            JOIN tenants n ON n.id = r.tenant_id
            LEFT JOIN teams t ON t.tenant_id = r.tenant_id AND t.id = r.team_id
            WHERE r.tenant_id = \(scope.tenant) AND r.active = \(true) ORDER BY r.fallback, r.position
            """
        ) { row in
            let rule = try AssignmentRule(row: &row)
            ground.teams[rule.target] = try row.next(String?.self)
            ground.zone = try row.next()
            return rule
        }
        return try await rota(rules, on: ground)
    }

    /// What the rules ask for beside leads and people.
    func rota(_ rules: [AssignmentRule], on ground: RotaGround) async throws -> Rota {
        var ground = ground
        if rules.contains(where: { $0.isActive && $0.asksHours }) {
            ground.calendar = try await Calendars(scope).ofCompany()
        }
        if rules.contains(where: { $0.isActive && $0.asksTerritories }) {
            ground.territories = try await Territories(scope).list()
        }
        return Rota(rules, at: scope.now, on: ground)
    }

    /// With all who stand behind the rules: for many leads.
    func whole() async throws -> Rota {
        var rota = try await rota()
        try await loadAll(into: &rota)
        return rota
    }

    func loadAll(into rota: inout Rota, holding: Bool = true) async throws {
        let targets = Dictionary(grouping: rota.rules, by: \.target)
        // In one order, so that two of them do not wait for each other.
        for target in targets.keys.sorted(by: { ID<Team>($0.uuid) < ID<Team>($1.uuid) }) {
            let counts = targets[target]?.contains(where: \.countsLoads) ?? false
            try await load(target, into: &rota, countingLoads: counts, holding: holding)
        }
    }

    /// The people behind a rule.
    ///
    /// - Parameters:
    ///   - countingLoads: Whether open leads are counted of all of them, and not of those alone
    ///     who take only so many.
    ///   - holding: Whether others wait with their turns: not for what is only tried.
    func load(
        _ target: AssignmentRule.Target, into rota: inout Rota, countingLoads: Bool,
        holding: Bool = true
    ) async throws {
        let (members, turns): (SQL, SQL)
        switch target {
        case .user(let user): (members, turns) = ("u.id = \(user)", "NULL")
        case .team(let team):
            // Of two leads at the same time, each must see who got the other.
            if holding { try await scope.tx.hold(team.uuid) }
            members = """
                u.role = 'salesperson' AND u.team_id IN (
                    SELECT c.descendant_id FROM team_closure c
                    WHERE c.tenant_id = \(scope.tenant) AND c.ancestor_id = \(team))
                """
            // Once for all of them, and not with each row.
            turns = """
                CASE WHEN ROW_NUMBER() OVER (ORDER BY u.id) = 1 THEN (
                    SELECT a.standings FROM assignment_turns a
                    WHERE a.tenant_id = \(scope.tenant) AND a.team_id = \(team)) END
                """
        }
        var standings: String?
        let people = try await scope.tx.rows(takers(members, turns, countingLoads)) { row in
            standings = try row.next(String?.self) ?? standings
            return try Taker(row: &row, on: rota.day)
        }
        rota.add(target, people, standings: try Turns.Standing.kept(standings))
    }

    private func takers(_ members: SQL, _ turns: SQL, _ countingLoads: Bool) -> SQL {
        """
        SELECT \(turns), u.id, u.name, u.away_until, m.weight, m.skills, m.languages, m.day_max,
            m.week_max, m.open_max, m.paid_back, m.hours, k.day, k.day_leads, k.week_leads,
            CASE WHEN m.open_max IS NOT NULL OR \(countingLoads) = 1 THEN (
                SELECT CAST(COALESCE(SUM(n.leads), 0) AS bigint) FROM stages s
                JOIN lead_totals n ON n.tenant_id = s.tenant_id AND n.stage = s.key
                    AND n.owner_id = u.id
                WHERE s.tenant_id = \(scope.tenant) AND s.class = 'open') END
        FROM users u
        LEFT JOIN assignment_members m ON m.tenant_id = u.tenant_id AND m.user_id = u.id
        LEFT JOIN assignment_tallies k ON k.tenant_id = u.tenant_id AND k.user_id = u.id
        WHERE u.tenant_id = \(scope.tenant) AND u.deactivated_at IS NULL AND \(members)
        ORDER BY u.id
        """
    }

    /// Keeps whose turn it is, and what everybody has had.
    func save(_ rota: Rota) async throws {
        var statements: [SQL] = []
        for (target, roster) in rota.rosters where roster.isChanged {
            guard case .team(let team) = target else { continue }
            let standings = rota.standings(of: roster)
            statements.append(
                """
                INSERT INTO assignment_turns (tenant_id, team_id, standings)
                VALUES (\(scope.tenant), \(team), \(standings.text))
                ON CONFLICT (tenant_id, team_id) DO UPDATE SET standings = excluded.standings
                """)
        }
        // Of those alone who take only so many: others would wait for each other's leads for nothing.
        let taken = rota.takers.filter { $0.taken > 0 && ($0.dayMax != nil || $0.weekMax != nil) }
            .sorted { $0.user < $1.user }
        if !taken.isEmpty {
            let rows = taken.map { taker -> [SQLValue] in
                [
                    .uuid(scope.tenant.uuid), .uuid(taker.user.uuid),
                    .integer(Int64(rota.day.number)), .integer(Int64(taker.taken)),
                    .integer(Int64(taker.taken)),
                ]
            }
            statements.append(
                """
                INSERT INTO assignment_tallies AS k (tenant_id, user_id, day, day_leads, week_leads)
                \(SQL.rows(rows))
                ON CONFLICT (tenant_id, user_id) DO UPDATE SET day = excluded.day,
                    day_leads = excluded.day_leads
                        + CASE WHEN k.day = excluded.day THEN k.day_leads ELSE 0 END,
                    week_leads = excluded.week_leads
                        + CASE WHEN k.day >= \(rota.day.monday) THEN k.week_leads ELSE 0 END
                """)
        }
        if !statements.isEmpty { try await scope.tx.executeAll(statements) }
    }
}

extension Taker {
    /// - Parameter day: Today: what was had on others does not count.
    fileprivate init(row: inout Row, on today: Day) throws {
        self.init(user: try row.next(), name: try row.next())
        awayUntil = try row.next()
        weight = try row.next(Int?.self) ?? 1
        skills = Set(try Self.words(row.next()).map { $0.lowercased() })
        languages = Set(try Self.words(row.next()).map { $0.lowercased() })
        dayMax = try row.next()
        weekMax = try row.next()
        openMax = try row.next()
        isPaidBack = try row.next(Bool?.self) ?? false
        week = try row.next(String?.self).map(AssignmentMember.week(kept:))
        let day: Day? = try row.next()
        dayLeads = try row.next(Int?.self) ?? 0
        weekLeads = try row.next(Int?.self) ?? 0
        see(day ?? today, become: today)
        openLeads = try row.next(Int?.self) ?? 0
    }

    private static func words(_ kept: String?) throws -> [String] {
        try kept.map { try JSON(parsing: $0).array?.compactMap(\.string) ?? [] } ?? []
    }
}

extension Rota {
    /// As they are kept: by person, credit and turns owed.
    fileprivate func standings(of roster: Roster) -> JSON {
        let pairs = zip(roster.takers, roster.turns.standings).map { place, standing in
            (
                takers[place].user.description,
                JSON.array([.number(standing.credit), .number(standing.owed)])
            )
        }
        return .object(Dictionary(pairs) { first, _ in first })
    }
}

extension Turns.Standing {
    fileprivate static func kept(_ text: String?) throws -> [ID<User>: Self] {
        guard let text, let members = try JSON(parsing: text).object else { return [:] }
        let pairs = members.compactMap { key, value -> (ID<User>, Self)? in
            guard let id = ID<User>(key), let numbers = value.array, numbers.count == 2
            else { return nil }
            return (id, Self(credit: numbers[0].double ?? 0, owed: numbers[1].double ?? 0))
        }
        return Dictionary(pairs) { first, _ in first }
    }
}

extension JSON {
    fileprivate var double: Double? {
        switch self {
        case .number(let number): number
        case .integer(let integer): Double(integer)
        default: nil
        }
    }
}
