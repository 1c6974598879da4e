import Storage
import Tenancy

/// Somebody who may buy: the record everything else hangs on.
package struct Lead: Sendable, Equatable {
    package let id: ID<Lead>
    package var company: String?
    package var contactName: String?
    /// Lower case, valid.
    package var email: String?
    /// E.164; nil when what came in (`phoneRaw`) is no number.
    package var phone: String?
    package var phoneRaw: String?
    /// What another system calls it.
    package var externalID: String?
    package var source: String
    package var campaign: String?
    /// A JSON object of campaign parameters (`utm_source`, `ad_id`, …).
    package var attribution: String
    package var product: String?
    package var territory: String?
    package var valueMinor: Int64?
    package var currency: String
    package var owner: ID<User>?
    /// Why this owner, in a sentence.
    package var ownerReason: String
    package var stage: String
    package var stageEnteredAt: Instant
    /// The stage it returns to from on hold.
    package var heldFrom: String?
    package var resumeOn: Day?
    package var demoAt: Instant?
    package var lostReason: LostReason?
    package var lostNote: String?
    package var closedAt: Instant?
    package var score: Int?
    package var nextFollowUpAt: Instant?
    /// When it is due: without a next step far in the future, so that it comes last.
    var dueAt: Instant { nextFollowUpAt ?? Instant(microseconds: 9_000_000_000_000_000_000) }
    package var nextFollowUpKind: String?
    package var lastActivityAt: Instant?
    /// A JSON array of texts.
    package var tags: String
    /// A JSON object by custom field.
    package var custom: String
    package var notes: String?
    /// How often it was captured.
    package var touches: Int
    package var version: Int
    package let createdAt: Instant
    package var updatedAt: Instant
    /// Until when somebody should respond, while that clock runs; written by `Clocks` alone.
    package var respondBy: Instant?
    package var status: Stage.Status
    package var ownerName: String?

    /// What a person calls it.
    package var title: String {
        company ?? contactName ?? email ?? phoneRaw ?? externalID ?? "Lead"
    }
}

extension Lead: RowDecodable {
    /// Of `leads l JOIN stages s LEFT JOIN users u`, as `from` joins them.
    static let columns: SQL = """
        l.id, l.company, l.contact_name, l.email, l.phone, l.phone_raw, l.external_id, l.source,
        l.campaign, l.attribution, l.product, l.territory, l.value_minor, l.currency, l.owner_id,
        l.owner_reason, l.stage, l.stage_entered_at, l.held_from, l.resume_on, l.demo_at,
        l.lost_reason, l.lost_note, l.closed_at, l.score, l.next_follow_up_at,
        l.next_follow_up_kind, l.last_activity_at, l.tags, l.custom, l.notes, l.touches, l.version,
        l.created_at, l.updated_at, l.respond_by, s.class, u.name
        """

    /// Every lead has its stage. It is joined from the left so that the planner begins with the
    /// lead, whose indexes have the order of the lists.
    // tenant: the statement that it is part of says which.
    static let from: SQL = "FROM leads l \(joins)"

    /// What stands behind `leads l` in `from`.
    static let joins: SQL = """
        LEFT JOIN stages s ON s.tenant_id = l.tenant_id AND s.key = l.stage
        LEFT JOIN users u ON u.tenant_id = l.tenant_id AND u.id = l.owner_id
        """

    package init(row: inout Row) throws {
        id = try row.next()
        company = try row.next()
        contactName = try row.next()
        email = try row.next()
        phone = try row.next()
        phoneRaw = try row.next()
        externalID = try row.next()
        source = try row.next()
        campaign = try row.next()
        attribution = try row.next()
        product = try row.next()
        territory = try row.next()
        valueMinor = try row.next()
        currency = try row.next()
        owner = try row.next()
        ownerReason = try row.next()
        stage = try row.next()
        stageEnteredAt = try row.next()
        heldFrom = try row.next()
        resumeOn = try row.next()
        demoAt = try row.next()
        lostReason = try row.next()
        lostNote = try row.next()
        closedAt = try row.next()
        score = try row.next()
        nextFollowUpAt = try row.next()
        nextFollowUpKind = try row.next()
        lastActivityAt = try row.next()
        tags = try row.next()
        custom = try row.next()
        notes = try row.next()
        touches = try row.next()
        version = try row.next()
        createdAt = try row.next()
        updatedAt = try row.next()
        respondBy = try row.next()
        status = try row.next()
        ownerName = try row.next()
    }
}
