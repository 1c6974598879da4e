import DatabaseSupport
import HTTPTypes
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

extension World {
    /// Makes a role and gives it to somebody; returns the role's id.
    @discardableResult
    func narrow(
        _ person: Person, _ name: String, _ base: Role, _ changes: JSON = [:], masks: JSON = []
    ) async throws -> String {
        let role = try await ada.post(
            "/api/v1/roles",
            [
                "name": .string(name), "base": .string(base.rawValue), "changes": changes,
                "masks": masks,
            ])
        guard role.status == 201, let id = role.json["id"]?.string else {
            throw UnexpectedAnswer(answer: role)
        }
        let path = "/api/v1/users/\(person.id)"
        let given = try await ada.patch(
            path, ["custom_role": .string(id)], version: ada.get(path).version)
        guard given.status == 200 else { throw UnexpectedAnswer(answer: given) }
        return id
    }
}

@Suite struct RoleRoutesTests {
    private static let path = "/api/v1/roles"

    @Test(arguments: EngineKind.allCases)
    func `a role is made, read, changed and deleted, by who manages people`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let new: JSON = [
                "name": "Junior", "base": "salesperson", "changes": ["leads.read": ["own"]],
                "masks": ["internal_notes"],
            ]
            let made = try await world.ada.post(Self.path, new)
            #expect(made.status == 201)
            #expect(made.json["changes"] == ["leads.read": ["own"]])
            #expect(made.json["hidden"] == ["internal_notes"])
            let place = "\(Self.path)/\(made.json["id"]?.string ?? "")"
            #expect(made.headers[.location] == place)
            let reads = made.json["rights"]?.array?.first { $0["action"] == "leads.read" }
            #expect(reads?["on"] == ["own"])
            for person in [world.max, world.sam, world.pat] {
                #expect(try await person.get(Self.path).status == 403)
                #expect(try await person.get(place).status == 403)
                #expect(try await person.post(Self.path, new).status == 403)
            }
            #expect(try await world.eve.get(place).status == 404)
            let list = try await world.ada.get(Self.path)
            #expect(list.data.map { $0["name"] } == ["Junior"])
            #expect(list.json["standard"]?.array?.count == 8)
            let bare = try await world.ada.browser.send(.patch, place, ["name": "Trainee"])
            #expect(bare.status == 428)
            let wide: JSON = ["changes": ["leads.read": ["company"]]]
            let refused = try await world.ada.patch(place, wide, version: 1)
            #expect(refused.faults == ["changes.leads.read"])
            let changed = try await world.ada.patch(place, ["name": "Trainee"], version: 1)
            #expect(changed.status == 200 && changed.version == 2)
            #expect(changed.json["changes"] == ["leads.read": ["own"]])
            #expect(try await world.ada.patch(place, ["name": "X"], version: 1).status == 412)
            #expect(try await world.ada.delete(place).status == 204)
            #expect(try await world.ada.get(place).status == 404)
            let actions = try await world.actions(world.ada, "&filter[action]=role")
            #expect(actions == ["role.created", "role.changed", "role.deleted"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `who has the role may what it says, from the moment that it says it`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let lead = try await world.sam.lead(["company": "Orchard"])
            let other = try await world.sia.lead(["company": "Meadow"])
            let share: JSON = ["user": .string("\(world.sam.id)"), "relation": "co_owner"]
            _ = try await world.ada.post("/api/v1/leads/\(other)/shares", share)
            #expect(try await world.sam.get("/api/v1/leads").data.count == 2)
            let role = try await world.narrow(
                world.sam, "Junior", .salesperson,
                ["leads.read": ["own"], "leads.edit": [], "leads.create": []])
            #expect(try await world.sam.get("/api/v1/leads").data.count == 1)
            #expect(try await world.sam.get("/api/v1/leads/\(other)").status == 404)
            let edited = try await world.sam.patch(
                "/api/v1/leads/\(lead)", ["product": "App"], version: 1)
            #expect(edited.status == 403)
            #expect(try await world.sam.post("/api/v1/leads", ["company": "X"]).status == 403)
            let page = try await world.sam.page("/leads")
            #expect(page.text.contains("iPerform · Junior"))
            // Deleting it would widen who has it.
            #expect(try await world.ada.delete("\(Self.path)/\(role)").status == 409)
            let wider = try await world.ada.patch(
                "\(Self.path)/\(role)", ["changes": ["leads.read": ["own"]]], version: 1)
            #expect(wider.json["people"] == 1)
            let now = try await world.sam.patch(
                "/api/v1/leads/\(lead)", ["product": "App"], version: 1)
            #expect(now.status == 200)
            let audit = try await world.audit(
                world.ada, "&filter[action]=role.changed,user.role_changed")
            #expect(audit.first?.detail["after"]?["custom_role"] == .string(role))
            #expect(audit.last?.detail["before"]?["leads.edit"] == [])
            #expect(audit.last?.detail["after"]?["leads.edit"] == ["own", "shared"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an explanation says which role took a right away`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let lead = try await world.sia.lead(["company": "Meadow"])
            let share: JSON = ["user": .string("\(world.sam.id)"), "relation": "co_owner"]
            _ = try await world.ada.post("/api/v1/leads/\(lead)/shares", share)
            let changes: JSON = ["leads.read": ["own"], "exports.run": []]
            try await world.narrow(world.sam, "Junior", .salesperson, changes)
            let path = "/api/v1/access/explain?user=\(world.sam.id)"
            let export = try await world.ada.get("\(path)&action=exports.run").json
            #expect(export["allowed"] == false)
            #expect(
                export["missing"] == [
                    "The role “Junior” takes away the right to export, which salesperson has."
                ])
            let read = try await world.ada.get("\(path)&subject=lead:\(lead)").json
            #expect(read["allowed"] == false)
            let words = (read["missing"]?.array ?? []).compactMap(\.string).joined(separator: " ")
            #expect(words.contains("The role “Junior” narrows this right."))
            #expect(words.contains("leads shared with them"))
            let edit = try await world.ada.get("\(path)&action=leads.assign").json
            #expect(edit["missing"] == ["The role salesperson has no right to assign leads."])
            let page = try await world.ada.page("/leads/\(lead)/access?user=\(world.sam.id)")
            #expect(page.text.contains("Junior"))
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a person is made with a role, by form as by program`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let made = try await world.ada.post(
                Self.path, ["name": "Junior <&>", "base": "salesperson"])
            let id = made.json["id"] ?? .null
            var new: [String: JSON] = [
                "name": "Jo", "email": "jo@vantage.example", "role": "salesperson",
                "custom_role": id,
            ]
            let jo = try await world.ada.post("/api/v1/users", .object(new))
            #expect(jo.status == 201 && jo.json["custom_role"] == id)
            new["role"] = "manager"
            new["email"] = "mo@vantage.example"
            let unfit = try await world.ada.post("/api/v1/users", .object(new))
            #expect(unfit.faults == ["custom_role"])
            let page = try await world.ada.page("/settings/users").text
            #expect(page.contains("data-base=\"salesperson\">Junior &lt;&amp;&gt;"))
            let roles = try await world.ada.page("/settings/roles").text
            #expect(
                roles.contains("Junior &lt;&amp;&gt;") && roles.contains("role-narrow-salesperson"))
            #expect(try await world.max.page("/settings/roles").status == 403)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an import goes on as what its starter is when it runs`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let file = "Company,Notes\nOrchard,margin"
            let sent = try await desk.send(file, as: world.sam, dryRun: false)
            #expect(sent.status == 202)
            let place = "/api/v1/imports/\(sent.json["id"]?.string ?? "")"
            let role = try await world.narrow(
                world.sam, "Junior", .salesperson, ["imports.run": []])
            try await desk.work()
            #expect(try await world.ada.get(place).json["state"] == "failed")
            let blind: JSON = ["changes": [:], "masks": ["internal_notes"]]
            _ = try await world.ada.patch("\(Self.path)/\(role)", blind, version: 1)
            let noted: JSON = ["columns": ["Company": "company", "Notes": "notes"]]
            let refused = try await desk.send(file, as: world.sam, mapping: noted, dryRun: false)
            #expect(refused.status == 403)
            let seen: JSON = ["columns": ["Company": "company"]]
            let run = try await desk.run(file, as: world.sam, mapping: seen)
            #expect(run["state"] == "done")
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `an import that a key started ends with the key`(on engine: EngineKind) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let made = try await world.ada.post(
                "/api/v1/api-keys", ["name": "Loader", "rights": ["imports.run"]])
            let key = world.nobody.bearing(made.json["token"]?.string ?? "")
            let mapping: JSON = ["columns": ["Company": "company"]]
            func send(_ text: String) async throws -> Answer {
                var form = FormBody()
                form.field("mapping", mapping.text)
                form.field("dry_run", "false")
                form.file("file", "leads.csv", Array(text.utf8))
                return try await key.send(
                    .post, "/api/v1/imports", bytes: form.finished,
                    headers: [.contentType: FormBody.type])
            }
            let first = try await send("Company\nOrchard")
            try await desk.work()
            let place = "/api/v1/imports/\(first.json["id"]?.string ?? "")"
            #expect(try await world.ada.get(place).json["state"] == "done")
            let second = try await send("Company\nMeadow")
            _ = try await world.ada.delete("/api/v1/api-keys/\(made.json["id"]?.string ?? "")")
            try await desk.work()
            let end = try await world.ada.get("/api/v1/imports/\(second.json["id"]?.string ?? "")")
            #expect(end.json["state"] == "failed")
            #expect(end.json["problem"]?.string?.contains("revoked") == true)
        }
    }
}
