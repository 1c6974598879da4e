import Storage
import TestSupport
import Testing

/// What must be true of every company's records, whatever has been done: kept figures equal
/// counted ones, and what is written twice says the same twice.
enum Books {
    static func check(_ world: World, _ place: SourceLocation = #_sourceLocation) async throws {
        for (name, sql) in rules {
            let wrong: Int? = try await world.database.read { try await $0.value(sql) }
            #expect(wrong == 0, "\(name)", sourceLocation: place)
        }
    }

    private static let rules: [(String, SQL)] = [
        ("kept totals are the counted ones", totals),
        ("a lead has one open interval, of its stage, from when it came there", openInterval),
        ("intervals follow each other without a gap", intervals),
        ("the next step is the first open follow-up", nextStep),
        ("customers are the leads that were won", customers),
        ("the ledger balances", ledger), ("versions count the events", versions),
    ]

    private static let totals: SQL = """
        WITH counted AS (SELECT tenant_id, stage, owner_id AS owner, currency,
                COUNT(*) AS leads, SUM(COALESCE(value_minor, 0)) AS value
            FROM leads GROUP BY tenant_id, stage, owner_id, currency),
        kept AS (SELECT k.tenant_id, k.stage, u.id, k.currency, k.leads, k.value_minor
            FROM lead_totals k
            LEFT JOIN users u ON u.tenant_id = k.tenant_id AND u.id = k.owner_id
            WHERE k.leads <> 0 OR k.value_minor <> 0)
        SELECT COUNT(*) FROM (
            SELECT * FROM (SELECT * FROM counted EXCEPT SELECT * FROM kept) AS lacking
            UNION ALL SELECT * FROM (SELECT * FROM kept EXCEPT SELECT * FROM counted) AS surplus
        ) AS wrong
        """

    private static let openInterval: SQL = """
        SELECT COUNT(*) FROM leads l WHERE 1 <> (SELECT COUNT(*) FROM stage_intervals i
            WHERE i.tenant_id = l.tenant_id AND i.lead_id = l.id AND i.left_at IS NULL)
        OR NOT EXISTS (SELECT 1 FROM stage_intervals i
            WHERE i.tenant_id = l.tenant_id AND i.lead_id = l.id AND i.left_at IS NULL
                AND i.stage = l.stage AND i.entered_at = l.stage_entered_at)
        """

    private static let intervals: SQL = """
        SELECT COUNT(*) FROM (SELECT number, entered_at, left_at,
                LAG(left_at) OVER w AS before, ROW_NUMBER() OVER w AS position
            FROM stage_intervals WINDOW w AS (PARTITION BY tenant_id, lead_id ORDER BY number)) AS walk
        WHERE number <> position OR left_at < entered_at
            OR (position > 1 AND before IS DISTINCT FROM entered_at)
        """

    private static let nextStep: SQL = """
        SELECT COUNT(*) FROM leads l WHERE l.next_follow_up_at IS DISTINCT FROM (SELECT MIN(f.due_at)
            FROM follow_ups f WHERE f.tenant_id = l.tenant_id AND f.lead_id = l.id
                AND f.state = 'open')
        """

    private static let customers: SQL = """
        SELECT COUNT(*) FROM leads l WHERE (l.stage = 'won') <> EXISTS (SELECT 1 FROM customers c
            WHERE c.tenant_id = l.tenant_id AND c.lead_id = l.id)
        """

    private static let ledger: SQL = """
        SELECT COUNT(*) FROM inbox_ledger k WHERE received <> (SELECT COUNT(*) FROM inbox i
                WHERE i.tenant_id = k.tenant_id AND i.channel = k.channel)
            OR received <> created + merged + quarantined + refused + (SELECT COUNT(*) FROM inbox i
                WHERE i.tenant_id = k.tenant_id AND i.channel = k.channel AND i.outcome = 'waiting')
        """

    /// Every event of a lead that carries a version carries one more than the one before.
    private static let versions: SQL = """
        SELECT COUNT(*) FROM leads l WHERE l.version <> (SELECT COUNT(*) FROM events e
            WHERE e.tenant_id = l.tenant_id AND e.subject_id = l.id
                AND e.data LIKE '%"version":%')
        """
}
