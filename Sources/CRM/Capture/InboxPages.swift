import Storage
import Tenancy
import Views
import Web

/// The page of what came from outside, for people who see all leads.
struct InboxPages {
    let shells: Shells
    let cursors: Cursors

    var routes: [Route] {
        [.page("/inbox", "What arrived, and what became of it", handle: show)]
    }

    private func show(_ call: Call) async throws -> Reply {
        .html(
            try await call.read(from: .replica) { scope in
                try Inbox(scope).checkMaySee()
                let frame = try await shells.frame("Inbox", .inbox, for: call, in: scope)
                let page = try await page(call, frame.faces.time, in: scope)
                return call.wantsFragment ? inboxBody(page) : inboxPage(frame.shell, page)
            })
    }

    private func page(
        _ call: Call, _ time: LocalTime, in scope: Scope
    ) async throws -> InboxPage {
        let filter = call.query["outcome"].flatMap(InboxOutcome.init(rawValue:))
        let inbox = Inbox(scope)
        let request = try ListRequest(
            Inbox.listing, "outcome", filter?.rawValue, cursor: call.query["cursor"])
        let channels = try await inbox.ledger()
        let total = channels.reduce(Ledger()) { $0 + $1.ledger }
        let (entries, next) = try await inbox.page(request, cursors)
        let words = try await EntryWords(entries, time, in: scope)
        let arrivals = try await inbox.lastArrivals()
        let outcome = filter.map { "outcome=\($0.rawValue)" }
        var shown = InboxPage(
            ledger: InboxLedger(total),
            sources: channels.map { channel, ledger in
                InboxSource(
                    name: channel.label, icon: channel.icon, ledger: InboxLedger(ledger),
                    last: arrivals[channel].map(time.ago) ?? "Earlier")
            },
            entries: entries.map(words.line), filter: filter,
            olderURL: next.map {
                LeadFilters.url("/inbox", outcome, "cursor=\(Query.encoded($0))")
            })
        shown.warning = try await MetaReport.warning(in: scope)
        return shown
    }
}

extension InboxLedger {
    fileprivate init(_ ledger: Ledger) {
        self.init(
            received: ledger.received, created: ledger.created, merged: ledger.merged,
            quarantined: ledger.quarantined, refused: ledger.refused, waiting: ledger.waiting)
    }
}

extension Arrived.Channel {
    fileprivate var icon: String {
        switch self {
        case .form: "globe"
        case .api: "plug"
        case .importRun: "file-spreadsheet"
        case .facebook: "zap"
        case .partner: "handshake"
        case .erp: "refresh-cw"
        }
    }
}

/// Says what entries are about: with the names of their leads, forms and files.
struct EntryWords {
    let time: LocalTime
    private let canDecide: Bool
    private var leads: [ID<Lead>: String] = [:]
    private var forms: [ID<Form>: String] = [:]
    private var rows: [ID<Entry>: Inbox.FileRow] = [:]

    private static let payloadMax = 4000

    init(_ entries: [Entry], _ time: LocalTime, in scope: Scope) async throws {
        self.time = time
        canDecide = scope.caller.may(.leadsCreate)
        let found = try await Leads(scope).find(entries.compactMap(\.lead))
        leads = Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0.title) })
        if entries.contains(where: { $0.form != nil }) {
            let all = try await Forms(scope).list()
            forms = Dictionary(uniqueKeysWithValues: all.map { ($0.id, $0.name) })
        }
        let imported = entries.filter { $0.channel == .importRun }.map(\.id)
        if !imported.isEmpty { rows = try await Inbox(scope).fileRows(of: imported) }
    }

    func line(_ entry: Entry) -> InboxEntry {
        let payload = entry.payload.flatMap { try? JSON(parsing: $0) }
        var line = InboxEntry(
            id: entry.id.description, when: when(entry.receivedAt),
            source: entry.form.flatMap { forms[$0] } ?? rows[entry.id]?.file
                ?? source(entry),
            icon: entry.channel.icon, summary: summary(entry, payload),
            outcome: InboxOutcome(rawValue: entry.outcome.rawValue) ?? .waiting)
        line.reason = entry.reason ?? ""
        if let lead = entry.lead {
            line.leadURL = "/leads/\(lead)"
            line.leadName = leads[lead]
        }
        line.payload = payload.map(Self.text) ?? entry.payload ?? ""
        // Only what a form sent, or Facebook told of, can be tried again by itself.
        let isOpen = canDecide && (entry.form != nil || entry.channel == .facebook)
        line.canRelease = isOpen && entry.outcome == .quarantined
        line.canDelete = line.canRelease
        line.canReplay = isOpen && entry.payload != nil && entry.outcome == .refused
        return line
    }

    /// What the program that sent it said it is from.
    private func source(_ entry: Entry) -> String {
        let label = Faces.glyph(source: entry.source).label
        return label == entry.channel.label ? label : "\(entry.channel.label) · \(label)"
    }

    private func when(_ moment: Instant) -> String {
        let day = time.day(of: moment)
        let clock = time.clock(moment)
        return day == time.today ? clock : "\(time.short(day)), \(clock)"
    }

    private func summary(_ entry: Entry, _ payload: JSON?) -> String {
        if let row = rows[entry.id] { return "Row \(row.number) of \(row.file)" }
        let members = payload.map(Self.members) ?? []
        let names = ["company", "contact_name", "email", "phone"]
        let known = names.compactMap { name in
            members.first { $0.name == name && !$0.value.isEmpty }?.value
        }
        return known.isEmpty
            ? entry.lead.flatMap { leads[$0] } ?? MetaLeads.name(payload) ?? "Without a name"
            : known.prefix(2).joined(separator: ", ")
    }

    /// Forms are journalled as pairs in order, calls of the API as an object.
    private static func members(_ payload: JSON) -> [(name: String, value: String)] {
        if let shown = MetaLeads.shown(payload) { return shown }
        if let object = payload.object {
            return object.sorted { $0.key < $1.key }
                .map { ($0.key, $0.value.string ?? ($0.value == .null ? "" : $0.value.text)) }
        }
        return (payload.array ?? []).compactMap { pair in
            guard let name = pair.array?.first?.string, let value = pair.array?.last?.string
            else { return nil }
            return (name, value)
        }
    }

    private static func text(_ payload: JSON) -> String {
        let lines = members(payload).map { "\($0.name): \($0.value)" }.joined(separator: "\n")
        return lines.count > payloadMax ? "\(lines.prefix(payloadMax))…" : lines
    }
}
