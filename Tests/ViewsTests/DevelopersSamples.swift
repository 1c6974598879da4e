import Views

enum DevelopersSamples {
    static var page: DevelopersPage {
        DevelopersPage(
            groups: [
                APIGroup(
                    name: "Leads", summary: "The record everything hangs on.",
                    operations: [list, create, change, transition]),
                APIGroup(name: "Imports", operations: [upload]),
                APIGroup(name: "Sign-in", operations: [token]),
            ], baseURL: "https://crm.vantage.example", version: "1.0", tenant: "vantage-retail")
    }

    private static let version = APIParameter(
        name: "If-Match", in: .header, type: "string", isRequired: true,
        summary: "The version you read.")
    private static let id = APIParameter(
        name: "id", in: .path, type: "uuid", isRequired: true, summary: "The lead.")

    private static var list: APIOperation {
        var list = APIOperation(
            id: "listLeads", method: "GET", path: "/api/v1/leads", summary: "List leads",
            answers: [
                APIAnswer(status: 200, summary: "A page of leads.", schema: "LeadList"),
                APIAnswer(status: 400, summary: "A filter or cursor is wrong.", schema: "Problem"),
            ])
        list.parameters = [
            APIParameter(
                name: "filter[stage]", in: .query, type: "string", summary: "Key of a stage."),
            APIParameter(
                name: "limit", in: .query, type: "integer 1–200", summary: "50 when absent."),
            APIParameter(name: "cursor", in: .query, type: "string"),
        ]
        return list
    }

    private static var create: APIOperation {
        var create = APIOperation(
            id: "createLead", method: "POST", path: "/api/v1/leads", summary: "Create a lead",
            answers: [
                APIAnswer(status: 201, summary: "Created.", schema: "Lead"),
                APIAnswer(status: 200, summary: "It joined a lead that was here.", schema: "Lead"),
                APIAnswer(status: 422, summary: "A field is wrong.", schema: "Problem"),
            ])
        create.detail = "At least one of company, contact_name, email, phone and external_id."
        create.bodyType = "application/json"
        create.body = [
            APIField(name: "company", type: "string, at most 200"),
            APIField(name: "email", type: "string", summary: "Lower-cased."),
            APIField(name: "value_minor", type: "integer", summary: "In minor units."),
            APIField(name: "custom", type: "object"),
            APIField(name: "erp", type: "string", depth: 1),
        ]
        create.bodyExample = "{\"company\":\"Cedar Dairy\",\"contact_name\":\"Sam O'Ortiz\"}"
        return create
    }

    private static var change: APIOperation {
        var change = APIOperation(
            id: "changeLead", method: "PATCH", path: "/api/v1/leads/{id}",
            summary: "Change a lead",
            answers: [
                APIAnswer(status: 200, summary: "Changed.", schema: "Lead"),
                APIAnswer(status: 412, summary: "Somebody else changed it.", schema: "Problem"),
            ])
        change.parameters = [id, version]
        change.bodyType = "application/json"
        change.bodyExample = "{\"company\":\"Cedar Dairy Ltd\"}"
        return change
    }

    private static var transition: APIOperation {
        var move = APIOperation(
            id: "moveLead", method: "POST", path: "/api/v1/leads/{id}/transition",
            summary: "Move a lead to another stage",
            answers: [APIAnswer(status: 200, summary: "Moved.", schema: "Lead")])
        move.parameters = [id]
        move.bodyType = "application/json"
        move.body = [APIField(name: "to", type: "string", isRequired: true)]
        move.bodyExample = "{\"to\":\"demo_given\"}"
        return move
    }

    private static var upload: APIOperation {
        var upload = APIOperation(
            id: "createImport", method: "POST", path: "/api/v1/imports", summary: "Import a file",
            answers: [APIAnswer(status: 202, summary: "Being checked.", schema: "Import")])
        upload.bodyType = "multipart/form-data"
        upload.body = [APIField(name: "file", type: "file", isRequired: true)]
        return upload
    }

    private static let token = APIOperation(
        id: "createToken", method: "POST", path: "/api/v1/tokens", summary: "Get a token",
        answers: [APIAnswer(status: 200, summary: "Two tokens.", schema: "Tokens")],
        needsToken: false)
}
