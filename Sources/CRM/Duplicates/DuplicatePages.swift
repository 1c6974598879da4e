import Storage
import Tenancy
import Views
import Web

/// The queue of leads that may be one.
struct DuplicatePages {
    let shells: Shells
    let cursors: Cursors

    private static let lines = 50

    var routes: [Route] {
        [.page("/duplicates", "Leads that may be one, side by side", handle: show)]
    }

    private func show(_ call: Call) async throws -> Reply {
        try call.caller().must(.leadsMerge)
        let isDismissed = call.query["state"] == "dismissed"
        let request = try ListRequest(
            DuplicatePairs.listing, "state", isDismissed ? "dismissed" : "open",
            cursor: call.query["cursor"])
        let (html, sensitive) = try await call.read { scope in
            let frame = try await shells.frame("Duplicates", .duplicates, for: call, in: scope)
            let (pairs, next, sensitive) = try await DuplicatePairs(scope).page(request, cursors)
            let asked = call.query["pair"].flatMap(ID<DuplicatePair>.init)
            let current = try await self.current(asked, among: pairs, in: scope)
            var page = DuplicatesPage(
                pairs: pairs.map {
                    line($0, isCurrent: $0.pair.id == current?.pair.id, isDismissed)
                },
                current: nil, summary: summary(pairs.count, isMore: next != nil),
                isDismissed: isDismissed)
            if let current {
                page.current = try await comparison(current, frame.faces, in: scope)
            }
            page.moreURL = next.map {
                LeadFilters.url(
                    "/duplicates", isDismissed ? "state=dismissed" : nil,
                    "cursor=\(Query.encoded($0))")
            }
            let html = call.wantsFragment ? duplicatesBody(page) : duplicatesPage(frame.shell, page)
            return (html, sensitive)
        }
        try call.noteSensitive(sensitive, of: nil)
        return .html(html)
    }

    /// Which is shown: the one that is asked for, if it is to be looked at still.
    private func current(
        _ asked: ID<DuplicatePair>?, among pairs: [DuplicatePairs.Shown], in scope: Scope
    ) async throws -> DuplicatePairs.Shown? {
        guard let asked else { return pairs.first }
        if let shown = pairs.first(where: { $0.pair.id == asked }) { return shown }
        let found = try await DuplicatePairs(scope).first(asked)
        return found?.pair.state == .open ? found : pairs.first
    }

    private func summary(_ count: Int, isMore: Bool) -> String {
        "\(count)\(isMore ? "+" : "") \(count == 1 ? "pair" : "pairs")"
    }

    private func line(
        _ shown: DuplicatePairs.Shown, isCurrent: Bool, _ isDismissed: Bool
    ) -> DuplicateLine {
        let id = shown.pair.id.description
        return DuplicateLine(
            id: id,
            url: LeadFilters.url(
                "/duplicates", isDismissed ? "state=dismissed" : nil, "pair=\(id)"),
            first: shown.low.title, second: shown.high.title, percent: shown.percent,
            isLikely: shown.pair.band == .likely, isCurrent: isCurrent)
    }

    private func comparison(
        _ shown: DuplicatePairs.Shown, _ faces: Faces, in scope: Scope
    ) async throws -> DuplicateComparison {
        let leads = [shown.low, shown.high]
        let fields = try await CustomFields(scope).list()
        let groups = LeadFieldGroups(faces: faces, custom: fields)
        let hidden = leads.reduce(into: Set<String>()) {
            $0.formUnion(scope.caller.grants.masks.fields(at: $1.stage))
        }
        let sides = try leads.map { lead in
            try groups.groups(lead).compactMap { $0.without(hidden) }.flatMap(\.fields)
        }
        var rows = zip(sides[0], sides[1]).map { one, other in
            DuplicateField(one.name, one.label, one.shown, other.shown)
        }.filter { !$0.first.isEmpty || !$0.second.isEmpty }
        if scope.caller.may(.leadsAssign) {
            rows.append(
                DuplicateField(
                    "owner", "Owner", shown.low.ownerName ?? "", shown.high.ownerName ?? ""))
        }
        return DuplicateComparison(
            id: shown.pair.id.description, percent: shown.percent,
            isLikely: shown.pair.band == .likely, evidence: shown.reasons,
            first: side(shown.low, faces), second: side(shown.high, faces), fields: rows,
            staysFirst: shown.staysLow, obstacle: shown.obstacle)
    }

    private func side(_ lead: Lead, _ faces: Faces) -> DuplicateSide {
        let created = faces.time.short(faces.time.day(of: lead.createdAt))
        let touches = lead.touches == 1 ? "1 touch" : "\(lead.touches) touches"
        return DuplicateSide(
            id: lead.id.description, title: lead.title, url: "/leads/\(lead.id)",
            hue: Faces.hue(lead.title), stage: faces.stage(of: lead),
            note: "\(lead.ownerName ?? "Nobody's") · \(created) · \(touches)")
    }
}

extension DuplicatePairs.Shown {
    /// As people are told.
    var percent: Int { min(99, Int((pair.score * 100).rounded())) }

    fileprivate var reasons: [DuplicateEvidence] {
        (evidence.array ?? []).compactMap { one in
            guard let words = one["words"]?.string else { return nil }
            let weight: Double =
                switch one["weight"] {
                case .number(let number): number
                case .integer(let number): Double(number)
                default: 0
                }
            return DuplicateEvidence(words, isFor: weight > 0)
        }
    }

    /// The customer stays; else what is worked on; else what was there first.
    fileprivate var staysLow: Bool {
        if (low.status == .won) != (high.status == .won) { return low.status == .won }
        if (low.lastActivityAt == nil) != (high.lastActivityAt == nil) {
            return low.lastActivityAt != nil
        }
        return low.createdAt <= high.createdAt
    }

    fileprivate var obstacle: String? {
        low.status == .won && high.status == .won
            ? "Both are customers, and a customer is not merged into another." : nil
    }
}
