import App
import Crypto
import DatabaseSupport
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing
import Web

@testable import CRM

/// What keeps machines, floods and double clicks out of forms, and real people in.
@Suite struct FormGuardTests {
    @Test func `a challenge is made as Altcha makes it`() {
        let work = ProofOfWork(key: SymmetricKey(data: Data("secret".utf8)))
        let made = work.challenge(
            salt: "0123456789abcdef01234567?expires=1893456000&", number: 4242)
        #expect(
            made.challenge == "0793718836b1a4d5261bcd056f5a51462433fed6df693941bc1bac42fd0a9e07")
        #expect(
            made.signature == "5c1082f9ec4055efcd426f3e4bc860b6c3f237249b4fb5c1fd2393f59aa91371")
    }

    /// The proof for a challenge, found as a browser finds it.
    private static func proof(_ told: JSON, number bent: Int? = nil) throws -> String {
        let (salt, challenge) = (told["salt"]?.string ?? "", told["challenge"]?.string ?? "")
        let number = try #require(
            (0...ProofOfWork.numberMax).first { number in
                let hash = SHA256.hash(data: Data("\(salt)\(number)".utf8))
                return hash.map { String(format: "%02x", $0) }.joined() == challenge
            })
        let proof: JSON = [
            "algorithm": "SHA-256", "challenge": .string(challenge), "salt": .string(salt),
            "number": .integer(Int64(bent ?? number)), "signature": told["signature"] ?? .null,
        ]
        return Data(proof.text.utf8).base64EncodedString()
    }

    @Test(arguments: EngineKind.allCases)
    func `a form with a challenge takes one submission for one proof, of its own and in time`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let definition: JSON = ["fields": [FormDefinitionTests.email], "challenge": true]
            let stand = try await FormStand.make(world, definition)
            let other = try await FormStand.make(world, definition)
            func challenge(_ stand: FormStand) async throws -> JSON {
                try await world.nobody.send(.get, stand.path + "/challenge").json
            }
            func send(_ email: String, _ proof: String) async throws -> Answer {
                try await stand.send(["email": .string(email), "altcha": .string(proof)])
            }
            #expect(try await stand.send(["email": "a@x.example"]).faults == ["altcha"])
            let told = try await challenge(stand)
            #expect(told["maxnumber"] == .integer(Int64(ProofOfWork.numberMax)))
            let bent = try Self.proof(told, number: 7)
            #expect(try await send("a@x.example", bent).faults == ["altcha"])
            let foreign = try Self.proof(try await challenge(other))
            #expect(try await send("a@x.example", foreign).faults == ["altcha"])
            let proof = try Self.proof(told)
            // What the sender can put right costs no proof.
            #expect(try await send("nobody", proof).faults == ["email"])
            #expect(try await send("a@x.example", proof).status == 200)
            #expect(try await send("b@x.example", proof).faults == ["altcha"])
            let late = try Self.proof(try await challenge(stand))
            world.clock.advance(seconds: ProofOfWork.seconds)
            #expect(try await send("c@x.example", late).faults == ["altcha"])
            #expect(try await stand.leads().map { $0["email"] } == ["a@x.example"])
            let page = try await stand.type(["email": "d@x.example"])
            #expect(page.status == 422)
            #expect(page.text.contains("Turn JavaScript on"))
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a double click is one entry, and a page that sent once is good for no other`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let stand = try await FormStand.make(world)
            let stamp = try await stand.stamp()
            world.clock.advance(seconds: 5)
            let body: JSON = ["email": "a@x.example", "rendered_at": .string(stamp)]
            async let first = stand.send(body)
            async let second = stand.send(body)
            let answers = try await [first, second]
            #expect(answers.map(\.status) == [200, 200])
            #expect(try await stand.send(body).status == 200)
            #expect(try await stand.ledger()["received"] == 1)
            let more: JSON = ["email": "b@x.example", "rendered_at": .string(stamp)]
            #expect(try await stand.send(more).status == 200)
            let ledger = try await stand.ledger()
            #expect(ledger["created"] == 1)
            #expect(ledger["quarantined"] == 1)
            // A stamp of another form is not ours.
            let other = try await FormStand.make(world)
            let foreign = try await other.stamp()
            world.clock.advance(seconds: 5)
            _ = try await stand.send(["email": "c@x.example", "rendered_at": .string(foreign)])
            #expect(try await stand.ledger()["quarantined"] == 2)
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a page that was open for more than a day is asked again, with what was typed`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let stand = try await FormStand.make(world)
            let stamp = try await stand.stamp()
            world.clock.advance(seconds: FormIntake.stampSeconds + 1)
            let page = try await stand.type(["email": "a@x.example", "rendered_at": stamp])
            #expect(page.status == 422)
            #expect(page.text.contains("value=\"a@x.example\""))
            #expect(page.text.contains("open for more than a day"))
            let fresh = try #require(page.text.firstMatch(of: /name="rendered_at" value="([^"]+)"/))
            world.clock.advance(seconds: 3)
            let again = try await stand.type([
                "email": "a@x.example", "rendered_at": String(fresh.1),
            ])
            #expect(again.status == 200)
            #expect(try await stand.leads().count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `neighbours count together, before anything is read`(on engine: EngineKind) async throws {
        let proxied: @Sendable (inout App.Settings) -> Void = { $0.trustsProxy = true }
        try await World.with(engine, setting: proxied) { world in
            let stand = try await FormStand.make(world)
            let from = HTTPField.Name("X-Forwarded-For")!
            func send(_ address: String) async throws -> Int {
                // No form at all: it counts all the same.
                try await stand.send(["a": ["b": 1]], headers: [from: address]).status
            }
            for number in 0..<60 {
                #expect(try await send("203.0.113.\(number)") == 422)
                #expect(try await send("2001:db8:0:1::\(number + 1)") == 422)
            }
            #expect(try await send("203.0.113.200") == 429)
            #expect(try await send("2001:db8:0:1:ffff::1") == 429)
            #expect(try await send("203.0.114.1") == 422)
            #expect(try await send("2001:db8:0:2::1") == 422)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what is released is one lead, what is deleted says nothing more, and all is counted`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let stand = try await FormStand.make(world)
            for name in ["a", "b"] {
                _ = try await stand.send([
                    "email": .string("\(name)@x.example"), "fax_extension": "1",
                ])
            }
            let ids = try await stand.entries().compactMap { $0["id"]?.string }
            let (kept, gone) = (ids[0], ids[1])
            #expect(try await world.ada.post("/api/v1/inbox/\(kept)/release").status == 200)
            #expect(try await world.ada.post("/api/v1/inbox/\(kept)/release").status == 409)
            #expect(try await world.ada.delete("/api/v1/inbox/\(kept)").status == 409)
            for person in [world.sam, world.pat] {
                #expect(try await person.delete("/api/v1/inbox/\(gone)").status == 403)
            }
            #expect(try await world.eve.delete("/api/v1/inbox/\(gone)").status == 404)
            let deleted = try await world.ada.delete("/api/v1/inbox/\(gone)")
            #expect(deleted.json["outcome"] == "refused")
            #expect(deleted.json["payload"] == JSON.null)
            #expect(try await world.ada.post("/api/v1/inbox/\(gone)/replay").status == 409)
            #expect(try await stand.leads().count == 1)
            let ledger = try await stand.ledger()
            #expect(ledger["created"] == 1)
            #expect(ledger["refused"] == 1)
            #expect(ledger["quarantined"] == 0)
            #expect(ledger["balanced"] == true)
            try await Books.check(world)
        }
    }
}
