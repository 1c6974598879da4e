/// A place in the feed: behind one event, in the order of commits.
///
/// Events of transactions that run at the same time get their numbers before it is known which
/// commits first. On SQLite there is one writer and the number is the order; on PostgreSQL the
/// order is that of the transactions' ids, and an event counts only once every transaction with
/// a lower id has ended. A reader that goes by numbers alone would skip events.
package struct FeedPlace: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The transaction's id; 0 where the number alone is the order.
    package let transaction: Int64
    package let number: Int64

    package init(transaction: Int64 = 0, number: Int64) {
        self.transaction = transaction
        self.number = number
    }

    /// Reads what `description` wrote: `number`, or `transaction.number`.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int64($0) }
        guard let last = parts.last.flatMap({ $0 }), parts.count <= 2, let first = parts[0] else {
            return nil
        }
        self.init(transaction: parts.count == 2 ? first : 0, number: last)
    }

    package var description: String {
        transaction == 0 ? "\(number)" : "\(transaction).\(number)"
    }

    package static func < (left: FeedPlace, right: FeedPlace) -> Bool {
        (left.transaction, left.number) < (right.transaction, right.number)
    }
}

extension FeedPlace: RowDecodable {
    package init(row: inout Row) throws {
        self.init(transaction: try row.next(), number: try row.next())
    }
}

/// How an engine keeps the feed in the order of commits.
package struct FeedOrder: Sendable {
    /// The two columns of an event's place.
    package let place: SQL
    /// What events are sorted by.
    package let order: SQL
    /// The statement that finds the place behind all that has happened so far.
    package let end: SQL
    /// The condition that an event comes after a place and that none can still come before it.
    package let after: @Sendable (FeedPlace) -> SQL
    /// The condition that an event comes after a place, even if one may still come before it:
    /// asked once nothing more can be read. Nil where nothing is ever held back.
    package let heldBack: (@Sendable (FeedPlace) -> SQL)?

    package init(
        place: SQL, order: SQL, end: SQL, after: @escaping @Sendable (FeedPlace) -> SQL,
        heldBack: (@Sendable (FeedPlace) -> SQL)? = nil
    ) {
        self.place = place
        self.order = order
        self.end = end
        self.after = after
        self.heldBack = heldBack
    }
}
