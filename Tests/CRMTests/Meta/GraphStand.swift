import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import Storage
import Synchronization
import Web

/// Facebook's Graph API on loopback, as far as leads are read by it, with knobs for its faults.
final class GraphStand: Sendable {
    static let token = "EAAB-page-token-of-vantage-0001"
    static let page = "153125381133"

    let base: String
    private let state: Mutex<State>

    /// What it does wrong, and what it has.
    struct State: Sendable {
        var tokens: Set<String> = [GraphStand.token]
        var leads: [String: JSON] = [:]
        var forms: [String: [String]] = [:]
        /// Nothing is answered but by 500.
        var isDown = false
        /// Codes that the next reads of leads are answered with.
        var faults: [(code: Int, status: Int)] = []
        /// So many reads of each lead find nothing.
        var hiddenReads = 0
        /// After so many reads the tokens are dead.
        var readsLeft: Int?
        /// Whether ads may be seen.
        var showsAds = true
        var hasNumbers = false
        /// Only a token in the address counts.
        var ignoresHeader = false
        var isSubscribed = true
        var usage: String?
        var pageSize = 100
        var readsOf: [String: Int] = [:]
        var reads = 0
        var testLeads: [String: [String]] = [:]
    }

    private init(port: Int) {
        base = "http://127.0.0.1:\(port)"
        state = Mutex(State())
    }

    static func with(_ body: @escaping @Sendable (GraphStand) async throws -> Void) async throws {
        let holder = Holder()
        let router = Router()
        for method in [HTTPRequest.Method.get, .post, .delete] {
            router.on("/**", method: method) { request, _ in try holder.stand().answer(request) }
        }
        let log = Logger(label: "stand", factory: { _ in SwiftLogNoOpLogHandler() })
        try await Application(router: router, logger: log).test(.live) { client in
            let stand = GraphStand(port: client.port ?? 0)
            holder.put(stand)
            try await body(stand)
        }
    }

    private final class Holder: Sendable {
        private let held = Mutex<GraphStand?>(nil)

        func put(_ stand: GraphStand) { held.withLock { $0 = stand } }
        func stand() throws -> GraphStand {
            guard let stand = held.withLock({ $0 }) else { throw HTTPError(.notFound) }
            return stand
        }
    }

    /// Turns its knobs, or reads them.
    @discardableResult
    func turn<Value: Sendable>(_ body: (inout sending State) -> sending Value) -> Value {
        state.withLock { body(&$0) }
    }

    /// Somebody sends a form.
    ///
    /// - Returns: The change that the webhook tells.
    @discardableResult
    func send(
        _ id: String, form: String = "77001", at moment: Instant, _ answers: [String: String]? = nil
    ) -> JSON {
        let given = answers ?? ["full_name": "Person \(id)", "email": "p\(id)@lead.example"]
        let data = given.sorted { $0.key < $1.key }.map { name, value -> JSON in
            ["name": .string(name), "values": [.string(value)]]
        }
        let seconds = moment.microseconds / 1_000_000
        let text = moment.text.replacing("Z", with: "+0000")
        state.withLock { state in
            state.leads[id] = [
                "id": .string(id), "created_time": .string(text), "form_id": .string(form),
                "ad_id": "6001", "adset_id": "6002", "campaign_id": "6003", "ad_name": "Blue ad",
                "adset_name": "Everybody", "campaign_name": "Spring", "is_organic": false,
                "platform": "fb", "field_data": .array(data),
                "custom_disclaimer_responses": [
                    ["checkbox_key": "offers", "is_checked": "1"],
                    ["checkbox_key": "partners", "is_checked": ""],
                ],
            ]
            state.forms[form, default: []].append(id)
        }
        return Self.change(id, form: form, seconds, isNumber: turn { $0.hasNumbers })
    }

    static func change(_ id: String, form: String, _ seconds: Int64, isNumber: Bool) -> JSON {
        func text(_ id: String) -> JSON {
            isNumber ? Int64(id).map(JSON.integer) ?? .null : .string(id)
        }
        return [
            "field": "leadgen",
            "value": [
                "leadgen_id": text(id), "page_id": text(page), "form_id": text(form),
                "adgroup_id": text("6001"), "ad_id": text("6001"),
                "created_time": .integer(seconds), "something_new": "ignored",
            ],
        ]
    }

