import Testing
import Views

/// What holds for the import, inbox, settings, developers and public pages alike.
@Suite struct PagesOfIntakeAndSettings {
    static let pages: [String: HTML] = {
        let frame = Sample.shell("Page", at: .settings)
        var pages: [String: HTML] = [
            "imports": importsPage(frame, ImportSamples.list),
            "no imports": importsPage(frame, ImportsPage(imports: [])),
            "inbox": inboxPage(frame, InboxSamples.page),
            "empty inbox": inboxPage(frame, InboxSamples.empty),
            "duplicates": duplicatesPage(frame, DuplicatesSamples.page),
            "no duplicates": duplicatesPage(frame, DuplicatesSamples.empty),
            "audit": auditPage(frame, AuditSamples.page),
            "empty audit": auditPage(frame, AuditSamples.empty),
            "developers": developersPage(frame, DevelopersSamples.page),
            "form": hostedFormPage(HostedFormSamples.refused, session: Sample.session),
            "thanks": hostedFormPage(
                HostedFormSamples.form(.thanked("Bye")), session: Sample.session),
            "closed": hostedFormPage(HostedFormSamples.form(.closed), session: Sample.session),
        ]
        for (state, step) in ImportSamples.moments {
            pages["import \(state) \(step)"] = importPage(frame, ImportSamples.page(state, step))
        }
        for (number, content) in (SettingsSamples.all + SettingsSamples.empty).enumerated() {
            pages["settings \(number)"] = settingsPage(frame, SettingsAccess(), content)
            pages["settings \(number), read only"] = settingsPage(
                frame, SettingsAccess(canEdit: false), content)
        }
        return pages
    }()

    @Test(arguments: pages.keys.sorted())
    func `every tag is closed and every reference leads somewhere`(of name: String) throws {
        let page = try #require(Self.pages[name])
        let markup = PagesMarkup(page)
        #expect(!page.text.contains("HTML(bytes"), "Markup was made into a text.")
        #expect(markup.tags.count > 20)
        #expect(markup.faults == [])
        #expect(markup.doubledIDs == [])
        #expect(markup.danglingReferences == [])
        #expect(markup.inlineHandlers == [])
    }

    @Test(arguments: pages.keys.sorted())
    func `a page has one main landmark and one first heading`(of name: String) throws {
        let tags = PagesMarkup(try #require(Self.pages[name])).tags
        #expect(tags.count { $0.name == "main" } == 1)
        #expect(tags.count { $0.name == "h1" } == 1)
    }

    @Test func `a fragment is the page without its frame`() {
        let body = inboxBody(InboxSamples.page)
        let page = inboxPage(Sample.shell("Inbox", at: .inbox), InboxSamples.page)
        #expect(page.text.contains(body.text))
        #expect(!body.text.contains("<main"))
    }

    @Test func `a file of 60 columns stays within the budget of elements`() {
        var page = ImportSamples.page(.checked, .map)
        page.mapping?.columns = (0..<60).map {
            ImportColumn(name: "column \($0)", samples: ["a", "b"], field: "notes")
        }
        let html = importPage(Sample.shell("Import", at: .imports), page)
        #expect(PagesMarkup(html).tags.count <= 3_500)
    }
}
