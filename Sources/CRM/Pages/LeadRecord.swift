import Storage
import Tenancy
import Views
import Web

/// Gathers what the page and the drawer show of one lead.
struct LeadRecord {
    let frame: Shells.Frame
    let cursors: Cursors
    let scope: Scope

    private static let entries = 50
    private var faces: Faces { frame.faces }

    func page(_ lead: Lead, before: Int?) async throws -> LeadPage {
        let entries = try await Timeline(scope).entries(
            of: lead.id, before: before, limit: Self.entries + 1)
        let shares = try await Shares(scope).list(of: [lead.id])[lead.id] ?? []
        let rights = try await LeadRights(lead, shares, in: scope)
        let seesSensitive = rights.may(.leadsSensitive)
        let fields = try await CustomFields(scope).list().filter {
            seesSensitive || !$0.isSensitive
        }
        let stage = faces.stage(of: lead)
        var page = LeadPage(
            id: lead.id.description, version: lead.version, title: lead.title,
            subtitle: subtitle(lead), stage: stage)
        page.hue = Faces.hue(lead.title)
        page.steps = steps(lead, rights)
        page.stageAge = faces.stageAge(lead)
        if lead.status == .open { page.reply = lead.respondBy.map(faces.reply) }
        page.score = try await LeadScore(of: lead, in: scope)
        page.value = lead.valueMinor.map { Currency.text($0, lead.currency) } ?? "No value"
        page.probability = faces.pipeline[lead.stage].map { "\($0.probability)%" } ?? ""
        page.banner = banner(lead, rights)
        if lead.owner == nil, lead.status == .open { page.banner = try await waiting(lead) }
        page.contact = contact(lead)
        if rights.may(.leadsWork) {
            page.composer = composer(lead, stage, rights)
            page.composer?.recentTouch = try await RecentTouches(scope).list(of: lead.id, limit: 1)
                .first?.words(faces.time)
        }
        page.may = rights.acts
        if rights.may(.leadsMerge) { page.twins = try await twins(lead) }
        page.canEdit = rights.may(.leadsEdit)
        page.followUps = try await followUps(lead, shares, rights)
        let hidden = scope.caller.grants.masks.fields(at: lead.stage)
        page.groups = try LeadFieldGroups(faces: faces, custom: fields).groups(lead)
            .compactMap { $0.without(hidden) }
            .map { page.canEdit ? $0 : $0.readOnly }
        page.team = LeadTeam(
            owner: lead.owner.map { Faces.person($0, lead.ownerName ?? "") },
            shares: try await Colleagues(scope).shown(shares).map(face),
            why: lead.ownerReason.isEmpty ? nil : lead.ownerReason,
            canAssign: rights.may(.leadsAssign), canShare: rights.may(.leadsShare))
        page.files = try await EntryFiles(scope).list(of: lead.id).map(file)
        page.consents = try await Consents(scope).list(of: lead.id).map(consent)
        page.tags = try JSON(parsing: lead.tags).array?.compactMap(\.string) ?? []
        page.timeline = Array(entries.prefix(Self.entries)).days(faces)
        if entries.count > Self.entries {
            let last = entries[Self.entries - 1].seq
            let cursor = cursors.cursor(
                after: [.integer(Int64(last))], of: "timeline \(lead.id)")
            page.olderURL = "/leads/\(lead.id)?part=timeline&after=\(cursor)"
        }
        return page
    }

    /// That nobody can take it yet, and how long it waits.
    private func waiting(_ lead: Lead) async throws -> LeadBanner? {
        guard let until = try await Holds(scope).until(lead.id) else { return nil }
        let whom = lead.ownerReason.prefix { $0 != "." }
        let day = faces.time.day(of: until)
        let date = day == faces.time.today ? "" : "\(faces.time.short(day)), "
        let words = whom.hasPrefix("Waiting for") ? String(whom) : "Waiting for somebody"
        return LeadBanner(.warn, "\(words), until \(date)\(faces.time.clock(until)).")
    }

    private func twins(_ lead: Lead) async throws -> [LeadTwin] {
        let pairs = try await DuplicatePairs(scope).open(of: lead.id, limit: 2)
        let merges = try await Merges(scope).into(lead.id, limit: 2)
        return pairs.map { shown in
            let other = shown.low.id == lead.id ? shown.high : shown.low
            return .perhaps(title: other.title, url: "/duplicates?pair=\(shown.pair.id)")
        } + merges.map { .merged(title: $0.title, merge: $0.id.description) }
    }

