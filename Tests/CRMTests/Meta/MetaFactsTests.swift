import Meta
import Storage
import Testing

/// What is known of Facebook, without asking it.
@Suite struct MetaFactsTests {
    private static let body = """
        {"object":"page","entry":[{"id":"153125381133","time":1438292065,"changes":[{"field":\
        "leadgen","value":{"leadgen_id":"123123123123","page_id":"123123123","form_id":\
        "12312312312","adgroup_id":"12312312312","ad_id":"12312312312","created_time":\
        1440120384}}]}]}
        """
    private static let signature =
        "sha256=9501bbc162e6f28787de77f0971e29c53f47955058277c68b2b2558715779ea6"

    @Test func `the signature is over the very bytes`() {
        let bytes = Array(Self.body.utf8)
        let secret = Array("test_app_secret".utf8)
        #expect(bytes.count == 258)
        #expect(WebhookProof.signature(of: bytes, secret: secret) == Self.signature)
        #expect(WebhookProof.isSigned(bytes, Self.signature, secret: secret))
        #expect(!WebhookProof.isSigned(bytes + [10], Self.signature, secret: secret))
        #expect(!WebhookProof.isSigned(bytes, Self.signature, secret: [1]))
        let bad = [nil, "", "sha256=", "sha1=00", String(Self.signature.dropLast()), "sha256=+f"]
        for header in bad { #expect(!WebhookProof.isSigned(bytes, header, secret: secret)) }
    }

    @Test func `ids are text, whether they come as text or as numbers`() throws {
        let notice = try #require(Leadgen(try JSON(parsing: Self.body)))
        let change = try #require(notice.changes.first)
        #expect((change.id, change.form) == ("123123123123", "12312312312"))
        #expect(change.sentAt == Instant("2015-08-21T01:26:24Z"))
        let numbers = Self.body.replacing(
            "\"leadgen_id\":\"123123123123\"", with: "\"leadgen_id\":12312312312312345")
        #expect(Leadgen(try JSON(parsing: numbers))?.changes.first?.id == "12312312312312345")
        for bad: JSON in ["", "../me", "a b", "12?x=1", 0, -1, .null, .number(1.5), .string("é")] {
            #expect(GraphID.read(bad) == nil, "\(bad)")
        }
    }

    @Test func `what names no lead is incomplete, and what is not about pages is nothing`() throws {
        let names: JSON = [
            "object": "page", "entry": [["id": "1", "changed_fields": ["leadgen"]]],
        ]
        #expect(Leadgen(names)?.isIncomplete == true)
        let other: JSON = [
            "object": "page", "entry": [["changes": [["field": "feed", "value": ["x": 1]]]]],
        ]
        #expect(Leadgen(other)?.changes.isEmpty == true)
        #expect(Leadgen(other)?.isIncomplete == false)
        #expect(Leadgen(["object": "user", "entry": []]) == nil)
        #expect(Leadgen(["object": "page"]) == nil)
    }

    @Test(
        arguments: [
            (1, .later), (2, .later), (341, .later), (4, .throttled(seconds: 300)),
            (17, .throttled(seconds: 300)), (32, .throttled(seconds: 300)),
            (613, .throttled(seconds: 300)), (190, .reconnect), (102, .reconnect), (3, .permission),
            (10, .permission), (200, .permission), (299, .permission), (368, .permission),
            (100, .fewTries), (999, .fewTries),
        ] as [(Int64, GraphFault.Remedy)])
    func `each code has its remedy`(code: Int64, remedy: GraphFault.Remedy) {
        let json: JSON = ["error": ["message": "Words", "code": .integer(code)]]
        #expect(GraphFault(status: 400, json).remedy == remedy)
        #expect(GraphFault(status: 400, json).words == "Words")
    }

    @Test func `without a code the status says what helps`() {
        #expect(GraphFault(status: 503, .null).remedy == .later)
        #expect(GraphFault(status: 429, .null, pause: 60).remedy == .throttled(seconds: 60))
        #expect(GraphFault(status: 404, .null).remedy == .fewTries)
        let transient: JSON = ["error": ["code": 999, "is_transient": true]]
        #expect(GraphFault(status: 400, transient).remedy == .later)
    }

    @Test func `headers say when to rest`() {
        let near = #"{"call_count":96,"total_time":3,"total_cputime":3}"#
        #expect(GraphUsage.pauseSeconds(app: near, business: nil) == 60)
        let low = #"{"call_count":20,"total_time":3,"total_cputime":3}"#
        #expect(GraphUsage.pauseSeconds(app: low, business: "no JSON") == nil)
        let blocked = #"{"1":[{"type":"leadgen","estimated_time_to_regain_access":7}]}"#
        #expect(GraphUsage.pauseSeconds(app: low, business: blocked) == 420)
        let long = #"{"1":[{"estimated_time_to_regain_access":5000}]}"#
        #expect(GraphUsage.pauseSeconds(app: nil, business: long) == 3600)
    }

    @Test func `moments have no colon in their offset`() {
        #expect(
            GraphTime.read("2015-02-28T08:49:14+0000") == Instant("2015-02-28T08:49:14Z"))
        #expect(
            GraphTime.read("2015-02-28T08:49:14-0530") == Instant("2015-02-28T14:19:14Z"))
        #expect(GraphTime.read("1440120384") == Instant("2015-08-21T01:26:24Z"))
        for bad: JSON in ["soon", "", 0, .null, .integer(.max)] {
            #expect(GraphTime.read(bad) == nil, "\(bad)")
        }
    }

    @Test func `only https or this machine is asked`() {
        #expect(GraphAddress() != nil)
        #expect(GraphAddress("http://127.0.0.1:80/") != nil)
        #expect(GraphAddress("http://graph.example") == nil)
        #expect(GraphAddress(GraphAddress.facebook, version: "v25.0/x") == nil)
    }
}
