import Foundation
import Storage
import Tenancy
import Views
import Web

/// The page of the audit log, for everybody who may read some of it.
struct AuditPages {
    let shells: Shells
    let cursors: Cursors

    var routes: [Route] {
        [.page("/audit", "Who did what: the audit log", handle: show)]
    }

    private func show(_ call: Call) async throws -> Reply {
        .html(
            try await call.read { scope in
                try scope.caller.must(.auditRead)
                let frame = try await shells.frame("Audit log", .audit, for: call, in: scope)
                let page = try await page(call, frame, in: scope)
                return call.wantsFragment ? auditBody(page) : auditPage(frame.shell, page)
            })
    }

    private func page(
        _ call: Call, _ frame: Shells.Frame, in scope: Scope
    ) async throws -> AuditPage {
        let asked = Asked(call.query)
        let filters = asked.filters(frame.faces.time)
        let cursor = call.query["cursor"].map { (name: "cursor", value: $0) }
        let request = try ListRequest(
            Query(pairs: filters + [cursor].compactMap { $0 }), AuditLog.listing)
        let (entries, next) = try await AuditLog(scope).page(request, cursors)
        let isLooked = entries.contains { $0.actor == .operator }
        let words = AuditWords(
            faces: frame.faces,
            operators: isLooked ? try await BreakGlasses(scope).names() : [:])
        let span = scope.caller.grants[.auditRead]
        var page = AuditPage(
            entries: entries.map(words.line),
            search: asked.search(
                people: span == .own ? [] : frame.people, isAll: span.contains(.company)))
        page.olderURL = next.map {
            LeadFilters.url("/audit", asked.query, "cursor=\(Query.encoded($0))")
        }
        if span == .own || scope.caller.may(.exportsRun) {
            let kept = Query(pairs: filters).encoded()
            page.exports = AuditFile.Format.allCases.map { format in
                MenuLink(
                    format == .csv ? "CSV" : "JSON lines",
                    url: LeadFilters.url("/api/v1/audit/export", "format=\(format.rawValue)", kept),
                    isCurrent: false)
            }
        }
        page.showsBreakGlass = scope.caller.may(.peopleEdit)
        if scope.caller.may(.settingsEdit) {
            page.retention = .init(days: try await AuditRetention(scope).days())
        }
        return page
    }
}

/// What the page's own search form asks for.
private struct Asked {
    let words, action, person, from, to: String

    init(_ query: Query) {
        func text(_ name: String) -> String { String((query[name] ?? "").prefix(200)) }
        words = text("q")
        action = text("action")
        person = text("person")
        from = text("from")
        to = text("to")
    }

    var query: String {
        let pairs = [
            ("q", words), ("action", action), ("person", person), ("from", from), ("to", to),
        ]
        return Query(pairs: pairs.filter { !$0.1.isEmpty }.map { (name: $0.0, value: $0.1) })
            .encoded()
    }

    /// The same as filters of the list; days are the company's, the last one included.
    func filters(_ time: LocalTime) -> [(name: String, value: String)] {
        var pairs: [(name: String, value: String)] = []
        if !words.isEmpty { pairs.append(("filter[q]", words)) }
        if !action.isEmpty { pairs.append(("filter[action]", action)) }
        if ID<User>(person) != nil { pairs.append(("filter[person]", person)) }
        if let day = Day(from) { pairs.append(("filter[at][gte]", time.start(of: day).text)) }
        if let day = Day(to) {
            let next = time.start(of: Day(number: day.number + 1))
            pairs.append(("filter[at][lt]", next.text))
        }
        return pairs
    }

    func search(people: [User], isAll: Bool) -> AuditSearch {
        AuditSearch(
            words: words, from: from, to: to,
            actions: AuditWords.groups.map {
                Choice($0.name, $0.label, isSelected: $0.name == action)
            },
            people: people.map {
                let id = $0.id.description
                return Choice(id, $0.name, isSelected: id == person)
            }, isAll: isAll)
    }
}

/// Says what an entry is about.
private struct AuditWords {
    let faces: Faces
    let operators: [ID<BreakGlass>: String]

    /// What the page can be narrowed to: the beginnings of actions.
    static let groups: [(name: String, label: String, icon: String)] = [
        ("sign_in", "Sign-ins", "user-check"), ("access", "Refusals", "shield-alert"),
        ("user", "People", "user"), ("team", "Teams", "users"),
        ("partner", "Partners", "handshake"), ("role", "Roles", "shield-check"),
        ("key", "API keys", "key-round"), ("lead", "Shares", "user-plus"),
        ("export", "Exports", "download"), ("bulk", "Bulk changes", "table-2"),
        ("import", "Imports", "upload"), ("settings", "Settings", "settings"),
        ("sensitive", "Sensitive fields", "eye"), ("break_glass", "Break-glass", "zap"),
    ]

    func line(_ entry: AuditEntry) -> AuditLine {
        let detail = (try? JSON(parsing: entry.detail))?.object ?? [:]
        let day = faces.time.day(of: entry.at)
        let clock = faces.time.clock(entry.at)
        var line = AuditLine(
            number: Int(entry.number), icon: icon(entry), what: Self.what(entry.action),
            who: who(entry),
            when: day == faces.time.today ? clock : "\(faces.time.short(day)), \(clock)")
        line.moment = entry.at.text
        line.subject = subject(entry, detail)
        if entry.subjectKind == "lead", let id = entry.subject {
            line.subjectURL = "/leads/\(UUIDv7.text(id))"
        }
        line.remote = entry.remote ?? ""
        line.isWarning = Self.warnings.contains(entry.action)
        line.detail = detail.sorted { $0.key < $1.key }.filter { $0.value != .null }
            .map { "\($0.key): \($0.value.string ?? $0.value.text)" }
        line.hash = entry.hash.hexadecimal
        return line
    }

    private static let warnings: Set = [
        "sign_in.failed", "sign_in.locked_out", "sign_in.token_reused", "access.refused",
    ]

    private func icon(_ entry: AuditEntry) -> String {
        if Self.warnings.contains(entry.action) { return "shield-alert" }
        let group = entry.action.prefix { $0 != "." }
        return Self.groups.first { $0.name == group }?.icon ?? "history"
    }

    /// `sign_in.failed` is Sign in failed.
    private static func what(_ action: String) -> String {
        let words = action.replacing(".", with: " ").replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    private func who(_ entry: AuditEntry) -> String {
        let name = entry.person.map { faces.names[$0] ?? "Somebody" }
        return switch entry.actor {
        case .user: name ?? "Somebody"
        case .apiKey: name.map { "\($0), by API key" } ?? "An API key"
        case .form: "A form"
        case .importRun: "An import"
        case .system: "iPerform"
        case .connection: "A connection"
        case .operator:
            (entry.actorID.flatMap { operators[ID($0)] } ?? "Somebody") + ", platform operator"
        }
    }

    private func subject(_ entry: AuditEntry, _ detail: [String: JSON]) -> String {
        if entry.subjectKind == "user", let id = entry.subject.map(ID<User>.init) {
            return id == entry.person ? "" : faces.names[id] ?? ""
        }
        let name = ["name", "file_name", "what", "route"].lazy.compactMap { detail[$0]?.string }
        let kind = (entry.subjectKind ?? "").replacing("_", with: " ")
        return name.first ?? kind.prefix(1).uppercased() + kind.dropFirst()
    }
}
