/// Where an import stands, in the words of the API.
package enum ImportState: String, Sendable, CaseIterable {
    case checking, checked, waiting, running, done, failed, cancelled, undoing, undone

    /// Whether the server is at work on the file, so the page should keep itself fresh.
    package var isBusy: Bool {
        switch self {
        case .checking, .waiting, .running, .undoing: true
        case .checked, .done, .failed, .cancelled, .undone: false
        }
    }
}

/// The four screens of one import; `run` and `done` follow from the state, the first two
/// are the reader's choice and travel in the address as `?step=`.
package enum ImportStep: Int, Sendable, Comparable {
    case map = 1, check, run, done

    /// The value of `?step=`.
    package var name: String {
        switch self {
        case .map: "map"
        case .check: "check"
        case .run: "run"
        case .done: "done"
        }
    }

    package static func < (one: ImportStep, other: ImportStep) -> Bool {
        one.rawValue < other.rawValue
    }
}

/// What became of one row of the file, or would become of it in a dry run.
package enum ImportOutcome: String, Sendable, CaseIterable {
    case create, update, duplicate, rejected, undone
}

/// Rows by outcome. While a file is being read `total` is 0 when it is not known yet.
package struct ImportCounts: Sendable, Equatable {
    package var total: Int
    package var done: Int
    package var created: Int
    package var merged: Int
    package var rejected: Int
    /// Of the merged ones, those that change something of their lead.
    package var updated = 0
    /// Rows taken back, and rows that stay because their leads were changed since.
    package var undone = 0
    package var kept = 0

    package init(
        total: Int = 0, done: Int = 0, created: Int = 0, merged: Int = 0, rejected: Int = 0
    ) {
        (self.total, self.done) = (total, done)
        (self.created, self.merged, self.rejected) = (created, merged, rejected)
    }

    /// Share of the rows already handled, 0…100.
    var percent: Int { total > 0 ? min(100, done * 100 / total) : 0 }

    /// The same of taking them back.
    var percentUndone: Int {
        created + merged > 0 ? min(100, (undone + kept) * 100 / (created + merged)) : 0
    }
}

/// One distinct text of a column, and what it stands for.
package struct ImportTextValue: Sendable {
    /// The text as it stands in the file.
    package var text: String
    /// How many rows hold it; nil when only a part of the file was counted.
    package var rows: Int?
    /// Key of the stage chosen or suggested, should the column be the stage.
    package var stage: String?
    /// What is imported in its place where the column is another field; nil for itself.
    package var instead: String?

    package init(text: String, rows: Int? = nil, stage: String? = nil) {
        (self.text, self.rows, self.stage) = (text, rows, stage)
    }
}

/// One column of the file, as the mapping step shows it.
package struct ImportColumn: Sendable {
    /// The header text; the key of `mapping.columns`.
    package var name: String
    /// Up to three texts from the first rows.
    package var samples: [String]
    /// Key of the field chosen or suggested; nil is "don't import".
    package var field: String?
    /// Whether `field` is a suggestion nobody has confirmed yet.
    package var isSuggestion: Bool
    /// The column's distinct texts, each of which may stand for another. Give them only where
    /// they are few (at most some 20); empty means no map can be shown.
    package var values: [ImportTextValue]

    package init(
        name: String, samples: [String], field: String? = nil, isSuggestion: Bool = false,
        values: [ImportTextValue] = []
    ) {
        (self.name, self.samples, self.field) = (name, samples, field)
        (self.isSuggestion, self.values) = (isSuggestion, values)
    }
}

