import Storage
import Tenancy

/// Two leads that became one: which went into which, and what it was.
package struct Merge: Sendable, RowDecodable {
    package let id: ID<Merge>
    package let survivor: ID<Lead>
    package let merged: ID<Lead>
    /// What the lead that went was called.
    package let title: String
    package let at: Instant
    package let by: ID<User>?
    package let undoneAt: Instant?

    static let columns: SQL = """
        m.id, m.survivor_id, m.merged_id, m.title, m.merged_at, m.merged_by, m.undone_at
        """

    package init(row: inout Row) throws {
        id = try row.next()
        survivor = try row.next()
        merged = try row.next()
        title = try row.next()
        at = try row.next()
        by = try row.next()
        undoneAt = try row.next()
    }
}

/// All that it takes to bring a merged lead back.
struct MergeImage: Codable, Sendable {
    /// The lead as it was, by column.
    var lead: String
    var touches: Int
    var version: Int
    var createdAt: Int64
    var updatedAt: Int64
    var intervals: [Interval] = []
    var moved = Children()
    /// Shares that the survivor's stood in the way of.
    var lostShares: [KeptShare] = []
    /// What the merge changed of the survivor: the columns before and after.
    var survivorBefore = "{}"
    var survivorAfter = "{}"

    /// What hung on the lead and hangs on the survivor now.
    struct Children: Codable, Sendable {
        var activities: [ID<Activity>] = []
        var followUps: [KeptFollowUp] = []
        var shares: [KeptShare] = []
        var entries: [ID<Entry>] = []
        var aliases: [Alias] = []
    }

    struct Interval: Codable, Sendable {
        var number: Int
        var stage: String
        var enteredAt: Int64
        var enteredBy: ID<User>?
        var leftAt: Int64?
        var leftBy: ID<User>?
    }

    struct KeptFollowUp: Codable, Sendable {
        var id: ID<FollowUp>
        var owner: ID<User>?
    }

    struct KeptShare: Codable, Sendable {
        var id: ID<Share>
        var user: ID<User>?
        var partner: ID<Partner>?
        var relation: String
        var creditBP: Int
        var endsAt: Int64?
        var sharedBy: ID<User>?
        var sharedAt: Int64
        var followUp: ID<FollowUp>?
    }

    struct Alias: Codable, Sendable {
        var kind: String
        var value: String
    }
}

extension MergeImage {
    init(_ lead: Lead) {
        self.init(
            lead: lead.traitValues.text, touches: lead.touches, version: lead.version,
            createdAt: lead.createdAt.microseconds, updatedAt: lead.updatedAt.microseconds)
    }

    /// The lead again, as it was.
    func lead(_ id: ID<Lead>) throws -> Lead {
        let draft = LeadDraft(source: "", currency: "")
        var lead = Lead(id: id, draft: draft, at: Instant(microseconds: createdAt))
        lead.restore(try JSON(parsing: self.lead))
        lead.touches = touches
        lead.version = version
        lead.updatedAt = Instant(microseconds: updatedAt)
        return lead
    }
}
