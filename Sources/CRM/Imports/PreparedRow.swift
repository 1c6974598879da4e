import Spreadsheets
import Storage
import Tenancy
import Web

/// A row of a file, read and normalised before any transaction.
struct PreparedRow: Sendable {
    let source: SheetRow
    /// What is wrong with it, each a sentence that names the column. A row with faults makes
    /// no lead.
    var faults: [String]
    var draft: LeadDraft
    /// As the file names the owner: an e-mail or a name.
    var owner: String?
    var past = Past()

    /// What the file says of the lead's history.
    struct Past: Sendable {
        var stage: Stage?
        var createdAt: Instant?
        var closedAt: Instant?
        var lostReason: LostReason?
        var lostNote: String?
    }

    var number: Int { source.number }

    /// The lead and how to reach it, in two lines.
    var title: String {
        let names = [draft.company, draft.contactName].compactMap { $0 }
        let contact = draft.email ?? draft.phoneRaw
        let name = names.isEmpty ? contact ?? draft.externalID ?? "" : names.joined(separator: ", ")
        return names.isEmpty ? name : "\(name)\n\(contact ?? "")"
    }

    /// The row as it came, by header.
    func payload(_ headers: [String]) -> String {
        var writer = JSONWriter()
        writer.object { body in
            for (header, cell) in zip(headers, source.cells) where !cell.isEmpty {
                body.member(header, cell.text)
            }
        }
        return writer.text
    }
}

extension PreparedRow.Past {
    /// Nil when the file has no history: the lead begins now.
    func history(at now: Instant, in pipeline: Pipeline) -> History? {
        guard let stage = stage ?? pipeline[Stage.first] else { return nil }
        let created = createdAt ?? closedAt ?? now
        let isClosed = stage.status == .won || stage.status == .lost
        return History(
            stage: stage, createdAt: created, closedAt: isClosed ? closedAt ?? created : nil,
            lostReason: stage.status == .lost ? lostReason : nil,
            lostNote: stage.status == .lost ? lostNote : nil)
    }
}

extension Layout {
    /// Reads one row. It never throws: what is wrong stands in the row's faults.
    func row(_ source: SheetRow, at now: Instant) -> PreparedRow {
        var reading = RowReading(source, self)
        for place in places where place.index < source.cells.count {
            let cell = source.cells[place.index]
            guard !cell.isEmpty else { continue }
            let text = tidied(cell)
            if !text.isEmpty { reading.take(place.values[text] ?? text, cell, place) }
        }
        if source.cells.count > headers.count,
            let last = source.cells.lastIndex(where: { !$0.isEmpty }), last >= headers.count
        {
            reading.faults.append(
                "The row has \(last + 1) cells and the header has \(headers.count): "
                    + "look for a delimiter inside a cell.")
        }
        return reading.finished(at: now)
    }

    /// The cell's text without white space around it, and without the apostrophe that guards
    /// a formula in a file of ours.
    private func tidied(_ cell: Cell) -> String {
        let text = cell.text
        if let first = text.utf8.first, let last = text.utf8.last,
            (0x30..<0x7F).contains(first), (0x21..<0x7F).contains(last)
        {
            return text
        }
        return FormulaGuard.removed(from: text).trimmed
    }
}

/// One row while it is read.
private struct RowReading {
    let source: SheetRow
    let layout: Layout
    var faults: [String] = []
    private var draft: LeadDraft
    private var owner: String?
    private var past = PreparedRow.Past()
    private var value: (cell: Cell, text: String, header: String)?
    private var currency: String?
    private var phone: String?
    private var custom: [String: JSON] = [:]

    init(_ source: SheetRow, _ layout: Layout) {
        self.source = source
        self.layout = layout
        draft = LeadDraft(
            source: "import",
            currency: layout.mapping.currency ?? layout.ground.profile.defaultCurrency)
    }

    mutating func take(_ text: String, _ cell: Cell, _ place: Layout.Place) {
        switch place.target {
        case .custom(let key): takeCustom(key, text, cell, place.header)
        case .field(let field):
            // Bytes are at least as many as characters, and quicker to count.
            let max = field.charactersMax
            if text.utf8.count > max, text.count > max {
                fault(place.header, "has at most \(max) characters, not \(text.count)")
            } else {
                take(field, text, cell, place.header)
            }
        }
    }

    private mutating func take(
        _ field: Target.Field, _ text: String, _ cell: Cell, _ header: String
    ) {
        switch field {
        case .company: draft.company = text
        case .contactName: draft.contactName = text
        case .email: takeEmail(text, header)
        case .phone: draft.setPhone(text, region: layout.ground.profile.defaultRegion)
        case .externalID: draft.externalID = text
        case .source: draft.source = text.lowercased()
        case .campaign: draft.campaign = text
        case .product: draft.product = text
        case .territory: draft.territory = text
        case .value: value = (cell, text, header)
        case .currency: takeCurrency(text, header)
        case .owner: owner = text
        case .stage: takeStage(text, header)
        case .createdAt: past.createdAt = moment(cell, text, header)
        case .closedAt: past.closedAt = moment(cell, text, header)
        case .lostReason: takeLostReason(text)
        case .notes: draft.notes = draft.notes.map { "\($0)\n\(text)" } ?? text
        case .tags: takeTags(text, header)
        }
    }

