import Storage
import Tenancy
import Views
import Web

// Page values of the section about roles, and of what keys and users show of them.

extension RolesPage {
    init(in scope: Scope) async throws {
        let roles = try await Roles(scope).list()
        let people = try await Roles(scope).people()
        let columns = Role.grantable
        let bases = columns.filter { base in roles.contains { $0.base == base } }
        self.init(
            own: roles.map { RoleRow($0, people: people[$0.id] ?? 0) },
            columns: columns.map(RoleColumn.init),
            rights: Right.allCases.map { right in
                RightRow(
                    right.words.capitalisedFirst,
                    spans: columns.map { Grants.of($0)[right].short })
            },
            forms: bases.map { base in
                NarrowForm(base, roles: roles.filter { $0.base == base })
            })
    }
}

extension RoleColumn {
    init(_ role: Role) {
        self.init(role.rawValue, role.label)
    }
}

extension RoleRow {
    init(_ role: CustomRole, people: Int) {
        self.init(
            id: role.id.description, version: role.version, name: role.name,
            base: RoleColumn(role.base), people: people)
        let (whole, grants) = (Grants.of(role.base), role.grants)
        differences = whole.rights.filter { grants[$0] != whole[$0] }.map { right in
            let span = grants[right]
            return span.isEmpty
                ? "May not \(right.words)"
                : "\(right.words.capitalisedFirst): \(span.short.lowercased())"
        }
        differences += grants.masks.subtracting(whole.masks).words.map { "Does not see \($0)" }
        values = whole.rights.map { ("changes.\($0.rawValue)", grants[$0].formValue) }
        values.append(("masks", role.masks.names.joined(separator: " ")))
    }
}

extension NarrowForm {
    /// - Parameter roles: Those that are made of it, for spans that they have and no menu offers.
    init(_ base: Role, roles: [CustomRole]) {
        let whole = Grants.of(base)
        self.init(
            base: RoleColumn(base),
            groups: whole.rights.byNoun.map { noun, rights in
                (noun, rights.map { .init($0, of: whole[$0], also: roles.map(\.grants)) })
            },
            masks: Mask.all.filter { !whole.masks.isSuperset(of: $0.mask) }.map {
                Choice($0.name, $0.words.capitalisedFirst)
            })
    }
}

extension NarrowForm.Line {
    private static let offered: [Span] = [
        .company, .team, .territory, [.own, .shared, .assigned], [.own, .shared], .own, .assigned,
        .partner, .tickets,
    ]

    fileprivate init(_ right: Right, of whole: Span, also others: [Grants]) {
        var spans = [whole]
        let narrower = Self.offered.filter {
            whole.covers($0) && right.spans.isSuperset(of: $0)
        }
        for span in narrower + others.map({ $0[right] }) + [.none] where !spans.contains(span) {
            spans.append(span)
        }
        self.init(
            right.rawValue, right.words.capitalisedFirst,
            choices: spans.map { Choice($0.formValue, $0.isEmpty ? "Not at all" : $0.short) })
    }
}

extension [Right] {
    /// By what they are about, in order.
    var byNoun: [(noun: String, rights: [Right])] {
        var groups: [(noun: String, rights: [Right])] = []
        for right in self {
            if groups.last?.noun == right.noun {
                groups[groups.count - 1].rights.append(right)
            } else {
                groups.append((right.noun, [right]))
            }
        }
        return groups
    }
}

extension Right {
    fileprivate var noun: String {
        let noun = rawValue.prefix { $0 != "." }
        return switch noun {
        case "erp": "ERP"
        case "keys": "API keys"
        case "audit": "Audit log"
        default: noun.prefix(1).uppercased() + noun.dropFirst()
        }
    }
}

extension Span {
    /// In a cell: “Own, shared”.
    fileprivate var short: String {
        let words = names.map { $0 == "company" ? "all" : $0 == "team" ? "teams" : $0 }
        return words.joined(separator: ", ").capitalisedFirst
    }

    /// As the dialog sends it.
    fileprivate var formValue: String { names.joined(separator: " ") }
}

extension String {
    fileprivate var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension KeysPage {
    /// What a key may be given by whom.
    static func rights(of grants: Grants) -> [(noun: String, rights: [Choice])] {
        grants.rights.byNoun.map { noun, rights in
            (noun, rights.map { Choice($0.rawValue, $0.words.capitalisedFirst) })
        }
    }

    static func words(_ rights: [Right]) -> String {
        rights.map(\.words).joined(separator: ", ").capitalisedFirst
    }
}
