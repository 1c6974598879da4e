import Storage
import Tenancy

/// A company's connection to Facebook's lead ads, without its secrets.
package struct MetaConnection: Sendable, Equatable {
    package enum State: String, Sendable, CaseIterable, SQLConvertible {
        case ready
        /// The token is dead, or may not: leads wait for another.
        case reconnectNeeded = "reconnect_needed"
    }

    package let id: ID<MetaConnection>
    package let state: State
    /// What Facebook said when it went wrong.
    package let fault: String?
    package let tokenAt: Instant
    package let tokenHint: String
    package let mapping: MetaMapping
    package let page: String?
    package let pageName: String?
    /// Nil until that was asked.
    package let isSubscribed: Bool?
    package let checkedAt: Instant?
    /// In a row, of what may pass by itself.
    package let failures: Int
    package let pausedUntil: Instant?
    /// The last test lead that was asked for.
    package let testLeadgen: String?
    package let testAt: Instant?
    package let createdAt: Instant

    /// Who acts when a lead comes by it.
    var actor: Actor { Actor(kind: .connection, id: id.uuid) }
}

extension MetaConnection: RowDecodable {
    static let columns: SQL = """
        id, state, fault, token_at, token_hint, mapping, page_id, page_name, is_subscribed,
        checked_at, failures, paused_until, test_leadgen_id, test_at, created_at
        """

    package init(row: inout Row) throws {
        id = try row.next()
        state = try row.next()
        fault = try row.next()
        tokenAt = try row.next()
        tokenHint = try row.next()
        mapping = MetaMapping(stored: try row.next())
        page = try row.next()
        pageName = try row.next()
        isSubscribed = try row.next()
        checkedAt = try row.next()
        failures = try row.next()
        pausedUntil = try row.next()
        testLeadgen = try row.next()
        testAt = try row.next()
        createdAt = try row.next()
    }
}

/// What an admin gives to connect, or to change; what is nil stays.
struct MetaChange: Sendable {
    var appSecret: String?
    var verifyToken: String?
    var pageToken: String?
    var mapping: MetaMapping?

    private static let hintCharacters = 4
    /// Of shorter ones the end would be much of it.
    private static let hintedCharactersMin = 16

    var tokenHint: String {
        guard let pageToken, pageToken.count >= Self.hintedCharactersMin else { return "" }
        return String(pageToken.suffix(Self.hintCharacters))
    }

    /// - Parameter isNew: Whether there is nothing yet that could stay.
    /// - Throws: `Problem.invalid` with every field that is wrong.
    func check(isNew: Bool) throws {
        var faults: [Problem.Fault] = []
        let secrets = [
            ("app_secret", appSecret, "Give the app secret, from the app’s basic settings."),
            ("verify_token", verifyToken, "Give the words that you also give to Facebook."),
            ("page_token", pageToken, "Give a long-lived token of the page."),
        ]
        for (field, value, words) in secrets {
            guard let value else {
                if isNew { faults.append(.init(field, words)) }
                continue
            }
            // One of them goes into a header.
            if !value.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
                faults.append(.init(field, "Give letters, digits and signs alone, without spaces."))
            }
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
    }
}
