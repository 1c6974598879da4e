import Meta
import Storage
import Tenancy

extension MetaLeads {
    private static let lookedAtMax = 1000
    private static let recentMax = 200
    private static let questionsMax = 100
    private static let sampleMax = 80

    /// What the newest leads were asked, each with an answer.
    func questions() async throws -> [(question: String, sample: String)] {
        let payloads: [String] = try await scope.tx.column(
            """
            SELECT payload FROM (SELECT i.payload, i.channel FROM inbox i
                WHERE i.tenant_id = \(scope.tenant) ORDER BY i.id DESC
                LIMIT \(Self.lookedAtMax)) AS newest
            WHERE channel = 'facebook' AND payload IS NOT NULL LIMIT \(Self.recentMax)
            """)
        var found: [(question: String, sample: String)] = []
        for payload in payloads {
            guard let lead = (try? JSON(parsing: payload))?["lead"].flatMap(GraphLead.init) else {
                continue
            }
            for answer in lead.answers
            where found.count < Self.questionsMax
                && !found.contains(where: { $0.question == answer.question })
            {
                found.append((answer.question, String(answer.text.prefix(Self.sampleMax))))
            }
        }
        return found.sorted { $0.question < $1.question }
    }
}
