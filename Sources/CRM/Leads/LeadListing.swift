import Storage
import Tenancy
import Web

extension Leads {
    /// A stage's place in the pipeline. Asked for, not joined: lists are walked without joins.
    private static let position: SQL = """
        (SELECT k.position FROM stages k WHERE k.tenant_id = l.tenant_id AND k.key = l.stage)
        """

    /// What lists of leads are filtered and sorted by, in the API and on the pages alike.
    package static let listing = Listing(
        [
            .init("id", .id, "l.id", sort: "l.id"),
            .init("stage", .text, "l.stage", sort: position),
            .init(
                "stage_class", .choice(Stage.Status.allCases.map(\.rawValue)), "l.stage",
                equals: { text, _ in byStatus(text) }),
            .init("owner", .id, "l.owner_id", equals: byOwner),
            .init("source", .text, "l.source", sort: "l.source"),
            .init("campaign", .text, "l.campaign"),
            .init("product", .text, "l.product"),
            .init("territory", .text, "l.territory"),
            .init("tag", .text, "l.tags", equals: byTag),
            .init(
                "company", .text, "l.company",
                sort: "COALESCE(l.company, l.contact_name, l.email, l.phone_raw, '')"),
            .init(
                "contact_name", .text, "l.contact_name",
                sort: "COALESCE(l.contact_name, '')"),
            .init(
                "email", .text, "l.email",
                equals: { text, scope in
                    try scope.caller.mustSee(.contacts, "e-mail")
                    return "l.email = \(text.lowercased())"
                }),
            .init(
                "phone", .text, "l.phone",
                equals: { text, scope in
                    try scope.caller.mustSee(.contacts, "phone")
                    return "l.phone = \(text)"
                }),
            .init(
                "external_id", .text, "l.external_id",
                equals: { text, scope in
                    try scope.caller.mustSee(.companyFields, "external id")
                    return "l.external_id = \(text)"
                }),
            .init("value_minor", .integer, "l.value_minor", sort: "COALESCE(l.value_minor, -1)"),
            .init("created_at", .instant, "l.created_at", sort: "l.created_at"),
            .init("updated_at", .instant, "l.updated_at", sort: "l.updated_at"),
            .init("stage_entered_at", .instant, "l.stage_entered_at", sort: "l.stage_entered_at"),
            .init("closed_at", .instant, "l.closed_at", sort: "COALESCE(l.closed_at, 0)"),
            .init("next_follow_up_at", .instant, "l.next_follow_up_at", sort: "l.due_at"),
            .init("respond_by", .instant, "l.respond_by"),
            .init("stalled", .choice(["true", "false"]), "l.stage", equals: byStalled),
            .init("import", .id, "l.id", equals: byImport),
            .init("q", .text, "l.company", equals: bySearch),
        ], defaultSort: "-created_at")

    private static func byStatus(_ text: String) -> SQL {
        """
        l.stage IN (SELECT k.key FROM stages k WHERE k.tenant_id = l.tenant_id AND k.class IN
            \(SQL.list(text.split(separator: ",").map(String.init))))
        """
    }

    /// `me` and `none` beside ids.
    @Sendable private static func byOwner(_ text: String, _ scope: Scope) throws -> SQL {
        var arms: [SQL] = []
        var ids: [ID<User>] = []
        for word in text.split(separator: ",").prefix(100) {
            if word == "none" {
                arms.append("l.owner_id IS NULL")
            } else if let id = word == "me" ? scope.caller.user : ID<User>(word) {
                ids.append(id)
            } else {
                throw Problem.invalid("filter[owner]", "Give ids of people, or me, or none.")
            }
        }
        if !ids.isEmpty { arms.append("l.owner_id IN \(SQL.list(ids))") }
        return arms.isEmpty ? "1 = 0" : SQL.joined(arms, by: " OR ")
    }

    @Sendable private static func byTag(_ text: String, _ scope: Scope) throws -> SQL {
        try scope.caller.mustSee(.companyFields, "tags")
        return scope.tx.dialect.contains("l.tags", JSON.string(text).text)
    }

    /// In an open stage for longer than the stage's limit.
    @Sendable private static func byStalled(_ text: String, _ scope: Scope) -> SQL {
        let stalled: SQL = """
            l.stage IN (SELECT k.key FROM stages k WHERE k.tenant_id = l.tenant_id
                AND k.class = 'open' AND k.stalled_after_days IS NOT NULL
                AND l.stage_entered_at < \(scope.now) - k.stalled_after_days * 86400000000)
            """
        return text == "true" ? stalled : "NOT (\(stalled))"
    }

    /// Every word somewhere in the names, the address, the number or the other system's id.
    @Sendable package static func bySearch(_ text: String, _ scope: Scope) -> SQL {
        let words = text.split(whereSeparator: \.isWhitespace).prefix(6).map(String.init)
        guard !words.isEmpty else { return "1 = 1" }
        var columns: [SQL] = ["l.company", "l.contact_name"]
        let masks = scope.caller.grants.masks
        if masks.isDisjoint(with: .contacts) { columns += ["l.email", "l.phone", "l.phone_raw"] }
        if masks.isDisjoint(with: .companyFields) { columns.append("l.external_id") }
        let all = words.map { word in
            SQL.joined(columns.map { scope.tx.dialect.contains($0, word) }, by: " OR ")
        }
        return SQL.joined(all.map { "(\($0))" }, by: " AND ")
    }
}
