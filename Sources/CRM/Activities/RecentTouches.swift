import Storage
import Tenancy

/// What a colleague did with a lead a short while ago.
struct RecentTouch: Sendable, RowDecodable {
    let kind: Activity.Kind
    var outcome: String?
    var notes: String?
    let at: Instant
    let user: ID<User>
    let name: String

    init(row: inout Row) throws {
        kind = try row.next()
        outcome = try row.next()
        notes = try row.next()
        at = try row.next()
        user = try row.next()
        name = try row.next()
    }

    /// As the timeline is: a partner's people do not see what was said inside the company.
    func masked(for caller: Caller) -> RecentTouch {
        guard caller.grants.masks.contains(.internalNotes) else { return self }
        var touch = self
        (touch.outcome, touch.notes) = (nil, nil)
        return touch
    }
}

extension RecentTouch {
    /// `Asha called 2 h ago: “No answer”`
    func words(_ time: LocalTime) -> String {
        let deed =
            switch kind {
            case .call: "called"
            case .email: "sent an email"
            case .whatsapp: "wrote on WhatsApp"
            case .meeting: "met them"
            case .note: "wrote a note"
            }
        let said = outcome.map(Faces.sourceLabel) ?? notes
        let quote = said.map {
            ": “\($0.prefix(Self.quoteMax))\($0.count > Self.quoteMax ? "…" : "")”"
        }
        return "\(name) \(deed) \(time.ago(at))\(quote ?? "")"
    }

    private static let quoteMax = 80
}

/// Who else has just been in touch with a lead, so that nobody is called twice for one thing.
/// It is told and forbids nothing. Notes are no touch, nor is what one did oneself.
struct RecentTouches: Sendable {
    let scope: Scope

    static let listMax = 20

    init(_ scope: Scope) {
        self.scope = scope
    }

    /// On a lead that the caller has found, within the hours that the company says, the newest
    /// first.
    func list(of lead: ID<Lead>, limit: Int = listMax) async throws -> [RecentTouch] {
        let touches: [RecentTouch] = try await scope.tx.all(
            """
            SELECT a.kind, a.outcome, a.notes, a.at, u.id, u.name
            FROM activities a
            JOIN users u ON u.tenant_id = a.tenant_id AND u.id = a.user_id
            WHERE a.tenant_id = \(scope.tenant) AND a.lead_id = \(lead) AND a.kind <> 'note'
                AND a.user_id IS DISTINCT FROM \(scope.caller.user) AND a.at <= \(scope.now)
                AND a.at > \(scope.now) - (SELECT touch_guard_hours * 3600000000 FROM tenants
                    WHERE id = \(scope.tenant))
            ORDER BY a.at DESC, a.id DESC
            LIMIT \(limit)
            """)
        return touches.map { $0.masked(for: scope.caller) }
    }
}

/// For how long a company has its people told of each other's touches.
struct TouchGuard: Sendable {
    let scope: Scope

    static let hoursMax = 720

    init(_ scope: Scope) {
        self.scope = scope
    }

    /// 0 tells nothing.
    func hours() async throws -> Int {
        try await scope.tx.value(
            "SELECT touch_guard_hours FROM tenants WHERE id = \(scope.tenant)") ?? 0
    }

    /// - Throws: `Problem.invalid` on the hours.
    func set(hours: Int) async throws {
        try scope.caller.must(.settingsEdit)
        guard (0...Self.hoursMax).contains(hours) else {
            throw Problem.invalid("hours", "Give 0 to \(Self.hoursMax) hours; 0 tells nothing.")
        }
        let before = try await self.hours()
        guard hours != before else { return }
        try await scope.tx.execute(
            "UPDATE tenants SET touch_guard_hours = \(hours) WHERE id = \(scope.tenant)")
        var changes = FieldChanges()
        changes.note("hours", .integer(Int64(before)), .integer(Int64(hours)))
        let change = changes
        try await scope.record(Event("touch_guard.changed", nil) { change.write(to: &$0) })
    }
}