    private func file(_ file: EntryFile) -> LeadFile {
        let day = faces.time.short(faces.time.day(of: file.receivedAt))
        return LeadFile(
            id: file.id.description, name: file.name,
            note: "\(sizeText(file.bytes, .up)) · \(day)")
    }

    private func consent(_ consent: Consent) -> LeadConsent {
        let day = faces.time.short(faces.time.day(of: consent.givenAt))
        let parts = [
            "\(day), \(faces.time.clock(consent.givenAt))", consent.remote.map { "from \($0)" },
            consent.confirmedAt.map { _ in "confirmed by mail" },
        ]
        return LeadConsent(
            title: "\(consent.formName ?? "A form that is gone"), version \(consent.version)",
            note: parts.compactMap { $0 }.joined(separator: " · "), text: consent.text)
    }

    private func subtitle(_ lead: Lead) -> String {
        let parts = [
            lead.company == nil ? nil : lead.contactName, lead.product, lead.territory,
            lead.touches > 1 ? "came in \(lead.touches) times" : nil,
        ].compactMap { $0 }
        return parts.isEmpty
            ? Faces.glyph(source: lead.source).label : parts.joined(separator: " · ")
    }

    private func face(_ share: Share) -> LeadShare {
        let credit = share.creditBP > 0 ? " · \(Double(share.creditBP) / 100) %" : ""
        let end = share.endsAt.map { " until \(faces.time.short(faces.time.day(of: $0)))" } ?? ""
        return LeadShare(
            id: share.id.description,
            person: share.user.map { Faces.person($0, share.name) }
                ?? Faces.person(outside: share.name),
            label: (share.followUp == nil ? share.relation.label : "One task")
                + credit.replacing(".0 ", with: " ") + end)
    }

    private func steps(_ lead: Lead, _ rights: LeadRights) -> [StageStep] {
        let shown = lead.status == .onHold ? lead.heldFrom ?? lead.stage : lead.stage
        let now = faces.pipeline[shown]?.position ?? 0
        return faces.pipeline.open.map { stage in
            let state: StageStep.State =
                lead.status == .won || stage.position < now
                ? .done : stage.key == lead.stage ? .current : .ahead
            return StageStep(
                faces.stage(stage), state, isAllowed: isAllowed(lead, to: stage, rights))
        }
    }

    private func isAllowed(_ lead: Lead, to stage: Stage, _ rights: LeadRights) -> Bool {
        guard let from = faces.pipeline[lead.stage],
            let kind = try? faces.pipeline.kind(from: from, to: stage, heldFrom: lead.heldFrom)
        else { return false }
        return rights.may(kind.right)
    }

    private func composer(
        _ lead: Lead, _ current: StageName, _ rights: LeadRights
    ) -> Composer {
        let allowed = faces.pipeline.stages.filter { isAllowed(lead, to: $0, rights) }
        let position = faces.pipeline[lead.stage]?.position ?? 0
        let next =
            lead.status == .open
            ? allowed.first { $0.status == .open && $0.position > position } : nil
        return Composer(
            stages: allowed.map(faces.stage), current: current,
            suggestion: next.map(faces.stage))
    }

    private func contact(_ lead: Lead) -> ContactLinks {
        ContactLinks(
            call: lead.phone.map { "tel:\($0)" }, email: lead.email.map { "mailto:\($0)" },
            whatsApp: lead.phone.map { "https://wa.me/\($0.dropFirst())" })
    }

    private func banner(_ lead: Lead, _ rights: LeadRights) -> LeadBanner? {
        let day = lead.closedAt.map { faces.time.short(faces.time.day(of: $0)) } ?? ""
        switch lead.status {
        case .open: return nil
        case .won: return LeadBanner(.good, "Won on \(day). A customer now, with its history.")
        case .lost:
            let reason = lead.lostReason?.label ?? "no reason was given"
            let note = lead.lostNote.map { " “\($0)”" } ?? ""
            return LeadBanner(
                .bad, "Lost on \(day): \(reason.lowercased()).\(note)",
                action: rights.may(.leadsClose) ? ("Reactivate", Stage.first) : nil)
        case .onHold:
            let until = lead.resumeOn.map { " until \(faces.time.short($0))" } ?? ""
            let resume = ("Resume", lead.heldFrom ?? Stage.first)
            return LeadBanner(
                .warn, "On hold\(until).", action: rights.may(.leadsWork) ? resume : nil)
        }
    }

