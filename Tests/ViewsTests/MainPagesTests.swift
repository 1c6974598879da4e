import Testing
import Views

/// What holds for the board, the tables, the lead, Today and the door alike.
@Suite struct MainPages {
    static let pages: [String: HTML] = {
        var fresh = Sample.pipeline(cards: 0)
        fresh.isFresh = true
        return [
            "pipeline": pipelinePage(Sample.pipeline(cards: 45), in: frame(.pipeline)),
            "fresh pipeline": pipelinePage(fresh, in: frame(.pipeline)),
            "leads": leadsPage(Sample.leads(rows: 100), in: frame(.leads)),
            "no leads": leadsPage(Sample.leads(rows: 0), in: frame(.leads)),
            "lead": leadPage(Sample.lead, in: frame(.leads)),
            "lost lead": leadPage(Sample.lostLead, in: frame(.leads)),
            "today": todayPage(Sample.today, in: frame(.today)),
            "customers": customersPage(Sample.customers, in: frame(.customers)),
            "no customers": customersPage(
                CustomersPage(rows: [], summary: ""), in: frame(.customers)),
            "sign-in": signInPage(
                SignInPage(message: (.bad, "Email or password is wrong."), session: Sample.session)),
            "forgot": forgotPage(tenant: "vantage", email: "", session: Sample.session),
            "welcome": welcomePage(Sample.link, session: Sample.session),
            "reset": resetPage(Sample.link, session: Sample.session),
            "void link": voidLinkPage(isInvitation: false, session: Sample.session),
            "outbox": outboxPage(frame(.outbox), Sample.outbox),
            "no outbox": outboxPage(
                frame(.outbox),
                OutboxPage(messages: [], filter: .failed, olderURL: nil, hasRelay: true)),
            "break-glass": breakGlassPage(inside(.breakGlass), BreakGlassPage(rows: Sample.looks)),
            "break-glass of a company": breakGlassPage(frame(.audit), Sample.looksOfCompany),
            "not found": errorPage(.notFound, in: frame(nil), session: Sample.session),
            "failure": errorPage(.failure(incident: "7Q3K"), in: nil, session: Sample.session),
        ]
    }()

    /// The same pages as read, which costs far more than writing them.
    static let markup = pages.mapValues(PagesMarkup.init)

    /// Somebody else's, under the banner.
    private static func inside(_ place: Place) -> ShellPage {
        var page = frame(place)
        page.glass = BreakGlassBanner(
            id: "g-1", company: "Vantage Retail", until: "14:20", reason: "Totals <differ>")
        page.canCreate = false
        return page
    }

    private static func frame(_ place: Place?) -> ShellPage { Sample.shell("Page", at: place) }

    @Test(arguments: pages.keys.sorted())
    func `every tag is closed and every reference leads somewhere`(of name: String) throws {
        let markup = try #require(Self.markup[name])
        #expect(markup.tags.count > 20)
        #expect(markup.faults == [])
        #expect(markup.doubledIDs == [])
        #expect(markup.danglingReferences == [])
        #expect(markup.inlineHandlers == [])
    }

    @Test(arguments: pages.keys.sorted())
    func `a page has one main landmark and one first heading`(of name: String) throws {
        let tags = try #require(Self.markup[name]).tags
        #expect(tags.count { $0.name == "main" } == 1)
        #expect(tags.count { $0.name == "h1" } == 1)
    }

    @Test(arguments: pages.keys.sorted())
    func `every inline script carries the nonce`(of name: String) throws {
        let inline = try #require(Self.markup[name]).tags.filter {
            ["script", "style"].contains($0.name) && $0.attributes["src"] == nil
        }
        #expect(!inline.isEmpty)
        #expect(inline.allSatisfy { $0.attributes["nonce"] == "n0nce" })
    }

    @Test func `a fragment is the page without its frame`() {
        let body = leadDrawer(Sample.lead).text
        #expect(body.contains("data-part=\"timeline\""))
        #expect(!body.contains("<main"))
        #expect(pipelineColumn(Sample.pipeline(cards: 9).columns[0]).text.hasPrefix("<section"))
    }

    @Test func `what a user typed never becomes markup`() {
        var page = Sample.lead
        page.title = "<img src=x onerror=alert(1)>"
        page.tags = ["<b>"]
        page.groups = [FieldGroup("Details", [LeadField("notes", "Notes", shown: "\"><script>")])]
        let text = leadDrawer(page).text
        #expect(!text.contains("<img"))
        #expect(!text.contains("<script"))
        #expect(text.contains("&lt;b&gt;"))
    }
}

@Suite struct PartsOfMainPages {
    @Test func `a card says what the scripts need to move it`() {
        var card = Sample.card(3, stage: 1)
        card.may = .assign
        let text = leadCard(card, isFirst: true).text
        for part in [
            "data-id=\"lead-1-3\"", "data-version=\"3\"", "data-stage=\"first_contact\"",
            "data-value=\"2200000\"", "data-lacks=\"work close\"", "tabindex=\"0\"",
            "class=\"card cold\"",
        ] {
            #expect(text.contains(part))
        }
    }

    @Test func `a viewer who may only look gets no form and no buttons`() {
        var page = Sample.lead
        page.composer = nil
        page.canEdit = false
        page.team.canAssign = false
        page.groups = []
        page.followUps[0].canDo = false
        page.followUps[0].hand = .none
        let text = leadDrawer(page).text
        for absent in [
            "<form", "data-done", "data-hand-over", "data-pick-owner", "data-drop-share",
            "data-edit",
        ] {
            #expect(!text.contains(absent))
        }
    }

    @Test func `the stage stays unless somebody chooses another`() {
        let text = leadDrawer(Sample.lead).text
        #expect(text.contains("<option value=\"\">Keep Connected</option>"))
        #expect(text.contains("data-suggest=\"demo_scheduled\" aria-pressed=\"false\""))
    }

    @Test func `a sorted column says so`() {
        let text = leadsBody(Sample.leads(rows: 2)).text
        #expect(text.contains("aria-sort=\"descending\""))
        #expect(text.contains("href=\"/leads?cursor=abc\""))
        #expect(text.contains("aria-disabled=\"true\""))
    }

    @Test func `the way after signing in stays on this site`() {
        let page = SignInPage(next: "javascript:alert(1)", session: Sample.session)
        #expect(signInPage(page).text.contains("data-next=\"#\""))
    }

    @Test func `only places the user may open are offered`() {
        var page = Sample.shell("Leads", at: .leads)
        page.nav.places = [.today, .leads]
        let text = leadsPage(Sample.leads(rows: 1), in: page).text
        #expect(text.contains("href=\"/today\""))
        #expect(!text.contains("href=\"/settings"))
        #expect(!text.contains("href=\"/inbox\""))
    }
}
