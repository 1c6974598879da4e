import HTTPTypes
import Storage
import Tenancy
import Web

/// What operators and integrators ask of a running server.
struct OperationsRoutes {
    let database: Database
    let metrics: Metrics
    /// The routes that the document describes.
    let routes: [Route]

    static let version = "0.1.0"

    init(database: Database, metrics: Metrics, routes described: [Route]) {
        self.database = database
        self.metrics = metrics
        let document = OpenAPI(described, version: Self.version).document.text
        routes = Self.routes(database, metrics, document)
    }

    private static func routes(
        _ database: Database, _ metrics: Metrics, _ document: String
    ) -> [Route] {
        [
            .other(.get, "/healthz", "Whether the process lives") { _ in
                .json { $0.object { $0.member("status", "ok") } }
            },
            .other(.get, "/readyz", "Whether it can serve: the database answers") { _ in
                do {
                    _ = try await database.read { try await $0.value("SELECT 1", as: Int.self) }
                    return .json { $0.object { $0.member("status", "ready") } }
                } catch {
                    return .json(.serviceUnavailable) {
                        $0.object { $0.member("status", "the database does not answer") }
                    }
                }
            },
            .other(.get, "/metrics", "Counts and times, as Prometheus text") { _ in
                .text(await metrics.text(), type: "text/plain; version=0.0.4")
            },
            .other(.get, "/api/v1/openapi.json", "The OpenAPI document of the API") { _ in
                .text(document, type: "application/json")
            },
        ]
    }
}