/// Everything the mapping step asks, with what is chosen now.
package struct ImportMapping: Sendable {
    /// Sheets of the workbook; empty for CSV, and the picker shows from two on.
    package var sheets: [Choice]
    package var sheet: String?
    package var columns: [ImportColumn]
    /// The tenant's own fields (`custom.<key>`), listed after the built-in ones.
    package var customFields: [Choice]
    package var stages: [Choice]
    /// What texts stand for others in what is chosen now, as JSON of the API: of fields with so
    /// many texts that none are shown, this is all there is.
    package var values = "{}"
    /// By key of a field, what its texts may become: the company's territories, the choices of
    /// a field of its own.
    package var known: [String: [String]] = [:]
    /// Date patterns on offer; the label shows a date written so, e.g. `31/12/2026`.
    package var dateFormats: [Choice]
    package var dateFormat: String?
    package var currencies: [String]
    package var currency: String
    package var createsOwners: Bool
    /// Keys of the fields that say two rows are the same lead, e.g. `external_id`.
    package var match: [String]
    /// What becomes of a row that is a lead already: `fill`, `update` or `skip`.
    package var onMatch = "fill"
    /// The company's saved mappings, by id, the one that fits this file selected; each with its
    /// JSON as the API has it.
    package var saved: [(choice: Choice, mapping: String)] = []

    package init(
        columns: [ImportColumn], stages: [Choice], dateFormats: [Choice], currencies: [String],
        currency: String
    ) {
        (self.columns, self.stages, self.dateFormats) = (columns, stages, dateFormats)
        (self.currencies, self.currency) = (currencies, currency)
        (sheets, sheet, customFields) = ([], nil, [])
        (dateFormat, createsOwners, match) = (nil, false, [])
    }
}

/// One row of the dry run, or of the run itself.
package struct ImportRow: Sendable {
    /// The row's number as a spreadsheet shows it (the header is row 1).
    package var number: Int
    package var outcome: ImportOutcome
    /// Company and contact in one short text.
    package var title: String
    /// Email or phone.
    package var contact: String
    /// Why it is a duplicate or rejected; one sentence each.
    package var reasons: [String]
    /// The lead a duplicate joins.
    package var leadURL: String?
    /// What it changes of that lead: the field's name, what was and what is.
    package var changes: [(label: String, before: String, after: String)] = []

    package init(
        number: Int, outcome: ImportOutcome, title: String, contact: String = "",
        reasons: [String] = [], leadURL: String? = nil
    ) {
        (self.number, self.outcome, self.title) = (number, outcome, title)
        (self.contact, self.reasons, self.leadURL) = (contact, reasons, leadURL)
    }
}

/// One import: the page at `/import/{id}`.
package struct ImportPage: Sendable {
    package var id: String
    package var fileName: String
    /// Size, rows and when, e.g. "2.1 MB · started by Asha Menon, 10:42".
    package var note: String
    package var state: ImportState
    package var step: ImportStep
    package var counts: ImportCounts
    /// Only for the steps `map` and `check`.
    package var mapping: ImportMapping?
    /// Rows of the dry run shown in `check`, after the filter.
    package var rows: [ImportRow]
    /// The outcome the rows are filtered by; nil is all.
    package var filter: ImportOutcome?
    /// The next rows, `?step=check&outcome=…&cursor=…`.
    package var nextURL: String?
    /// Why the import failed, or what is wrong with the mapping.
    package var problem: String?
    /// Leads made by this import, e.g. a filtered `/leads?…`.
    package var leadsURL: String?
    /// How the file of rejected rows ends: `xlsx`.
    package var format = "csv"
    /// Whether the reader may take it back.
    package var mayUndo = false

    package init(
        id: String, fileName: String, note: String, state: ImportState, step: ImportStep,
        counts: ImportCounts = ImportCounts()
    ) {
        (self.id, self.fileName, self.note) = (id, fileName, note)
        (self.state, self.step, self.counts) = (state, step, counts)
        (mapping, rows, filter, nextURL, problem, leadsURL) = (nil, [], nil, nil, nil, nil)
    }
}

/// One line of the list of past imports.
package struct ImportSummary: Sendable {
    package var id: String
    package var fileName: String
    package var state: ImportState
    package var counts: ImportCounts
    package var by: String
    /// When it was started, as people say it ("Today 10:42").
    package var when: String

    package init(
        id: String, fileName: String, state: ImportState, counts: ImportCounts, by: String,
        when: String
    ) {
        (self.id, self.fileName, self.state) = (id, fileName, state)
        (self.counts, self.by, self.when) = (counts, by, when)
    }
}

/// The page at `/import`: the door for a file, and what came in before.
package struct ImportsPage: Sendable {
    package var imports: [ImportSummary]
    package var nextURL: String?
    /// What the server takes, e.g. "up to 200 MB".
    package var limit: String

    package init(imports: [ImportSummary], nextURL: String? = nil, limit: String = "up to 200 MB") {
        (self.imports, self.nextURL, self.limit) = (imports, nextURL, limit)
    }
}
