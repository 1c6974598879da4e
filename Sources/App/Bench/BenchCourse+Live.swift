import Foundation

extension BenchCourse {
    private static let pages = 2000
    private static let events = 50

    /// Everybody looks at the board, and leads come in one after the other: how soon each page
    /// is told of each.
    func live() async throws -> Finding {
        let files = OpenFiles.raise()
        guard files > Self.pages + 200 else {
            throw Refusal("Only \(files) files may be open (ulimit -n): too few for the pages.")
        }
        let before = Double(server.memory(.now)) / 1_048_576
        var crowd = try Crowd(company.watchers, count: Self.pages, port: port)
        defer { crowd.leave() }
        var times: [Double] = []
        var last: [Double] = []
        for number in 0..<Self.events {
            let name = "Watched \(number) Ltd"
            let told = try crowd.times(of: "\"company\":\"\(name)\"", after: creation(of: name))
            times += told
            last.append(told.max() ?? 0)
        }
        let memory = Double(server.memory(.most)) / 1_048_576
        times.sort()
        let p99 = times[times.count * 99 / 100]
        return Finding(
            measure: "from a lead's creation to \(Self.pages) open pages",
            figure: "\(figure(p99, 0)) ms", goal: "p99 < 500 ms, < 150 MB",
            isMet: p99 < 500 && memory < 150,
            detail: "p50 \(figure(times[times.count / 2], 0)) ms, the last page "
                + "\(figure(last.max() ?? 0, 0)) ms at most, \(Self.events) leads; "
                + "\(figure(memory, 0)) MB at most, \(figure(before, 0)) MB before")
    }

    private func creation(of name: String) -> String {
        let key = name.lowercased().replacing(" ", with: "-")
        let body = """
            {"company":"\(name)","contact_name":"Noor","email":"noor@\(key).example",\
            "source":"website","territory":"West","value_minor":1250000}
            """
        return """
            POST /api/v1/leads HTTP/1.1\r
            Host: 127.0.0.1\r
            Authorization: Bearer \(company.accessToken)\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            Connection: close\r
            \r
            \(body)
            """
    }
}
