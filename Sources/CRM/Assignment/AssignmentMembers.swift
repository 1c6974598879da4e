import Foundation
import Storage
import Tenancy

/// How much somebody takes, and what they are good for: what the rules know of a person.
package struct AssignmentMember: Sendable, Equatable {
    package let user: ID<User>
    package var name: String
    package var weight = 1
    package var skills: [String] = []
    package var languages: [String] = []
    package var dayMax: Int?
    package var weekMax: Int?
    package var openMax: Int?
    /// Whether turns that pass while they are away are given back.
    package var isPaidBack = false
    /// Their own hours; nil for the company's.
    package var week: [[BusinessCalendar.Slot]]?

    package init(_ user: ID<User>, name: String) {
        self.user = user
        self.name = name
    }

    /// Whether nothing is said of them.
    var isUsual: Bool { self == AssignmentMember(user, name: name) }

    /// Hours as they are kept. What cannot be read are the company's.
    static func week(kept: String) throws -> [[BusinessCalendar.Slot]] {
        try BusinessCalendar(zone: .gmt, weekJSON: kept, holidaysJSON: nil).week
    }

    var keptWeek: String? {
        week.map { BusinessCalendar(zone: .gmt, week: $0).weekJSON.text }
    }
}

extension AssignmentMember: RowDecodable {
    package init(row: inout Row) throws {
        self.init(try row.next(), name: try row.next())
        weight = try row.next(Int?.self) ?? 1
        skills = try Self.words(row.next())
        languages = try Self.words(row.next())
        dayMax = try row.next()
        weekMax = try row.next()
        openMax = try row.next()
        isPaidBack = try row.next(Bool?.self) ?? false
        week = try row.next(String?.self).map(Self.week(kept:))
    }

    private static func words(_ kept: String?) throws -> [String] {
        try kept.map { try JSON(parsing: $0).array?.compactMap(\.string) ?? [] } ?? []
    }
}

/// What the rules know of the people of a company.
package struct AssignmentMembers: Sendable {
    let scope: Scope

    static let max = 5000

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// All who may get leads by turns, and whoever else something is said of.
    package func list() async throws -> [AssignmentMember] {
        try await scope.tx.all(
            """
            SELECT u.id, u.name, m.weight, m.skills, m.languages, m.day_max, m.week_max,
                m.open_max, m.paid_back, m.hours
            FROM users u
            LEFT JOIN assignment_members m ON m.tenant_id = u.tenant_id AND m.user_id = u.id
            WHERE u.tenant_id = \(scope.tenant) AND u.deactivated_at IS NULL
                AND (u.role = 'salesperson' OR m.user_id IS NOT NULL)
            ORDER BY u.name, u.id LIMIT \(Self.max)
            """)
    }

    /// Replaces what is said of everybody; who is left out is as usual.
    package func replace(with members: [AssignmentMember]) async throws {
        try scope.caller.must(.settingsEdit)
        let people = Set(
            try await scope.tx.column(
                """
                SELECT id FROM users
                WHERE tenant_id = \(scope.tenant) AND deactivated_at IS NULL
                """, as: ID<User>.self))
        var (faults, seen): ([Problem.Fault], Set<ID<User>>) = ([], [])
        for (index, member) in members.enumerated() {
            if !people.contains(member.user) {
                faults.append(.init("members[\(index)].user", "There is no such active person."))
            } else if !seen.insert(member.user).inserted {
                faults.append(.init("members[\(index)].user", "This person stands here twice."))
            }
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        try await write(members.filter { !$0.isUsual })
        try await scope.record(
            Event("assignment_members.changed", nil) { body in
                body.member("members", members.count { !$0.isUsual })
            })
    }

    private func write(_ members: [AssignmentMember]) async throws {
        try await scope.tx.execute(
            "DELETE FROM assignment_members WHERE tenant_id = \(scope.tenant)")
        try await scope.tx.insert(
            members,
            into: """
                INSERT INTO assignment_members (tenant_id, user_id, weight, skills, languages,
                    day_max, week_max, open_max, paid_back, hours)
                """
        ) { member in
            [
                .uuid(scope.tenant.uuid), .uuid(member.user.uuid), .integer(Int64(member.weight)),
                .text(JSON.array(member.skills.map(JSON.string)).text),
                .text(JSON.array(member.languages.map(JSON.string)).text),
                .init(member.dayMax.map(Int64.init)), .init(member.weekMax.map(Int64.init)),
                .init(member.openMax.map(Int64.init)), .integer(member.isPaidBack ? 1 : 0),
                .init(member.keptWeek),
            ]
        }
    }
}
