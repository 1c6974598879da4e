import Testing
import Views

@Suite struct AuditPages {
    @Test func `who was turned away is told apart, and a record can be opened`() {
        let text = auditBody(AuditSamples.page).text
        #expect(text.contains("Turned away"))
        #expect(text.contains("Ada &lt;b&gt;Lind&lt;/b&gt;"))
        #expect(text.contains("<a class=\"link\" href=\"/leads/1\">Lead</a>"))
        #expect(text.contains("Kept 365 days"))
    }

    @Test func `a search that found nothing says so, and how to see everything`() {
        var page = AuditSamples.page
        page.entries = []
        #expect(auditBody(page).text.contains("Nothing was found"))
        #expect(auditBody(AuditSamples.empty).text.contains("Nothing is in the log yet"))
        #expect(!auditBody(AuditSamples.empty).text.contains("audit-retention"))
    }
}
