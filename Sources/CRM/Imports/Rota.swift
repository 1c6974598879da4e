import Storage
import Tenancy

/// The assignment rules with everything they ask for, loaded once for a chunk; turns taken
/// from it are written once, at the chunk's end.
struct Rota: Sendable {
    private let rules: [AssignmentRule]
    private let present: Set<ID<User>>
    private var teams: [ID<Team>: Circle]

    /// Who takes turns in a team.
    private struct Circle: Sendable {
        let name: String
        let members: [ID<User>]
        /// Index of whose turn is next.
        var next: Int
        var turns = 0
    }

    init(in scope: Scope) async throws {
        rules = try await Assignment(scope).rules()
        present = Set(
            try await scope.tx.column(
                """
                SELECT id FROM users
                WHERE tenant_id = \(scope.tenant) AND deactivated_at IS NULL
                    AND (away_until IS NULL OR away_until <= \(scope.now))
                """))
        teams = [:]
        for case .team(let team) in rules.filter(\.isActive).map(\.target)
        where teams[team] == nil {
            teams[team] = try await Self.circle(of: team, in: scope)
        }
    }

    mutating func choose(for draft: LeadDraft) async throws -> Assignment.Choice? {
        try await Assignment.choose(
            for: draft, among: rules, isThere: { present.contains($0) },
            nextTurn: { nextTurn(in: $0) })
    }

    private mutating func nextTurn(in team: ID<Team>) -> (user: ID<User>, team: String)? {
        guard var circle = teams[team], !circle.members.isEmpty else { return nil }
        let user = circle.members[circle.next]
        circle.next = (circle.next + 1) % circle.members.count
        circle.turns += 1
        teams[team] = circle
        return (user, circle.name)
    }

    /// Writes whose turn was last.
    func save(in scope: Scope) async throws {
        for (team, circle) in teams where circle.turns > 0 {
            let count = circle.members.count
            let last = circle.members[(circle.next + count - 1) % count]
            try await scope.tx.execute(
                """
                INSERT INTO assignment_turns (tenant_id, team_id, last_user_id, turns)
                VALUES (\(scope.tenant), \(team), \(last), \(circle.turns))
                ON CONFLICT (tenant_id, team_id) DO UPDATE SET
                    last_user_id = excluded.last_user_id,
                    turns = assignment_turns.turns + excluded.turns
                """)
        }
    }

    private static func circle(of team: ID<Team>, in scope: Scope) async throws -> Circle? {
        try await scope.tx.hold(team.uuid)
        let name: String? = try await scope.tx.value(
            """
            SELECT name FROM teams WHERE tenant_id = \(scope.tenant) AND id = \(team)
            """)
        guard let name else { return nil }
        let last: ID<User>? = try await scope.tx.value(
            """
            SELECT last_user_id FROM assignment_turns
            WHERE tenant_id = \(scope.tenant) AND team_id = \(team)
            """)
        let members = try await scope.tx.rows(
            """
            SELECT u.id, CASE WHEN u.id > \(last) THEN 1 ELSE 0 END FROM users u
            WHERE u.tenant_id = \(scope.tenant) AND u.deactivated_at IS NULL
                AND (u.away_until IS NULL OR u.away_until <= \(scope.now))
                AND u.role = 'salesperson' AND u.team_id IN (
                    SELECT c.descendant_id FROM team_closure c
                    WHERE c.tenant_id = \(scope.tenant) AND c.ancestor_id = \(team))
            ORDER BY u.id
            """
        ) { row in try (id: row.next(ID<User>.self), isBehind: row.next(Bool.self)) }
        return Circle(
            name: name, members: members.map(\.id),
            next: members.firstIndex(where: \.isBehind) ?? 0)
    }
}
