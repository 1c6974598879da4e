import Views

/// Believable imports, one per state of the wizard.
enum ImportSamples {
    static let stages = [
        Choice("open", "Open"), Choice("first_contact", "First contact"),
        Choice("connected", "Connected"), Choice("demo_scheduled", "Demo scheduled"),
        Choice("demo_given", "Demo given"), Choice("proposal_sent", "Proposal sent"),
        Choice("negotiation", "Negotiation"), Choice("won", "Won"), Choice("lost", "Lost"),
    ]

    static let columns: [ImportColumn] = [
        ImportColumn(
            name: "opportunity_id", samples: ["1C1I7A6R", "Z063OYW0", "EC4QE1BX"],
            field: "external_id", isSuggestion: true),
        ImportColumn(
            name: "sales_agent", samples: ["Moses Frase", "Darcel Schlecht"], field: "owner",
            isSuggestion: true),
        ImportColumn(
            name: "product", samples: ["GTX Plus Basic", "GTXPro"], field: "product",
            isSuggestion: true),
        ImportColumn(
            name: "account", samples: ["Cancity", "Isdom", "Codehow & Sons"], field: "company"),
        ImportColumn(
            name: "deal_stage", samples: ["Won", "Engaging", "Prospecting"], field: "stage",
            isSuggestion: true,
            values: [
                ImportTextValue(text: "Won", rows: 4_238, stage: "won"),
                ImportTextValue(text: "Lost", rows: 2_473, stage: "lost"),
                ImportTextValue(text: "Engaging", rows: 1_589, stage: "connected"),
                ImportTextValue(text: "Prospecting", rows: 500),
            ]),
        ImportColumn(
            name: "engage_date", samples: ["10/20/2016", "10/25/2016"], field: "created_at",
            isSuggestion: true),
        ImportColumn(name: "close_date", samples: ["3/1/2017", "3/11/2017"], field: "closed_at"),
        ImportColumn(name: "close_value", samples: ["1054", "4514", "50"], field: "value"),
        ImportColumn(name: "remark <internal>", samples: []),
    ]

    static var mapping: ImportMapping {
        var mapping = ImportMapping(
            columns: columns, stages: stages,
            dateFormats: [
                Choice("M/d/yyyy", "12/31/2026"), Choice("d/M/yyyy", "31/12/2026"),
                Choice("yyyy-MM-dd", "2026-12-31"),
            ],
            currencies: ["USD", "EUR", "INR"], currency: "USD")
        mapping.sheets = [Choice("Pipeline", "Pipeline"), Choice("Accounts", "Accounts")]
        mapping.sheet = "Pipeline"
        mapping.dateFormat = "M/d/yyyy"
        mapping.customFields = [Choice("custom.erp", "ERP"), Choice("custom.gst", "GST number")]
        mapping.match = ["external_id"]
        mapping.saved = [(Choice("0194", "Trade fair list"), "{\"columns\":{}}")]
        mapping.createsOwners = true
        return mapping
    }

    /// Every pair of state and step a reader can meet.
    static let moments: [(ImportState, ImportStep)] = [
        (.checking, .map), (.checked, .map), (.checking, .check), (.checked, .check),
        (.waiting, .run), (.running, .run), (.done, .done), (.failed, .done), (.cancelled, .done),
        (.undoing, .run), (.undone, .done),
    ]

    static func page(_ state: ImportState, _ step: ImportStep) -> ImportPage {
        var page = ImportPage(
            id: "0193", fileName: "sales_pipeline.xlsx",
            note: "2.1 MB, started by Asha Menon today 10:42", state: state, step: step,
            counts: ImportCounts(
                total: 8_800, done: 8_800, created: 8_741, merged: 46, rejected: 13))
        (page.counts.updated, page.mayUndo, page.format) = (17, true, "xlsx")
        if state == .undoing || state == .undone {
            (page.counts.undone, page.counts.kept) = (5_120, 2)
        }
        page.mapping = mapping
        page.rows = rows
        page.leadsURL = "/leads?filter[import]=0193"
        if step == .run {
            page.counts = ImportCounts(
                total: 8_800, done: 5_412, created: 5_380, merged: 27, rejected: 5)
        }
        return page
    }

    static let rows: [ImportRow] = [
        ImportRow(number: 2, outcome: .create, title: "Cancity", contact: "moses@cancity.example"),
        ImportRow(
            number: 3, outcome: .duplicate, title: "Isdom, Darcel Schlecht",
            contact: "+1 415 555 0133",
            reasons: ["Same phone as a lead that is here already."], leadURL: "/leads/77"),
        update,
        ImportRow(
            number: 5, outcome: .rejected, title: "Rangreen", contact: "sales(at)rangreen",
            reasons: [
                "The email “sales(at)rangreen” is not an address.",
                "The value “12k” is not a number.",
            ]),
        ImportRow(
            number: 5, outcome: .create, title: "Hatfan <script>alert(1)</script>",
            contact: "+44 20 7946 0991"),
    ]

    private static var update: ImportRow {
        var row = ImportRow(
            number: 4, outcome: .update, title: "Codehow & Sons", contact: "ann@codehow.example",
            reasons: ["Same e-mail as a lead that is here already."], leadURL: "/leads/78")
        row.changes = [
            ("Product", "GTX Basic", "GTX Pro"), ("Territory", "", "North <West>"),
        ]
        return row
    }

    static let list = ImportsPage(
        imports: [
            ImportSummary(
                id: "0193", fileName: "sales_pipeline.xlsx", state: .running,
                counts: ImportCounts(
                    total: 8_800, done: 5_412, created: 5_380, merged: 27, rejected: 5),
                by: "Asha Menon", when: "Today 10:42"),
            ImportSummary(
                id: "0192", fileName: "trade-fair-mumbai-visitors.csv", state: .checked,
                counts: ImportCounts(total: 412, created: 380, merged: 30, rejected: 2),
                by: "Leo Park", when: "Yesterday 17:05"),
            ImportSummary(
                id: "0191", fileName: "old crm export.csv", state: .done,
                counts: ImportCounts(
                    total: 14_310, done: 14_310, created: 14_007, merged: 281, rejected: 22),
                by: "Asha Menon", when: "12 Nov"),
            ImportSummary(
                id: "0190", fileName: "leads.xlsx", state: .failed, counts: ImportCounts(),
                by: "Nadia Rahman", when: "11 Nov"),
        ], nextURL: "/import?cursor=abc")
}
