import Foundation
import Storage

/// What an event is in the audit log, before it has its number there.
///
/// All that happens goes in, but for the everyday work on leads: so that what is built later is
/// audited unless somebody says otherwise here.
struct AuditDraft: Sendable, Equatable {
    let place: FeedPlace
    let at: Instant
    let actor: Actor.Kind
    let actorID: UUID?
    let remote: String?
    let action: String
    let subjectKind: String?
    let subject: UUID?
    let detail: String

    /// Longer ones are left out: the event has them.
    private static let detailBytesMax = 4000

    /// Nil for everyday work and for imported history.
    init?(_ event: StoredEvent) {
        guard !event.imported, !Self.isEveryday(event.name) else { return nil }
        let renamed = Self.names[event.name]
        let noun = event.name.prefix { $0 != "." }
        var members = event.data.object ?? [:]
        remote = members.removeValue(forKey: "remote")?.string
        let kind = members.removeValue(forKey: "subject_kind")?.string
        place = event.place
        at = event.at
        actor = event.actor
        actorID = event.actorID
        action = renamed?.action ?? Self.role(event) ?? event.name
        subject = event.subject
        subjectKind =
            kind ?? renamed?.subject ?? (event.subject == nil ? nil : String(noun))
        let text = JSON.object(members).text
        detail = text.utf8.count > Self.detailBytesMax ? #"{"is_cut":true}"# : text
    }

    /// Work on leads, and what an import tells while it goes on.
    private static func isEveryday(_ name: String) -> Bool {
        guard names[name] == nil else { return false }
        let work = ["lead.", "activity.", "follow_up.", "view.", "customer.", "import."]
        return work.contains { name.hasPrefix($0) }
    }

    private static func role(_ event: StoredEvent) -> String? {
        let after = event.data["after"]
        guard event.name == "user.changed", after?["role"] ?? after?["custom_role"] != nil
        else { return nil }
        return "user.role_changed"
    }

    /// Events that have another name here, or another noun; all others keep theirs.
    private static let names: [String: (action: String, subject: String?)] = [
        "session.started": ("sign_in.succeeded", "user"),
        "token.issued": ("sign_in.succeeded", "user"),
        "session.ended": ("sign_in.ended", "user"),
        "token.revoked": ("sign_in.ended", "user"),
        "sign_in.failed": ("sign_in.failed", "user"),
        "user.locked_out": ("sign_in.locked_out", "user"),
        "token.reuse_detected": ("sign_in.token_reused", "user"),
        "access.refused": ("access.refused", nil),
        "api_key.created": ("key.created", "key"),
        "api_key.revoked": ("key.revoked", "key"),
        "lead.shared": ("lead.shared", "lead"),
        "lead.unshared": ("lead.unshared", "lead"),
        "import.started": ("import.run", "import"),
        "import.done": ("import.ended", "import"),
        "import.failed": ("import.ended", "import"),
        "import.cancelled": ("import.ended", "import"),
        "stage.changed": ("settings.changed", "stage"),
        "custom_fields.changed": ("settings.changed", "custom_fields"),
        "assignment_rules.changed": ("settings.changed", "assignment_rules"),
        "calendar.changed": ("settings.changed", "calendar"),
        "first_response.changed": ("settings.changed", "first_response"),
        "assignment_members.changed": ("settings.changed", "assignment_members"),
        "territories.changed": ("settings.changed", "territories"),
        "form.created": ("settings.changed", "form"),
        "form.changed": ("settings.changed", "form"),
        "form.token_rotated": ("settings.changed", "form"),
        "form.deleted": ("settings.changed", "form"),
        "score.changed": ("settings.changed", "score"),
        "touch_guard.changed": ("settings.changed", "touch_guard"),
        "openid.changed": ("settings.changed", "openid"),
        "openid.removed": ("settings.changed", "openid"),
        "meta.changed": ("settings.changed", "meta"),
        "meta.removed": ("settings.changed", "meta"),
        "addresses.changed": ("settings.changed", "addresses"),
        "audit.retention_changed": ("settings.changed", "audit"),
    ]
}

extension AuditDraft {
    /// Which fields of an entry are not those of the event that it was sealed from.
    func differences(from entry: AuditEntry) -> [String] {
        let same = [
            ("at", at == entry.at), ("actor_kind", actor == entry.actor),
            ("actor_id", actorID == entry.actorID), ("remote", remote == entry.remote),
            ("action", action == entry.action), ("subject_kind", subjectKind == entry.subjectKind),
            ("subject_id", subject == entry.subject), ("detail", detail == entry.detail),
        ]
        return same.filter { !$0.1 }.map(\.0)
    }
}
