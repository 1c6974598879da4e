import Testing

@testable import Views

@Suite struct DevelopersPages {
    static let operations = DevelopersSamples.page.groups.flatMap(\.operations)

    @Test func `every operation is listed, described and reachable by its anchor`() {
        let markup = PagesMarkup(developersBody(DevelopersSamples.page))
        let ids = Set(markup.values("id"))
        let links = markup.values("href").filter { $0.hasPrefix("#") }.map { $0.dropFirst() }
        #expect(links.allSatisfy { ids.contains(String($0)) })
        #expect(Self.operations.allSatisfy { links.contains($0.id[...]) })
    }

    @Test func `an example survives a quote in its body`() throws {
        let create = try #require(Self.operations.first { $0.id == "createLead" })
        #expect(
            curl(create, "https://x.example") == """
                curl -X POST 'https://x.example/api/v1/leads' \\
                  -H "Authorization: Bearer $TOKEN" \\
                  -H 'Content-Type: application/json' \\
                  -d '{"company":"Cedar Dairy","contact_name":"Sam O'\\''Ortiz"}'
                """)
    }

    @Test func `an example sends the version where one is asked, and no token where none is`()
        throws
    {
        let change = try #require(Self.operations.first { $0.id == "changeLead" })
        #expect(curl(change, "").contains("-H 'If-Match: \"1\"'"))
        let token = try #require(Self.operations.first { $0.id == "createToken" })
        #expect(!curl(token, "").contains("Authorization"))
        let upload = try #require(Self.operations.first { $0.id == "createImport" })
        #expect(curl(upload, "").contains("-F file=@leads.csv"))
    }
}
