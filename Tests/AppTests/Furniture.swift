import App
import CRM
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing
import Web

/// Makes a fresh record of whatever noun a path names, by somebody, for tests that knock at
/// every door.
struct Furniture: Sendable {
    let world: World
    /// Who makes what has no owner.
    let admin: Person
    /// What everything is called, with a number behind it.
    var name = "Piece"

    /// The nouns whose ids a route's path asks for: of `/leads/{id}/shares/{share}`, both.
    static func nouns(of route: Route) -> [String] {
        let segments = route.path.split(separator: "/").map(String.init)
        return zip(segments, segments.dropFirst()).filter { $1.hasPrefix("{") }.map(\.0)
    }

    /// A record for each id in the route's path.
    func ids(for route: Route, of person: Person) async throws -> [String: String] {
        var ids: [String: String] = [:]
        for noun in Self.nouns(of: route) { ids[noun] = try await make(noun, of: person) }
        return ids
    }

    /// - Parameter person: Whose it is, where it is somebody's.
    func make(_ noun: String, of person: Person) async throws -> String {
        switch noun {
        case "leads": try await lead(person)
        case "follow-ups": try await followUp(person).id
        case "changes": try await followUp(person).change
        case "shares": try await share(person)
        case "views":
            try await made(
                person, "views", ["name": unique, "query": "sort=company"])
        case "sessions": try await session(person)
        case "imports", "import": try await importRun(person)
        case "stages": "open"
        case "users": try await user()
        case "teams", "partners", "forms", "api-keys":
            try await made(admin, noun, ["name": unique])
        case "import-mappings":
            try await made(
                admin, noun, ["name": unique, "mapping": ["columns": ["Company": "company"]]])
        case "roles": try await made(admin, noun, ["name": unique, "base": "manager"])
        case "jobs", "outbox":
            // The letter that asks somebody in, and the job that sends it.
            try await newest(noun, after: { _ = try await user() })
        case "files": try await file(person)
        case "inbox": try await newest(noun, after: arrive)
        case "meta": "vantage-retail"
        case "break-glass": try await breakGlass()
        case "duplicates": try await duplicate(person)
        case "merges": try await merge(person)
        default: throw NoSuchNoun(noun: noun)
        }
    }

    private var unique: JSON {
        .string("\(name) \(UUIDv7.text(UUIDv7.next()).suffix(12))")
    }

    private func made(_ maker: Person, _ path: String, _ body: JSON) async throws -> String {
        let answer = try await maker.post("/api/v1/\(path)", body)
        guard let id = answer.json["id"]?.string else { throw UnexpectedAnswer(answer: answer) }
        return id
    }

    private func lead(_ person: Person) async throws -> String {
        try await made(person, "leads", ["company": unique])
    }

    private func user() async throws -> String {
        let mark = UUIDv7.text(UUIDv7.next()).suffix(12)
        return try await made(
            admin, "users",
            [
                "name": unique, "email": .string("\(mark)@piece.example"),
                "role": "salesperson",
            ])
    }

    private func followUp(_ person: Person) async throws -> (id: String, change: String) {
        let lead = try await lead(person)
        let step: JSON = ["kind": "call", "at": "2026-12-01T10:00:00Z"]
        let answer = try await person.post("/api/v1/leads/\(lead)/follow-ups", step)
        let told = try await person.get("/api/v1/leads/\(lead)/timeline").data.first
        guard let change = answer.json["change"]?.string,
            let id = told?["data"]?["follow_up"]?.string
        else { throw UnexpectedAnswer(answer: answer) }
        return (id, change)
    }

    private func share(_ person: Person) async throws -> String {
        let (lead, user) = (try await lead(person), try await user())
        return try await made(
            person, "leads/\(lead)/shares", ["user": .string(user), "relation": "watcher"])
    }

    /// How somebody from elsewhere got in.
    private func breakGlass() async throws -> String {
        let id = UUIDv7.next()
        let caller = Caller(tenant: admin.tenant, actor: .user(admin.id), role: admin.role)
        _ = try await world.database.write(as: caller, at: world.clock.now) { scope in
            try await scope.tx.execute(
                """
                INSERT INTO break_glass (tenant_id, id, operator_tenant_id, operator_id,
                    operator_name, operator_email, reason, token_hash, began_at, ends_at)
                VALUES (\(scope.tenant), \(id), \(UUIDv7.next()), \(UUIDv7.next()), 'Olga',
                    'olga@elsewhere.example', 'To see what is there', \(Array(UUIDv7.text(id).utf8)),
                    \(scope.now), \(scope.now.adding(seconds: 3600)))
                """)
        }
        return UUIDv7.text(id)
    }

