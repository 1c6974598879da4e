import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

@Suite struct HandOverTests {
    /// A lead of Sam's with a call to make.
    private static func task(
        _ world: World, at due: String = "2026-11-20T10:00:00Z"
    ) async throws -> (lead: String, task: String) {
        let id = try await world.sam.lead(["company": "Orchard", "email": "o@orchard.example"])
        let lead = "/api/v1/leads/\(id)"
        let step: JSON = ["kind": "call", "at": .string(due)]
        #expect(try await world.sam.post("\(lead)/follow-ups", step).status == 201)
        let scheduled = try await world.sam.get("\(lead)/timeline").data.first
        let task = try #require(scheduled?["data"]?["follow_up"]?.string)
        return (lead, "/api/v1/follow-ups/\(task)")
    }

    private static func to(_ person: Person, until: String? = nil) -> JSON {
        var members: [String: JSON] = ["user": .string(person.id.description)]
        if let until { members["until"] = .string(until) }
        return .object(members)
    }

    private static func owner(_ task: String, _ world: World) async throws -> ID<User>? {
        let id = try #require(ID<FollowUp>(String(task.split(separator: "/").last ?? "")))
        return try await world.asking(world.ada) { try await FollowUps($0).find(id).owner }
    }

    @Test(arguments: EngineKind.allCases)
    func `whom a task is handed sees its lead until it is done`(on engine: EngineKind) async throws
    {
        try await World.with(engine) { world in
            let war = try await world.seat("war", .warrior)
            for person in [war, world.wes, world.pat] {
                let (lead, task) = try await Self.task(world)
                #expect(try await person.get(lead).status == 404)
                let handed = try await world.sam.post("\(task)/hand-over", Self.to(person))
                #expect(handed.status == 201, "\(handed.text)")
                #expect(handed.json["relation"] == "warrior")
                #expect(try await person.get(lead).status == 200, "\(person.name)")
                #expect(try await person.get("/api/v1/leads").data.count == 1)
                let today = try await person.page("/today").text
                #expect(today.contains("Handed to you"), "\(person.name)")
                let page = try await person.page(lead.replacing("/api/v1", with: "")).text
                #expect(page.contains("data-done") && page.contains("data-recall"))
                let again = try await world.sam.post("\(task)/hand-over", Self.to(world.sia))
                #expect(again.status == 409)
                let done = try await person.post(
                    "\(task)/completion", ["outcome": "connected", "notes": "They buy."])
                #expect(done.status == 200, "\(person.name): \(done.text)")
                #expect(done.json["change"] == nil)
                if person.name == "pat" { #expect(!done.text.contains("orchard.example")) }
                #expect(try await person.get(lead).status == 404)
                #expect(try await world.sam.get("\(lead)/shares").data.isEmpty)
                let timeline = try await world.sam.page(lead.replacing("/api/v1", with: "")).text
                #expect(timeline.contains("handed a call to") && timeline.contains("They buy."))
                #expect(try await world.ada.delete("\(task)/hand-over").status == 409)
                _ = try await Self.clear(lead, world)
            }
        }
    }

    /// So that the next lead is no duplicate of it.
    private static func clear(_ lead: String, _ world: World) async throws -> Answer {
        let version = try await world.ada.get(lead).version
        return try await world.ada.patch(lead, ["email": nil], version: version)
    }

    @Test(arguments: EngineKind.allCases)
    func `a task is taken back, given back, and comes back when its time is over`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let (lead, task) = try await Self.task(world)
            _ = try await world.sam.post("\(task)/hand-over", Self.to(world.wes))
            #expect(try await Self.owner(task, world) == world.wes.id)
            #expect(try await world.nik.delete("\(task)/hand-over").status == 404)
            #expect(try await world.sam.delete("\(task)/hand-over").status == 204)
            #expect(try await Self.owner(task, world) == world.sam.id)
            #expect(try await world.wes.get(lead).status == 404)
            _ = try await world.sam.post("\(task)/hand-over", Self.to(world.wes))
            #expect(try await world.wes.delete("\(task)/hand-over").status == 204)
            #expect(try await Self.owner(task, world) == world.sam.id)
            let hour = Self.to(world.wes, until: "2026-11-18T10:30:00Z")
            #expect(try await world.sam.post("\(task)/hand-over", hour).status == 201)
            world.clock.advance(seconds: 3600)
            #expect(try await world.wes.get(lead).status == 404)
            let id = try #require(ID<FollowUp>(String(task.suffix(36))))
            let system = Caller.system(world.vantage)
            try await world.database.write(as: system, at: world.clock.now) {
                try await FollowUps($0).recallIfOver(id)
            }
            #expect(try await Self.owner(task, world) == world.sam.id)
            let waiting = try await world.ada.get("/api/v1/jobs?filter%5Bkind%5D=follow-ups.return")
            #expect(waiting.data.isEmpty)
            let names = try await world.sam.get("\(lead)/timeline").data.compactMap {
                $0["data"]?["why"]?.string
            }
            #expect(names == ["over", "recalled", "recalled"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who may not share a lead hands none of its tasks on`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let (lead, task) = try await Self.task(world)
            let agent = try await world.seat("agent", .supportAgent)
            let share: JSON = ["user": .string(world.sia.id.description), "relation": "co_owner"]
            #expect(try await world.sam.post("\(lead)/shares", share).status == 201)
            let path = "\(task)/hand-over"
            #expect(try await world.sia.post(path, Self.to(world.wes)).status == 403)
            #expect(try await world.wes.post(path, Self.to(world.wes)).status == 404)
            #expect(try await world.sam.post(path, Self.to(world.sam)).faults == ["user"])
            #expect(try await world.sam.post(path, Self.to(agent)).faults == ["user"])
            #expect(try await world.sam.post(path, Self.to(world.roy)).faults == ["user"])
            let past = Self.to(world.wes, until: "2026-11-18T09:30:00Z")
            #expect(try await world.sam.post(path, past).faults == ["until"])
            // What somebody is handed leaves the share that they have as it is.
            #expect(try await world.sam.post(path, Self.to(world.sia)).status == 201)
            let shares = try await world.sam.get("\(lead)/shares").data
            #expect(Set(shares.compactMap { $0["relation"]?.string }) == ["co_owner", "warrior"])
            let hand = shares.first { $0["follow_up"] != JSON.null }?["id"]?.string ?? ""
            #expect(try await world.sam.delete("\(lead)/shares/\(hand)").status == 204)
            #expect(try await Self.owner(task, world) == world.sam.id)
            #expect(try await world.sia.get(lead).status == 200)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a task stays with whom it was handed when its lead gets another owner`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let (lead, task) = try await Self.task(world, at: "2026-11-18T12:00:00Z")
            _ = try await world.sam.post("\(task)/hand-over", Self.to(world.wes))
            let sia: JSON = ["owner": .string(world.sia.id.description)]
            #expect(try await world.ada.post("\(lead)/assignment", sia).status == 200)
            #expect(try await Self.owner(task, world) == world.wes.id)
            // The owner's call is not what Wes was to do.
            _ = try await world.sia.post("\(lead)/activities", ["kind": "call"])
            #expect(try await world.wes.get(lead).status == 200)
            // Sam, who handed it on, has the lead no more.
            #expect(try await world.sia.delete("\(task)/hand-over").status == 204)
            #expect(try await Self.owner(task, world) == world.sia.id)
            _ = try await world.sia.post("\(task)/hand-over", Self.to(world.wes))
            let wes: JSON = ["owner": .string(world.wes.id.description)]
            #expect(try await world.ada.post("\(lead)/assignment", wes).status == 200)
            #expect(try await world.wes.get("\(lead)/shares").data.isEmpty)
            #expect(try await Self.owner(task, world) == world.wes.id)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a warrior logs, plans and moves in one go, though the lead goes with the task`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let war = try await world.seat("war", .warrior)
            let (lead, task) = try await Self.task(world, at: "2026-11-18T12:00:00Z")
            _ = try await world.sam.post("\(task)/hand-over", Self.to(war))
            let all: JSON = [
                "kind": "call", "outcome": "connected", "transition": ["to": "connected"],
                "next": ["kind": "call", "at": "2026-11-25T10:00:00Z"],
            ]
            let answer = try await war.post("\(lead)/activities", all)
            #expect(answer.status == 201, "\(answer.text)")
            #expect(answer.json["lead"]?["stage"] == "connected")
            #expect(try await war.get(lead).status == 404)
            #expect(
                try await world.sam.get(lead).json["next_follow_up_at"] == "2026-11-25T10:00:00Z")
            try await Books.check(world)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `to undo that it is done brings a task back to who had handed it on`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let (lead, task) = try await Self.task(world)
            _ = try await world.sam.post("\(task)/hand-over", Self.to(world.wes))
            let done = try await world.ada.post("\(task)/completion")
            let change = try #require(done.json["change"]?.string)
            #expect(try await world.wes.get(lead).status == 404)
            let undone = try await world.ada.post("/api/v1/changes/\(change)/undo")
            #expect(undone.json["done"] == 1, "\(undone.text)")
            #expect(try await Self.owner(task, world) == world.sam.id)
            #expect(
                try await world.sam.get(lead).json["next_follow_up_at"] == "2026-11-20T10:00:00Z")
        }
    }
}
