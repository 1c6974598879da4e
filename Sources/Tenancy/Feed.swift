import Storage

/// The events of all tenants in the order of their commits.
package enum Feed {
    /// The place behind all that has happened so far.
    package static func end(in tx: any Transaction) async throws -> FeedPlace {
        try await tx.first(tx.dialect.feed.end) ?? FeedPlace(number: 0)
    }

    /// Whether there are events after a place, up to which all has been read, that could not be
    /// read yet because one might still have come before them.
    package static func isHeldBack(
        after place: FeedPlace, in tx: any Transaction
    ) async throws -> Bool {
        guard let heldBack = tx.dialect.feed.heldBack else { return false }
        // tenant: only whether there is any.
        return try await tx.value(
            "SELECT 1 FROM events WHERE \(heldBack(place)) LIMIT 1", as: Int.self) != nil
    }
}
