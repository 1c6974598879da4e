import Background
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct MetaFaultTests {
    @Test(arguments: EngineKind.allCases)
    func `Facebook down for a day: all leads arrive after it, none twice`(on engine: EngineKind)
        async throws
    {
        try await MetaDesk.with(engine) { desk in
            desk.stand.turn { $0.isDown = true }
            for hour in 0..<24 {
                for number in 0..<3 { try await desk.arrive("4\(hour)0\(number)") }
                try await desk.work(isLater: true)
                #expect(try await desk.leads().isEmpty)
                desk.world.clock.advance(seconds: 3600)
            }
            #expect(try await desk.ledger()["waiting"] == 72)
            #expect(try await desk.connection()["state"] == "ready")
            desk.stand.turn { $0.isDown = false }
            try await desk.work(isLater: true)
            try await desk.work(isLater: true)
            try await desk.expectAll()
            #expect(try await desk.connection()["paused_until"] == .null)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a token that dies in the middle: admins are told once, and a new one goes on at once`(
        on engine: EngineKind
    ) async throws {
        try await MetaDesk.with(engine) { desk in
            desk.stand.turn { $0.readsLeft = 20 }
            let changes = (1...60).map { number in
                desk.stand.send("3\(1000 + number)", at: desk.world.clock.now)
            }
            try await desk.tell(changes)
            try await desk.work()
            try await desk.work(isLater: true)
            let stopped = try await desk.connection()
            #expect(stopped["state"] == "reconnect_needed")
            #expect(stopped["fault"]?.string?.contains("(190)") == true)
            #expect(stopped["fault"]?.string?.contains(GraphStand.token) == false)
            #expect(stopped["waiting"] == 40)
            #expect(try await desk.ledger()["balanced"] == true)
            #expect(try await desk.messages().count == 1)
            #expect(try await desk.messages().first?["recipient"] == "ada@vantage.example")
            let page = try await desk.world.ada.page("/inbox").text
            let isTold = page.contains("Facebook leads wait")
            #expect(isTold)
            desk.stand.turn { state in
                state.readsLeft = nil
                state.tokens = ["EAAB-another-page-token-0002"]
            }
            let token: JSON = ["page_token": "EAAB-another-page-token-0002"]
            let answer = try await desk.world.ada.put(MetaDesk.setting, token)
            #expect((answer.json["state"], answer.json["fault"]) == ("ready", .null))
            try await desk.work()
            try await desk.expectAll()
            #expect(try await desk.connection()["waiting"] == 0)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a lead that cannot be read at first is tried some times, then left to a person`(
        on engine: EngineKind
    ) async throws {
        try await MetaDesk.with(engine) { desk in
            desk.stand.turn { $0.hiddenReads = 3 }
            try await desk.arrive("2001")
            for _ in 0..<3 { try await desk.work(isLater: true) }
            #expect(try await desk.leads().isEmpty)
            try await desk.work(isLater: true)
            try await desk.expectAll()
            desk.stand.turn { $0.hiddenReads = 100 }
            try await desk.arrive("2002")
            for _ in 0..<6 { try await desk.work(isLater: true) }
            let entry = try #require(
                try await desk.entries().first { $0["outcome"] == "refused" })
            #expect(entry["reason"]?.string?.contains("does not exist (100)") == true)
            #expect(try await desk.ledger()["balanced"] == true)
            desk.stand.turn { $0.hiddenReads = 0 }
            let path = "/api/v1/inbox/\(entry["id"]?.string ?? "")/replay"
            #expect(try await desk.world.ada.post(path).json["outcome"] == "waiting")
            #expect(try await desk.world.ada.post(path).status == 409)
            try await desk.work()
            try await desk.expectAll()
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `too many calls, and a header that says so, are waited out`(on engine: EngineKind)
        async throws
    {
        try await MetaDesk.with(engine) { desk in
            desk.stand.turn { state in
                state.faults = [(4, 400)]
                state.usage = #"{"call_count":97,"total_time":1,"total_cputime":1}"#
            }
            try await desk.arrive("2101")
            try await desk.arrive("2102")
            try await desk.work()
            #expect(try await desk.connection()["paused_until"] != .null)
            // Nobody asks while it rests.
            let reads = desk.stand.turn { $0.reads }
            try await desk.arrive("2103")
            try await desk.work(isLater: true)
            #expect(desk.stand.turn { $0.reads } == reads)
            for _ in 0..<3 {
                desk.world.clock.advance(seconds: 600)
                try await desk.work(isLater: true)
            }
            try await desk.expectAll()
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a token that may not see ads reads leads all the same`(on engine: EngineKind)
        async throws
    {
        try await MetaDesk.with(engine) { desk in
            desk.stand.turn { $0.showsAds = false }
            desk.stand.send("2201", at: desk.world.clock.now)
            let change = GraphStand.change("2201", form: "77001", 1_800_000_000, isNumber: false)
            try await desk.tell([change])
            try await desk.work()
            let lead = try #require(try await desk.leads().first)
            #expect(lead["attribution"]?["ad_id"] == "6001")
            #expect(lead["attribution"]?["campaign_id"] == nil)
            #expect(try await desk.connection()["state"] == "ready")
            try await Books.check(desk.world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `what the webhook never told is found in Facebook's lists, page by page`(
        on engine: EngineKind
    ) async throws {
        try await MetaDesk.with(engine) { desk in
            desk.stand.turn { $0.pageSize = 10 }
            try await desk.arrive("1000")
            for number in 1...45 {
                desk.stand.send(
                    "1\(100 + number)", at: desk.world.clock.now.adding(seconds: -number * 3600))
            }
            try await desk.work()
            let ada = desk.world.ada
            let compared = try await ada.post("\(MetaDesk.setting)/reconciliation")
            #expect(compared.status == 202)
            try await desk.work()
            let days = try await desk.connection()["days"]?.array ?? []
            #expect(days.count == 3)
            #expect(days.reduce(0) { $0 + ($1["facebook"]?.integer ?? 0) } == 46)
            #expect(days.reduce(0) { $0 + ($1["missing"]?.integer ?? 0) } == 45)
            let last = try #require(days.last)
            let wish: JSON = ["form_id": "77001", "day": last["day"] ?? .null]
            #expect(try await ada.post("\(MetaDesk.setting)/backfill", wish).status == 202)
            try await desk.work()
            let after = try await desk.connection()["days"]?.array ?? []
            #expect(after.allSatisfy { $0["missing"] == 0 && $0["facebook"] == $0["ours"] })
            try await desk.expectAll()
            // From where it is, the next look asks for little.
            _ = try await ada.post("\(MetaDesk.setting)/backfill")
            desk.stand.send("1999", at: desk.world.clock.now.adding(seconds: 5))
            try await desk.work()
            try await desk.expectAll()
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `the schedule gives each company that is connected what is due`(on engine: EngineKind)
        async throws
    {
        try await MetaDesk.with(engine) { desk in
            desk.stand.turn { $0.isSubscribed = false }
            desk.stand.send("1501", at: desk.world.clock.now.adding(days: -40))
            for step in [GoRoundMeta.Step.read, .sweep, .check] {
                let caller = Caller.system(.installation)
                try await desk.world.database.write(as: caller, at: desk.world.clock.now) {
                    try await Jobs($0).add(GoRoundMeta(step: step))
                }
                try await desk.work()
            }
            try await desk.expectAll()
            let connection = try await desk.connection()
            #expect(connection["subscribed"] == true)
            #expect(connection["page_name"] == "Vantage")
            #expect(connection["forms"]?.array?.first?["name"] == "Spring form")
            #expect(connection["forms"]?.array?.first?["leads"] == 1)
        }
    }
}
