/// One parameter of the path, the query or a header.
package struct APIParameter: Sendable {
    package enum Place: String, Sendable { case path, query, header }

    package var name: String
    package var place: Place
    /// The type in words, e.g. `string`, `uuid`, `integer 1–200`.
    package var type: String
    package var isRequired: Bool
    package var summary: String

    package init(
        name: String, in place: Place, type: String, isRequired: Bool = false, summary: String = ""
    ) {
        (self.name, self.place, self.type) = (name, place, type)
        (self.isRequired, self.summary) = (isRequired, summary)
    }
}

/// One member of a JSON body. Nested members follow their parent with a greater depth.
package struct APIField: Sendable {
    package var name: String
    package var type: String
    package var isRequired: Bool
    package var summary: String
    package var depth: Int

    package init(
        name: String, type: String, isRequired: Bool = false, summary: String = "", depth: Int = 0
    ) {
        (self.name, self.type, self.isRequired) = (name, type, isRequired)
        (self.summary, self.depth) = (summary, depth)
    }
}

package struct APIAnswer: Sendable {
    package var status: Int
    package var summary: String
    /// Name of the schema of the answer, e.g. `Lead` or `Problem`; nil when it has no body.
    package var schema: String?

    package init(status: Int, summary: String, schema: String? = nil) {
        (self.status, self.summary, self.schema) = (status, summary, schema)
    }
}

package struct APIOperation: Sendable {
    /// The OpenAPI `operationId`; also the anchor on the page.
    package var id: String
    /// Upper case: GET, POST, PUT, PATCH, DELETE.
    package var method: String
    package var path: String
    /// One line.
    package var summary: String
    /// Further words, plain text.
    package var detail: String
    package var parameters: [APIParameter]
    /// Media type of the body, e.g. `application/json`; nil without a body.
    package var bodyType: String?
    package var body: [APIField]
    /// A JSON body to show and to send from the example; one line or many.
    package var bodyExample: String?
    package var answers: [APIAnswer]
    /// False for what needs no token (sign-in, public forms, health).
    package var needsToken: Bool

    package init(
        id: String, method: String, path: String, summary: String, answers: [APIAnswer],
        needsToken: Bool = true
    ) {
        (self.id, self.method, self.path, self.summary) = (id, method, path, summary)
        (self.answers, self.needsToken) = (answers, needsToken)
        (detail, parameters, bodyType, body, bodyExample) = ("", [], nil, [], nil)
    }
}

package struct APIGroup: Sendable {
    package var name: String
    package var summary: String
    package var operations: [APIOperation]

    package init(name: String, summary: String = "", operations: [APIOperation]) {
        (self.name, self.summary, self.operations) = (name, summary, operations)
    }
}

/// The page at `/developers`.
package struct DevelopersPage: Sendable {
    package var groups: [APIGroup]
    /// Scheme and host for the examples, without a slash at the end.
    package var baseURL: String
    /// Version of the API document.
    package var version: String
    /// Slug of the reader's tenant, for the token example.
    package var tenant: String

    package init(groups: [APIGroup], baseURL: String, version: String, tenant: String) {
        (self.groups, self.baseURL) = (groups, baseURL)
        (self.version, self.tenant) = (version, tenant)
    }
}
