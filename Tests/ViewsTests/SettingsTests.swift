import Testing

@testable import Views

@Suite struct SettingsPages {
    @Test(arguments: SettingsSamples.all.indices)
    func `who may not change a section is shown no way to`(at number: Int) {
        let access = SettingsAccess(sections: [.users, .stages], canEdit: false)
        let markup = PagesMarkup(settingsBody(access, SettingsSamples.all[number]))
        #expect(markup.values("data-do") == [])
        #expect(markup.values("data-open-form") == [])
        #expect(!markup.tags.contains { ["input", "select", "dialog"].contains($0.name) })
    }

    @Test(arguments: SettingsSamples.all.indices)
    func `the section shown is marked in the sub-navigation`(at number: Int) {
        let markup = PagesMarkup(settingsBody(SettingsAccess(), SettingsSamples.all[number]))
        let current = markup.tags.filter { $0.attributes["aria-current"] == "page" }
        let section = SettingsSection.allCases[number]
        #expect(current.map { $0.attributes["href"] } == ["/settings/\(section.rawValue)"])
    }

    @Test func `nobody can deactivate oneself`() {
        let body = settingsBody(SettingsAccess(), .users(SettingsSamples.usersPage)).text
        #expect(!body.contains("Deactivate Asha Menon"))
        #expect(body.contains("Deactivate Leo Park"))
        #expect(body.contains("Reactivate Maya Kapoor"))
    }

    @Test func `every change of a record carries the version it was read at`() {
        let pages: [SettingsContent] = [
            .users(SettingsSamples.usersPage), .roles(SettingsSamples.rolesPage),
            .teams(SettingsSamples.teamsPage),
            .stages(SettingsSamples.stagesPage), .forms(SettingsSamples.formsPage),
        ]
        for content in pages {
            let changes = PagesMarkup(settingsBody(SettingsAccess(), content)).tags
                .filter { $0.attributes["data-send"]?.hasPrefix("PATCH ") == true }
            #expect(!changes.isEmpty)
            #expect(changes.allSatisfy { $0.attributes["data-version"] != nil })
        }
    }

    @Test func `a role is narrowed in the dialog of what it is made of, from what it is now`() {
        let body = settingsBody(SettingsAccess(), .roles(SettingsSamples.rolesPage))
        let markup = PagesMarkup(body)
        let narrow = markup.tags.first {
            $0.attributes["data-open-form"] == "role-narrow-salesperson"
        }
        #expect(body.text.contains("data-fill-changes.leads.read=\"own\""))
        #expect(narrow?.attributes["data-fill-masks"] == "internal_notes")
        let select = markup.tags.first { $0.attributes["name"] == "changes.leads.read" }
        #expect(select?.name == "select" && select?.attributes["data-part"] != nil)
        #expect(body.text.contains("Clone Manager"))
        #expect(body.text.contains("Junior &lt;sales&gt;"))
    }

    @Test func `a new user is not an administrator by oversight`() {
        let body = settingsBody(SettingsAccess(), .users(SettingsSamples.usersPage)).text
        #expect(body.contains("<option value=\"salesperson\" selected>"))
        #expect(!body.contains("<option value=\"admin\" selected>"))
    }

    @Test func `a rule says in a line whom it sends where`() {
        let access = SettingsAccess(canEdit: false)
        let body = settingsBody(access, .assignment(SettingsSamples.assignmentPage)).text
        #expect(body.contains("$50,000 and more"))
        #expect(body.contains("Website form · within East or &lt;North&gt;"))
        #expect(body.contains("Sales East, by weight"))
        #expect(body.contains("Demo, in working hours, waits 60 min, next after 30 min"))
        #expect(body.contains("1 lead waits"))
        #expect(body.contains("Fair &lt;Mumbai&gt;"))
    }

    @Test func `a form's code is shown only while its token is known`() {
        let body = settingsBody(
            SettingsAccess(canEdit: false), .forms(SettingsSamples.formsPage)
        ).text
        #expect(body.contains("https://crm.vantage.example/f/frm_2m8s7c9bqk/embed.js"))
        #expect(body.components(after: "Embed code</span>").count == 1)
    }

    @Test(arguments: [
        (0, 2, "0"), (5, 2, "0.05"), (100, 2, "1"), (2_500_050, 2, "25000.50"), (-150, 2, "-1.50"),
        (7, 0, "7"), (1_234, 3, "1.234"),
    ])
    func `minor units are written as people type them`(minor: Int64, digits: Int, text: String) {
        #expect(majorUnits(minor, digits: digits) == text)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "−1,234,567")])
    func `thousands are set apart`(number: Int, text: String) {
        #expect(grouped(number) == text)
    }
}