    private func answer(_ request: Request) throws -> Response {
        let parts = request.uri.path.split(separator: "/").map(String.init)
        guard parts.first == "v25.0", parts.count >= 2 else { throw HTTPError(.notFound) }
        let query = Query(request.uri.query ?? "")
        let bearer = request.headers[.authorization]?.replacing("Bearer ", with: "")
        return state.withLock { state in
            guard !state.isDown else {
                return Self.fault(2, "Service temporarily unavailable", 500)
            }
            let given =
                state.ignoresHeader ? query["access_token"] : bearer ?? query["access_token"]
            guard state.tokens.contains(given ?? "") else {
                return Self.fault(190, "Error validating access token: \(bearer ?? "none")", 400)
            }
            let edge = parts.count > 2 ? parts[2] : ""
            return switch (request.method, edge) {
            case (.get, "leads"): Self.list(parts[1], query, &state)
            case (_, "test_leads"): Self.test(parts[1], request.method, &state)
            case (.get, "subscribed_apps"):
                Self.json(["data": state.isSubscribed ? [["id": "1", "name": "App"]] : []])
            case (.post, "subscribed_apps"): Self.subscribe(&state)
            case (.get, "leadgen_forms"):
                Self.json(["data": [["id": "77001", "name": "Spring form"]]])
            case (.delete, ""): Self.json(["success": true])
            case (.get, "") where parts[1] == "me":
                Self.json(["id": .string(Self.page), "name": "Vantage"])
            case (.get, ""): Self.read(parts[1], query, &state)
            default: Self.fault(100, "Unsupported request", 400)
            }
        }
    }

    private static func subscribe(_ state: inout State) -> Response {
        state.isSubscribed = true
        return json(["success": "true"])
    }

    private static func read(_ id: String, _ query: Query, _ state: inout State) -> Response {
        state.reads += 1
        if let left = state.readsLeft {
            if left == 0 { state.tokens = [] }
            state.readsLeft = left - 1
            if left == 0 { return fault(190, "The session has been invalidated", 400) }
        }
        if !state.faults.isEmpty {
            let (code, status) = state.faults.removeFirst()
            return fault(code, "Fault \(code)", status)
        }
        let asksAds = query["fields"]?.contains("campaign_id") ?? false
        state.readsOf[id, default: 0] += asksAds ? 1 : 0
        guard state.showsAds || !asksAds else {
            return fault(200, "Requires ads_management permission", 403)
        }
        guard let lead = state.leads[id], state.readsOf[id] ?? 0 > state.hiddenReads else {
            return fault(100, "Unsupported get request. Object does not exist", 400)
        }
        return json(shown(lead, query), usage: state.usage)
    }

    /// Without the ads where they were not asked for.
    private static func shown(_ lead: JSON, _ query: Query) -> JSON {
        let fields = Set((query["fields"] ?? "").split(separator: ",").map(String.init))
        return .object((lead.object ?? [:]).filter { fields.contains($0.key) })
    }

    private static func list(_ form: String, _ query: Query, _ state: inout State) -> Response {
        guard let ids = state.forms[form] else { return fault(100, "No such form", 400) }
        let filter = query["filtering"].flatMap { try? JSON(parsing: $0) }?.array?.first
        let since = filter?["value"]?.integer ?? 0
        // The newest first, as Facebook has it.
        let all = ids.reversed().compactMap { state.leads[$0] }.filter { lead in
            let text = lead["created_time"]?.string?.replacing("+0000", with: "Z") ?? ""
            return (Instant(text)?.microseconds ?? 0) / 1_000_000 > since
        }
        let start = query["after"].flatMap { Int($0) } ?? 0
        let some = all.dropFirst(start).prefix(state.pageSize)
        let end = start + some.count
        var paging: [String: JSON] = ["cursors": ["before": "0", "after": .string("\(end)")]]
        if end < all.count { paging["next"] = "https://elsewhere.example/?access_token=x" }
        return json(["data": .array(some.map { shown($0, query) }), "paging": .object(paging)])
    }

    private static func test(
        _ form: String, _ method: HTTPRequest.Method, _ state: inout State
    ) -> Response {
        let old = state.testLeads[form] ?? []
        if method == .get { return json(["data": .array(old.map { ["id": .string($0)] })]) }
        let id = "9900\(old.count + 1)"
        state.testLeads[form] = old + [id]
        return json(["id": .string(id)])
    }

    private static func fault(_ code: Int, _ words: String, _ status: Int) -> Response {
        json(
            [
                "error": [
                    "message": .string(words), "type": "OAuthException",
                    "code": .integer(Int64(code)),
                ]
            ], HTTPResponse.Status(code: status))
    }

    private static func json(
        _ json: JSON, _ status: HTTPResponse.Status = .ok, usage: String? = nil
    ) -> Response {
        var headers: HTTPFields = [.contentType: "application/json"]
        if let usage, let name = HTTPField.Name("X-App-Usage") { headers[name] = usage }
        return Response(
            status: status, headers: headers,
            body: .init(byteBuffer: ByteBuffer(string: json.text)))
    }
}
