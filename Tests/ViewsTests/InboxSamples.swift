import Views

enum InboxSamples {
    static let ledger = InboxLedger(
        received: 4_812, created: 4_102, merged: 588, quarantined: 84, refused: 31, waiting: 7)

    static let sources = [
        InboxSource(
            name: "Website form", icon: "globe",
            ledger: InboxLedger(
                received: 1_204, created: 1_012, merged: 108, quarantined: 84, refused: 0,
                waiting: 0), last: "2 min ago"),
        InboxSource(
            name: "Excel import", icon: "file-spreadsheet",
            ledger: InboxLedger(
                received: 3_400, created: 2_930, merged: 439, quarantined: 0, refused: 24,
                waiting: 7), last: "Now"),
        InboxSource(
            name: "API", icon: "plug",
            ledger: InboxLedger(
                received: 208, created: 160, merged: 41, quarantined: 0, refused: 7, waiting: 0),
            last: "Yesterday"),
    ]

    static var entries: [InboxEntry] {
        var spam = InboxEntry(
            id: "e2", when: "10:31", source: "Website form", icon: "globe",
            summary: "BUY CHEAP SEO <b>now</b>", outcome: .quarantined)
        spam.reason = "The hidden field was filled in."
        spam.canRelease = true
        spam.payload = "{\"company\":\"BUY CHEAP SEO <b>now</b>\",\"fax\":\"x\"}"
        var refused = InboxEntry(
            id: "e3", when: "10:02", source: "API", icon: "plug", summary: "Tidal Exports",
            outcome: .refused)
        refused.reason = "The source “tradefair” is not known. Add it, then try again."
        refused.canReplay = true
        refused.payload = """
            {
              "company": "Tidal Exports",
              "contact_name": "Omar Haddad",
              "source": "tradefair"
            }
            """
        var merged = InboxEntry(
            id: "e4", when: "09:48", source: "Excel import", icon: "file-spreadsheet",
            summary: "Meridian Interiors, Leila Tanaka", outcome: .merged)
        merged.reason = "Same email as a lead that is here already."
        merged.leadURL = "/leads/12"
        merged.leadName = "Meridian Interiors"
        return [created, spam, refused, merged, waiting]
    }

    private static var created: InboxEntry {
        var entry = InboxEntry(
            id: "e1", when: "10:42", source: "Website form", icon: "globe",
            summary: "Cedar Dairy, Rohan Fischer", outcome: .created)
        entry.leadURL = "/leads/11"
        entry.leadName = "Cedar Dairy"
        entry.payload = "company=Cedar+Dairy&contact_name=Rohan+Fischer&email=rohan%40cedar.example"
        return entry
    }

    private static let waiting = InboxEntry(
        id: "e5", when: "Now", source: "Excel import", icon: "file-spreadsheet",
        summary: "Row 8,123 of sales_pipeline.xlsx", outcome: .waiting)

    static let page = InboxPage(
        ledger: ledger, sources: sources, entries: entries, olderURL: "/inbox?cursor=abc")
    static let empty = InboxPage(
        ledger: InboxLedger(
            received: 0, created: 0, merged: 0, quarantined: 0, refused: 0, waiting: 0),
        sources: [], entries: [])
    /// One arrival has no outcome.
    static var unbalanced: InboxPage {
        var page = page
        page.ledger.received += 1
        return page
    }
}
