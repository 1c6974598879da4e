import CRM
import Foundation
import Storage
import Tenancy
import Web

extension BenchCourse {
    func memory() async throws -> Finding {
        let megabytes = Double(server.memory(.now)) / 1_048_576
        return Finding(
            measure: "memory of an idle server", figure: "\(figure(megabytes, 0)) MB",
            goal: "< 80 MB", isMet: megabytes < 80)
    }

    func readOne() async throws -> Finding {
        let bytes = try await installed("replay") { installation in
            let lead = try await installation.database.read(as: company.caller) {
                try await Leads($0).find(company.leads[0])
            }
            var writer = JSONWriter()
            lead.write(to: &writer)
            return writer.bytes
        }
        let script = LoadTest.requests(
            company.leads.map { "/api/v1/leads/\($0)" }, headers: company.bearer)
        return try await besideBare(lead: bytes) { bare in
            let both = try against({ try load(script) }, { try load(script, on: bare) })
            return Finding(
                measure: "read one lead by API, token checked", figure: figure(both.ratio),
                goal: "≥ 0.4 × a bare JSON route", isMet: both.ratio >= 0.4,
                detail: "\(rate(both.product.perSecond)) to \(rate(both.bare.perSecond)), "
                    + "p99 \(figure(both.product.p99, 1)) ms, bare \(figure(both.bare.p99, 1)) ms")
        }
    }

    private static let query = """
        filter%5Bstage%5D=connected&filter%5Bvalue_minor%5D%5Bgte%5D=100000\
        &sort=-created_at&limit=50
        """

    func list() async throws -> Finding {
        let script = LoadTest.requests(
            ["/api/v1/leads?\(Self.query)"], headers: company.bearer)
        return try await besideBare(lead: []) { bare in
            let both = try against({ try load(script) }, { try load(script, on: bare) })
            return Finding(
                measure: "list 50 leads, filtered and sorted", figure: figure(both.ratio),
                goal: "≥ 0.5 × the same SQL and bytes from a bare route; p99 < 25 ms",
                isMet: both.ratio >= 0.5 && both.product.p99 < 25,
                detail: "\(rate(both.product.perSecond)) to \(rate(both.bare.perSecond)), "
                    + "p99 \(figure(both.product.p99, 1)) ms, bare \(figure(both.bare.p99, 1)) ms")
        }
    }

    func board() async throws -> Finding {
        let script = LoadTest.requests(
            ["/pipeline"], headers: ["Cookie": "\(Site.sessionCookie)=\(company.session)"])
        _ = try load(script, connections: 1, threads: 1, seconds: 3)
        let result = try load(script, connections: 1, threads: 1)
        return Finding(
            measure: "board of more than 200 cards", figure: "\(figure(result.mean)) ms",
            goal: "≤ 10 ms", isMet: result.mean <= 10, detail: "p99 \(figure(result.p99, 1)) ms")
    }

    /// Opens one of the copies of the data for as long as `body` runs.
    func installed<Value>(
        _ name: String, _ body: (Installation) async throws -> Value
    ) async throws -> Value {
        let installation = try await Installation.open(
            Settings(dataDirectory: directory.appending(path: name).path), log: quietLog)
        let value = try await body(installation)
        try await installation.close()
        return value
    }

    /// Runs `body` beside a bare server that answers with `lead`, and with the list that the
    /// product would give.
    private func besideBare(
        lead: [UInt8], _ body: (_ port: Int) async throws -> Finding
    ) async throws -> Finding {
        try await installed("replay") { installation in
            let (list, bytes) = try await bareList(in: installation)
            let own = try await installation.database.read { try await list.bytes(in: $0) }
            guard own.count == bytes else {
                throw Refusal("The bare list has \(own.count) bytes, the product's \(bytes).")
            }
            let bare = BareServer(lead: lead, list: list, database: installation.database)
            return try await serving(bare.router(), body)
        }
    }

    /// The statement of the product's list, and the length of its answer.
    private func bareList(in installation: Installation) async throws -> (BareList, bytes: Int) {
        let recorder = Recorder(installation.database.engine)
        let request = try ListRequest(Query(Self.query), Leads.listing)
        let cursors = Cursors(key: try await installation.key("cursors"))
        let page = try await Database(recorder).read(as: company.caller) {
            try await Leads($0).page(request, cursors)
        }
        guard let statement = recorder.statements.lastRead.first else {
            throw Refusal("The list ran no statement.")
        }
        var writer = JSONWriter()
        writer.object { body in
            body.member("data") { $0.array(page.elements) { $1.write(to: &$0) } }
            body.member("next", page.next)
        }
        let list = BareList(statement: statement, limit: request.limit, next: page.next)
        return (list, writer.bytes.count)
    }
}
