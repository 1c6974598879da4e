import NIOHTTP1
import Storage

extension MetaGraph {
    /// What every token that reads leads may see.
    private static let narrow =
        "id,created_time,ad_id,form_id,field_data,custom_disclaimer_responses"
    /// What needs rights to the ads as well.
    private static let wide =
        narrow + ",adset_id,campaign_id,ad_name,adset_name,campaign_name,is_organic,platform"
    private static let pageSize = 100

    /// A lead by its id.
    ///
    /// - Throws: `GraphFault`.
    package func lead(_ id: String, token: String) async throws -> (
        lead: GraphLead, pauseSeconds: Int?
    ) {
        let answer = try await widest { fields in
            try await ask(.GET, id, [("fields", fields)], token: token)
        }
        guard let lead = GraphLead(answer.json) else {
            throw GraphFault(.fewTries, "Facebook’s answer is no lead.")
        }
        return (lead, answer.pauseSeconds)
    }

    /// Some of a form's leads, as Facebook lists them.
    package struct Page: Sendable {
        package let leads: [GraphLead]
        /// Behind which the next ones are; nil on the last.
        package let after: String?
        package let pauseSeconds: Int?
    }

    /// Leads of a form that were sent after a moment.
    ///
    /// - Throws: `GraphFault`.
    package func leads(
        of form: String, since: Instant, after cursor: String?, token: String
    ) async throws -> Page {
        let filter = JSON.array([
            [
                "field": "time_created", "operator": "GREATER_THAN",
                "value": .integer(since.microseconds / 1_000_000),
            ]
        ])
        let answer = try await widest { fields in
            var query = [
                ("fields", fields), ("filtering", filter.text), ("limit", "\(Self.pageSize)"),
            ]
            if let cursor { query.append(("after", cursor)) }
            return try await ask(.GET, "\(form)/leads", query, token: token)
        }
        let all = answer.json["data"]?.array ?? []
        return Page(
            leads: all.compactMap(GraphLead.init), after: Self.next(answer.json, behind: cursor),
            pauseSeconds: answer.pauseSeconds)
    }

    /// With the ads where the token may see them, else without.
    private func widest(_ body: (String) async throws -> Answer) async throws -> Answer {
        do {
            return try await body(Self.wide)
        } catch let fault as GraphFault where fault.remedy == .permission || fault.code == 100 {
            return try await body(Self.narrow)
        }
    }

    /// Of the addresses that Facebook gives only the cursor is used: they hold the token.
    private static func next(_ json: JSON, behind cursor: String?) -> String? {
        let paging = json["paging"]
        guard let after = paging?["cursors"]?["after"]?.string, after != cursor, !after.isEmpty,
            let count = json["data"]?.array?.count, count > 0,
            paging?["next"]?.string != nil || count >= pageSize
        else { return nil }
        return after
    }
}

extension MetaGraph {
    /// The page that a token is for.
    package func page(token: String) async throws -> (id: String, name: String)? {
        let json = try await ask(.GET, "me", [("fields", "id,name")], token: token).json
        return GraphID.read(json["id"]).map { ($0, json["name"]?.string ?? "") }
    }

    /// Whether the page tells an app of ours of its leads.
    package func isSubscribed(_ page: String, token: String) async throws -> Bool {
        let json = try await ask(.GET, "\(page)/subscribed_apps", token: token).json
        return !(json["data"]?.array ?? []).isEmpty
    }

    /// Has the page tell us of its leads.
    package func subscribe(_ page: String, token: String) async throws {
        _ = try await ask(
            .POST, "\(page)/subscribed_apps", [("subscribed_fields", "leadgen")], token: token)
    }

    /// The forms of a page.
    package func forms(
        of page: String, token: String
    ) async throws -> [(id: String, name: String)] {
        var forms: [(id: String, name: String)] = []
        var cursor: String?
        repeat {
            var query = [("fields", "id,name"), ("limit", "\(Self.pageSize)")]
            if let cursor { query.append(("after", cursor)) }
            let json = try await ask(.GET, "\(page)/leadgen_forms", query, token: token).json
            forms += (json["data"]?.array ?? []).compactMap { form in
                GraphID.read(form["id"]).map { ($0, form["name"]?.string ?? "") }
            }
            cursor = Self.next(json, behind: cursor)
        } while cursor != nil && forms.count < Self.formsMax
        return forms
    }

    private static let formsMax = 1000

    /// Has Facebook make the test lead of a form anew: there is one at most.
    ///
    /// - Returns: Its id.
    package func testLead(of form: String, token: String) async throws -> String {
        let old = try await ask(.GET, "\(form)/test_leads", token: token).json["data"]?.array ?? []
        for lead in old.prefix(10).compactMap({ GraphID.read($0["id"]) }) {
            _ = try await ask(.DELETE, lead, token: token)
        }
        let json = try await ask(.POST, "\(form)/test_leads", token: token).json
        guard let id = GraphID.read(json["id"]) else {
            throw GraphFault(.fewTries, "Facebook did not say which test lead it made.")
        }
        return id
    }
}
