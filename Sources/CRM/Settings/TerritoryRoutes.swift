import HTTPTypes
import Storage
import Tenancy
import Web

/// The sales regions and what they are part of, in the API.
struct TerritoryRoutes {
    var routes: [Route] {
        [
            .api(
                .get, "/territories", "Reads the territories and what they are part of",
                answers: [.init(200, "All of them.", [Territory].schema)], handle: show),
            .api(
                .put, "/territories", "Replaces the territories",
                input: .json([Territory].schema),
                answers: [.init(200, "As they are now.", [Territory].schema), .staleIfMatched],
                handle: replace),
        ].grouped("Assignment")
    }

    private func show(_ call: Call) async throws -> Reply {
        try await call.read { scope in
            try scope.caller.must(.settingsEdit)
            return try await Territories(scope).list()
        }.whole.reply
    }

    private func replace(_ call: Call) async throws -> Reply {
        let seen = try call.versionIfGiven()
        return try await call.write { scope in
            try scope.caller.must(.settingsEdit)
            let list = try [Territory](call.input)
            let territories = Territories(scope)
            try await territories.list().whole.mustBe(seen)
            try await territories.replace(with: list)
            return list.whole.reply
        }
    }
}