    private mutating func takeEmail(_ text: String, _ header: String) {
        draft.email = EmailAddress.normalised(text)
        if draft.email == nil { fault(header, "“\(text.prefix(60))” is no e-mail address") }
    }

    private mutating func takeCurrency(_ text: String, _ header: String) {
        currency = text.uppercased()
        if Currency.isCode(text.uppercased()) {
            draft.currency = text.uppercased()
        } else {
            fault(header, "“\(text)” is no currency; give a code like USD")
        }
    }

    private mutating func takeStage(_ text: String, _ header: String) {
        past.stage = layout.stage(text)
        if past.stage == nil { fault(header, "“\(text)” is no stage of yours; map it to one") }
    }

    /// A reason in words of its own is kept as such.
    private mutating func takeLostReason(_ text: String) {
        let word = Suggestions.plain(text)
        past.lostReason = LostReason.allCases.first {
            Suggestions.plain($0.rawValue) == word || Suggestions.plain($0.label) == word
        }
        if past.lostReason == nil { (past.lostReason, past.lostNote) = (.other, text) }
    }

    private mutating func takeTags(_ text: String, _ header: String) {
        let tags = text.split { ",;|".contains($0) }.map { String($0).trimmed }
            .filter { !$0.isEmpty }
        draft.tags = (draft.tags + tags).removingDuplicates()
        if draft.tags.count > 50 || tags.contains(where: { $0.count > 60 }) {
            fault(header, "has at most 50 tags of 60 characters")
        }
    }

    private mutating func takeCustom(
        _ key: String, _ text: String, _ cell: Cell, _ header: String
    ) {
        guard let field = layout.ground.customFields.first(where: { $0.key == key }) else { return }
        do {
            var json = JSON.string(text)
            if field.kind == .date { json = .string(try layout.dates.day(cell, text).text) }
            custom[key] = try field.checked(json)
        } catch let wrong as CustomFieldFault {
            fault(header, "“\(text.prefix(60))” does not fit: \(wrong.message)")
        } catch {
            fault(header, "“\(text.prefix(60))” is no date like 2026-11-22")
        }
    }

    private mutating func moment(_ cell: Cell, _ text: String, _ header: String) -> Instant? {
        do {
            return try layout.dates.moment(cell, text)
        } catch {
            fault(header, "“\(text)” is not \(error.wanted)")
            return nil
        }
    }

    private mutating func fault(_ header: String, _ what: String) {
        faults.append("The \(header) \(what).")
    }

    mutating func finished(at now: Instant) -> PreparedRow {
        finishValue()
        finishPast(now)
        if !custom.isEmpty { draft.custom = .object(custom) }
        if let notes = draft.notes, notes.count > Target.Field.notes.charactersMax {
            faults.append("The notes have at most \(Target.Field.notes.charactersMax) characters.")
        }
        if faults.isEmpty, (try? draft.checked()) == nil {
            faults.append(
                "Give at least one of company, contact name, e-mail, phone and external id.")
        }
        return PreparedRow(source: source, faults: faults, draft: draft, owner: owner, past: past)
    }

    private mutating func finishValue() {
        guard let value else { return }
        do {
            let amount: Amount
            if case .number = value.cell {
                amount = try Amount(exact: value.text, currency: draft.currency)
            } else {
                amount = try Amount(value.text, currency: draft.currency)
            }
            draft.valueMinor = amount.minor
            guard let named = amount.currency, named != draft.currency else { return }
            if let currency {
                fault(value.header, "“\(value.text)” is in \(named), but the row says \(currency)")
            }
            draft.currency = named
        } catch {
            fault(value.header, "“\(value.text)” \(error.words)")
        }
    }

    private mutating func finishPast(_ now: Instant) {
        if let created = past.createdAt, let closed = past.closedAt, closed < created {
            faults.append("It was closed before it was created: look at both dates.")
        }
        // A day ahead may be today in another time zone.
        let tomorrow = now.adding(days: 1)
        let moments = [past.createdAt, past.closedAt].compactMap { $0 }
        if let late = moments.first(where: { $0 > tomorrow }) {
            faults.append("The date \(late.day().text) is in the future.")
        }
    }
}

extension Amount.Fault {
    fileprivate var words: String {
        switch self {
        case .notANumber: "is no amount"
        case .ambiguous: "can be read in two ways; write it with its decimals, like 1234.00"
        case .negative: "is negative; a lead is worth nothing or more"
        case .tooLarge: "is more than a lead can be worth"
        }
    }
}
