import Foundation
import Storage

/// One operation's view of the world: who acts, in which transaction, when.
///
/// Made by `Database.write(as:)` and `read(as:)`, handed down, never stored.
package struct Scope: Sendable {
    package let caller: Caller
    package let tx: any Transaction
    package let now: Instant
    /// What the events of one operation have in common: the handle by which it is undone.
    package let change: ID<Change>

    package init(
        caller: Caller, tx: any Transaction, now: Instant, change: ID<Change> = ID<Change>()
    ) {
        self.caller = caller
        self.tx = tx
        self.now = now
        self.change = change
    }

    package var tenant: ID<Tenant> { caller.tenant }

    /// The same transaction and moment under another caller.
    package func acting(as caller: Caller) -> Scope {
        Scope(caller: caller, tx: tx, now: now, change: change)
    }

    /// The same caller at another moment: history that is imported as such.
    package func at(_ moment: Instant) -> Scope {
        Scope(caller: caller, tx: tx, now: moment, change: change)
    }

    /// Appends an event to the feed, in this transaction.
    package func record(_ event: Event) async throws {
        try await tx.execute(
            """
            INSERT INTO events (tenant_id, at, name, subject_id, actor_kind, actor_id, change_id,
                imported, data)
            VALUES (\(tenant), \(now), \(event.name), \(event.subject), \(caller.actor.kind),
                \(caller.actor.id), \(change), \(event.imported), \(event.data))
            """)
    }
}

/// One operation's events together.
package enum Change {}

extension ID<Change> {
    /// What a read has: it makes no events.
    static let none = ID(UUID(uuid: (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)))
}

/// Something that happened. `name` is a noun and a verb in the past: `lead.moved`.
package struct Event: Sendable {
    package let name: String
    package let subject: UUID?
    /// A JSON object.
    package let data: String
    /// History that was imported: readers notify nobody of it.
    package let imported: Bool

    package init(
        _ name: String, _ subject: UUID?, imported: Bool = false,
        data: (inout JSONWriter) -> Void = { _ in }
    ) {
        var writer = JSONWriter()
        writer.object(data)
        self.name = name
        self.subject = subject
        self.data = writer.text
        self.imported = imported
    }
}

extension Database {
    package func read<Value: Sendable>(
        as caller: Caller, at now: Instant = .now, from copy: Copy = .primary,
        _ body: @Sendable (Scope) async throws -> Value
    ) async throws -> Value {
        try await translated {
            try await read(of: .tenant(caller.tenant.uuid), from: copy) { tx in
                try await body(Scope(caller: caller, tx: tx, now: now, change: .none))
            }
        }
    }

    package func write<Value: Sendable>(
        as caller: Caller, at now: Instant = .now, isolation: Isolation = .serializable,
        _ body: @escaping @Sendable (Scope) async throws -> Value
    ) async throws -> Value {
        try await translated {
            try await write(of: .tenant(caller.tenant.uuid), isolation: isolation) { tx in
                try await body(Scope(caller: caller, tx: tx, now: now))
            }
        }
    }

    /// Turns what an engine reports into what a person can be told.
    package func translated<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch let error as StorageError {
            switch error {
            case .busy: throw Problem.busy
            case .full: throw Problem.full
            case .uncertain:
                throw Problem.unavailable(
                    """
                    The connection to the database was lost while this was saved. It may be saved: \
                    look before you send it again, or send it with the same Idempotency-Key.
                    """)
            default: throw error
            }
        }
    }
}