    /// Who reads about nobody else knows the owner's name from the lead.
    private func name(of user: ID<User>, on lead: Lead) -> String {
        let known = frame.people.first { $0.id == user }?.name
        return known ?? (user == lead.owner ? lead.ownerName : nil) ?? "A colleague"
    }

    private func followUps(
        _ lead: Lead, _ shares: [Share], _ rights: LeadRights
    ) async throws -> [FollowUpRow] {
        try await FollowUps(scope).open(of: lead.id, limit: 20).map { followUp in
            let hand = shares.first { $0.followUp == followUp.id }
            let isMine = hand?.user != nil && hand?.user == scope.caller.user
            let day = faces.time.name(of: faces.time.day(of: followUp.dueAt))
            let owner = followUp.owner.map { name(of: $0, on: lead) } ?? "Nobody"
            var row = FollowUpRow(
                id: followUp.id.description,
                next: faces.nextStep(followUp.kind.rawValue, followUp.dueAt),
                when: "\(day) \(faces.time.clock(followUp.dueAt))",
                who: hand.map(handed) ?? owner, notes: followUp.notes)
            row.canDo = isMine || rights.may(.leadsWork)
            row.hand =
                hand == nil
                ? (rights.may(.leadsShare) ? .over : .none)
                : (isMine || rights.may(.leadsShare) ? .back : .none)
            return row
        }
    }

    private func handed(_ share: Share) -> String {
        let end = share.endsAt.map { " until \(faces.time.short(faces.time.day(of: $0)))" } ?? ""
        return "Handed to \(share.name)\(end)"
    }
}

/// The details of a lead, field by field.
struct LeadFieldGroups {
    let faces: Faces
    let custom: [CustomField]

    func groups(_ lead: Lead) throws -> [FieldGroup] {
        let values = try JSON(parsing: lead.custom)
        let own = custom.map { field($0, values[$0.key] ?? .null) }
        let details: [LeadField] = [
            LeadField("company", "Company", shown: lead.company ?? ""),
            value(lead),
            LeadField("product", "Product", shown: lead.product ?? ""),
            LeadField("territory", "Territory", shown: lead.territory ?? ""),
            LeadField(
                "source", "Source", shown: Faces.glyph(source: lead.source).label,
                raw: lead.source),
            LeadField("campaign", "Campaign", shown: lead.campaign ?? ""),
            LeadField("external_id", "External id", shown: lead.externalID ?? ""),
            LeadField("notes", "Notes", .multiline, shown: lead.notes ?? ""),
        ]
        let contact: [LeadField] = [
            LeadField("contact_name", "Name", shown: lead.contactName ?? ""),
            LeadField("email", "Email", .email, shown: lead.email ?? ""),
            LeadField(
                "phone", "Phone", .tel, shown: lead.phone ?? lead.phoneRaw ?? "",
                raw: lead.phoneRaw ?? ""),
        ]
        let groups = [FieldGroup("Details", details), FieldGroup("Contact", contact)]
        return own.isEmpty ? groups : groups + [FieldGroup("More", own)]
    }

    private func value(_ lead: Lead) -> LeadField {
        let digits = Currency.decimals(of: lead.currency)
        let shown = lead.valueMinor.map { Currency.text($0, lead.currency) } ?? ""
        let raw = lead.valueMinor.map { Currency.plain($0, lead.currency) } ?? ""
        return LeadField("value_minor", "Value", .money(digits: digits), shown: shown, raw: raw)
    }

    private func field(_ field: CustomField, _ value: JSON) -> LeadField {
        let text: String =
            switch value {
            case .null: ""
            case .string(let text): text
            case .bool(let bool): bool ? "Yes" : "No"
            default: value.text
            }
        let kind: LeadField.Kind =
            switch field.kind {
            case .text: .text
            case .number: .number
            case .date: .date
            case .boolean: .boolean
            case .choice: .choice(field.choices.map { Choice($0, $0, isSelected: $0 == text) })
            }
        return LeadField("custom.\(field.key)", field.label, kind, shown: text)
    }
}

extension Currency {
    /// `12345.60`, for input fields.
    static func plain(_ minor: Int64, _ code: String) -> String {
        let places = decimals(of: code)
        guard places > 0 else { return String(minor) }
        let (whole, rest) = minor.quotientAndRemainder(dividingBy: factor(of: code))
        let tail = String(rest.magnitude)
        return "\(whole)." + String(repeating: "0", count: places - tail.count) + tail
    }
}
