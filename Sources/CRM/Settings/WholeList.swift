import Storage
import Tenancy
import Web

/// A list that is read and replaced as a whole, such as the assignment rules.
///
/// Its version is made of its content. `If-Match` is optional: without it the last one to save
/// wins, with it nobody replaces what they have not seen.
struct WholeList: Sendable {
    private let json: JSONWriter

    init(_ write: (inout JSONWriter) -> Void) {
        var writer = JSONWriter(capacity: 1024)
        write(&writer)
        json = writer
    }

    /// FNV-1a, cut to 53 bits: what a number in a browser can hold.
    var version: Int {
        let hash = json.bytes.reduce(14_695_981_039_346_656_037 as UInt64) {
            ($0 ^ UInt64($1)) &* 1_099_511_628_211
        }
        return Int(hash & 0x1F_FFFF_FFFF_FFFF)
    }

    var reply: Reply {
        .json(version: version) { $0.raw(json.text) }
    }

    /// - Throws: `Problem.stale` when `seen` is another version than this.
    func mustBe(_ seen: Int?) throws {
        guard seen == nil || seen == version else {
            throw Problem.stale("Somebody else changed this list. Reload and try again.")
        }
    }
}

extension Route.Answer {
    /// On a route that does not ask for `If-Match`, but heeds it.
    static let staleIfMatched = Route.Answer(
        412, "If-Match was sent, and somebody else changed it meanwhile.", Problem.schema,
        mediaType: "application/problem+json")
}
