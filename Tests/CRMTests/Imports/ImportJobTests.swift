import Background
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing

@testable import CRM

/// What becomes of an import whose job an admin gives up.
@Suite struct ImportJobTests {
    @Test(arguments: EngineKind.allCases, [true, false])
    func `an import whose job is cancelled stops and says why`(
        on engine: EngineKind, isDryRun: Bool
    ) async throws {
        try await World.with(engine) { world in
            let desk = ImportDesk(world: world)
            let sent = try await desk.send(
                "Company,Email\nHartmann,a@b.example\n", as: world.sam,
                mapping: ["columns": ["Company": "company", "Email": "email"]], dryRun: isDryRun)
            let id = try #require(sent.json["id"]?.string, "\(sent.text)")
            let job = try #require(try await desk.jobs().first)
            let path = "/api/v1/jobs/\(job.id)"
            let cancelled = try await world.ada.post("\(path)/cancellation")
            #expect(cancelled.status == 200 && cancelled.json["state"] == "cancelled")

            let run = try await world.sam.get("/api/v1/imports/\(id)").json
            #expect(run["state"] == "cancelled")
            #expect(run["problem"]?.string?.contains("cancelled under Jobs") == true)
            #expect(try await world.sam.page("/import/\(id)").text.contains("under Jobs"))
            #expect(
                try await world.actions(world.ada, "&filter[action]=import.ended").count == 1)
            // The job can be seen, and given another try it does nothing.
            #expect(try await world.ada.post("\(path)/retry").status == 200)
            try await desk.work()
            #expect(try await desk.jobs().isEmpty)
            #expect(try await desk.leads(world.sam).isEmpty)
            #expect(try await world.sam.get("/api/v1/imports/\(id)").json["state"] == "cancelled")
        }
    }
}