    private func merge(_ person: Person) async throws -> String {
        let (merged, into) = (try await lead(person), try await lead(person))
        let answer = try await admin.post(
            "/api/v1/leads/\(merged)/merge", ["into": .string(into)])
        guard let id = answer.json["merge"]?.string else { throw UnexpectedAnswer(answer: answer) }
        return id
    }

    /// Two leads of which it was said that they may be one.
    private func duplicate(_ person: Person) async throws -> String {
        let leads = [try await lead(person), try await lead(person)].sorted()
        let id = UUIDv7.next()
        let caller = Caller(tenant: admin.tenant, actor: .user(admin.id), role: admin.role)
        _ = try await world.database.write(as: caller, at: world.clock.now) { scope in
            try await scope.tx.execute(
                """
                INSERT INTO duplicate_pairs (tenant_id, id, low_id, high_id, score_bp, evidence,
                    state, found_at)
                VALUES (\(scope.tenant), \(id), \(ID<Lead>(leads[0])), \(ID<Lead>(leads[1])), 9000,
                    '[]', 'open', \(scope.now))
                """)
        }
        return UUIDv7.text(id)
    }

    /// Another one than the one that they sit at.
    private func session(_ person: Person) async throws -> String {
        let caller = Caller(tenant: person.tenant, actor: .user(person.id), role: person.role)
        _ = try await world.server.authenticator.write(as: caller, at: world.clock.now) {
            try await Sessions($0).start()
        }
        let others = try await person.get("/api/v1/sessions").data.filter { $0["current"] == false }
        return try #require(others.first?["id"]?.string)
    }

    private func importRun(_ person: Person) async throws -> String {
        let boundary = "----piece7MA4YWxkTrZu0gW"
        let body = """
            --\(boundary)\r
            Content-Disposition: form-data; name="file"; filename="\(name).csv"\r
            Content-Type: text/csv\r
            \r
            Company\r
            \(name)\r
            --\(boundary)--\r

            """
        let answer = try await person.browser.send(
            .post, "/api/v1/imports", bytes: Array(body.utf8),
            headers: [.contentType: "multipart/form-data; boundary=\(boundary)"])
        guard let id = answer.json["id"]?.string else { throw UnexpectedAnswer(answer: answer) }
        return id
    }

    /// A lead that a program sends.
    private func arrive() async throws {
        let key = try await admin.post("/api/v1/api-keys", ["name": unique])
        let program = world.nobody.bearing(key.json["token"]?.string ?? "")
        _ = try await program.send(.post, "/api/v1/leads", ["company": unique])
    }

    /// What a form brought along with a lead that the person has.
    private func file(_ person: Person) async throws -> String {
        let mail = "\(UUIDv7.text(UUIDv7.next()).suffix(12))@piece.example"
        let lead = try await made(person, "leads", ["company": unique, "email": .string(mail)])
        let form = try await admin.post(
            "/api/v1/forms",
            [
                "name": unique,
                "definition": [
                    "fields": [
                        ["key": "email", "label": "Email", "kind": "email"],
                        ["key": "plan", "label": "Plan", "kind": "file", "types": ["txt"]],
                    ]
                ],
            ])
        let boundary = "----piece7MA4YWxkTrZu0gW"
        let body = """
            --\(boundary)\r
            Content-Disposition: form-data; name="email"\r
            \r
            \(mail)\r
            --\(boundary)\r
            Content-Disposition: form-data; name="plan"; filename="\(name).txt"\r
            \r
            \(name)\r
            --\(boundary)--\r

            """
        let sent = try await world.nobody.send(
            .post, "/f/\(form.json["token"]?.string ?? "")", bytes: Array(body.utf8),
            headers: [.contentType: "multipart/form-data; boundary=\(boundary)"])
        let files = try await person.get("/api/v1/leads/\(lead)/files").data
        guard let id = files.first?["id"]?.string else { throw UnexpectedAnswer(answer: sent) }
        return id
    }

    private func newest(
        _ noun: String, after body: () async throws -> Void
    ) async throws -> String {
        func all() async throws -> [String] {
            try await admin.get("/api/v1/\(noun)?limit=200").data.compactMap { $0["id"]?.string }
        }
        let before = Set(try await all())
        try await body()
        return try #require(try await all().first { !before.contains($0) }, "no \(noun)")
    }
}

/// A path names what no test can make yet: say in `Furniture` how it is made.
struct NoSuchNoun: Error {
    let noun: String
}
