import Storage
import Synchronization
import Tenancy
import Views
import Web

/// Builds what surrounds a signed-in page, from one read each of stages, people and counts.
package final class Shells: Sendable {
    let assets: Assets
    /// Menus may be half a minute behind: looking through twenty thousand leads on every page
    /// would cost more than the page.
    private let offered = Mutex<[ID<Tenant>: (at: Instant, words: LeadWords)]>([:])

    private static let wordsSeconds = 30
    private static let wordsMax = 100
    /// Leads that are looked through for them.
    private static let wordsOf = 20_000

    package init(assets: Assets) {
        self.assets = assets
    }

    /// What a page is made with.
    struct Frame: Sendable {
        let shell: ShellPage
        let faces: Faces
        let people: [User]
        let words: LeadWords
        let totals: Totals
        /// The viewer's own.
        let views: [PersonalView]
    }

    func page(
        _ title: String, _ place: Place?, for call: Call, in scope: Scope
    ) async throws -> ShellPage {
        try await frame(title, place, for: call, in: scope).shell
    }

    func frame(
        _ title: String, _ place: Place?, for call: Call, in scope: Scope
    ) async throws -> Frame {
        let visitor = try call.visitor()
        let profile = try await Tenants.find(scope.tenant, in: scope.tx)
        var faces = Faces(
            pipeline: try await Stages(scope).pipeline(),
            time: LocalTime(now: scope.now, zone: profile.timeZone),
            currency: profile.defaultCurrency)
        let everybody = try await Colleagues(scope).list()
        let people = everybody.filter(\.isActive)
        faces.names = Dictionary(uniqueKeysWithValues: everybody.map { ($0.id, $0.name) })
        let words = try await words(in: scope)
        let totals = try await Totals(scope)
        var nav = ShellNav(current: place, places: places(for: scope.caller))
        nav.counts = try await counts(in: scope, totals, faces)
        nav.urgent = [.inbox]
        if scope.caller.may(.leadsRead) { nav.savedViews = views(totals, due: nav.counts[.today]) }
        let own = try await PersonalViews(scope).list()
        nav.savedViews += own.map { SavedView($0.name, url: $0.url) }
        var shell = ShellPage(
            title: title, tenant: visitor.tenantName,
            user: visitor.caller.user.map { Faces.person($0, visitor.name) }
                ?? Faces.person(outside: visitor.name), nav: nav,
            choices: choices(people, words, faces, for: scope.caller),
            session: PageSession(csrf: visitor.csrf, nonce: call.nonce, assets: assets))
        shell.subtitle = "iPerform · \(visitor.caller.held.label)"
        shell.canCreate = scope.caller.may(.leadsCreate)
        shell.glass = visitor.glass.map { glass in
            BreakGlassBanner(
                id: glass.id.description, company: glass.company,
                until: faces.time.clock(glass.endsAt), reason: glass.reason)
        }
        return Frame(
            shell: shell, faces: faces, people: people, words: words, totals: totals, views: own)
    }

    /// The lists that everybody starts with.
    private func views(_ totals: Totals, due: Int?) -> [SavedView] {
        let proposals = totals["proposal_sent"].leads
        return [
            SavedView("Stalled", url: "/leads?filter%5Bstalled%5D=true", weight: .bad),
            SavedView("Follow-up today", url: "/today", count: due, weight: .warn),
            SavedView(
                "Proposals to chase", url: "/leads?filter%5Bstage%5D=proposal_sent",
                count: proposals > 0 ? proposals : nil, weight: .good),
        ]
    }

    private func places(for caller: Caller) -> [Place] {
        let reach = Reach(caller)
        return Place.allCases.filter { place in
            switch place {
            case .inbox: reach.isAll
            case .today, .pipeline, .leads: caller.may(.leadsRead)
            case .duplicates: caller.may(.leadsMerge)
            case .customers: caller.may(.leadsRead) && caller.may(.customersRead)
            case .imports: caller.may(.importsRun)
            case .breakGlass: caller.isPlatformOperator
            case .jobs, .outbox: caller.may(.operationsManage)
            // Who reads only the own entries finds the page by its address.
            case .audit: !caller.grants[.auditRead].isDisjoint(with: [.team, .company])
            case .settings: caller.may(.settingsEdit)
            case .developers: true
            }
        }
    }

    private func counts(
        in scope: Scope, _ totals: Totals, _ faces: Faces
    ) async throws -> [Place: Int] {
        let tomorrow = faces.time.start(of: Day(number: faces.time.today.number + 1))
        let due = try await Leads(scope).countDue(before: tomorrow, faces.pipeline)
        var counts: [Place: Int] = [.pipeline: totals.open(faces.pipeline).leads]
        if due > 0 { counts[.today] = due }
        if Reach(scope.caller).isAll {
            let open = try await Inbox(scope).countOpen()
            if open > 0 { counts[.inbox] = open }
        }
        return counts
    }

    private func choices(
        _ people: [User], _ words: LeadWords, _ faces: Faces, for caller: Caller
    ) -> ShellChoices {
        var choices = ShellChoices(
            stages: faces.pipeline.stages.map(faces.stage),
            people: people.map { Choice($0.id.description, $0.name) },
            sources: words.sources.map { Choice($0, Faces.glyph(source: $0).label) },
            products: words.products.map { Choice($0, $0) },
            territories: words.territories.map { Choice($0, $0) }, currency: faces.currency)
        choices.hidden = caller.grants.masks.fields(at: Stage.first)
        return choices
    }

    /// The words of all leads of the company, which a partner's people do not know.
    private func words(in scope: Scope) async throws -> LeadWords {
        // Who is of the company has its words; who is not, those of the leads they reach.
        guard scope.caller.grants[.peopleRead].contains(.company) else {
            return try await Leads(scope).words(ofNewest: Self.wordsMax, max: Self.wordsMax)
        }
        let kept = offered.withLock { $0[scope.tenant] }
        if let kept, scope.now.seconds(since: kept.at) < Self.wordsSeconds { return kept.words }
        let words = try await Leads(scope).words(ofNewest: Self.wordsOf, max: Self.wordsMax)
        offered.withLock { $0[scope.tenant] = (scope.now, words) }
        return words
    }
}
