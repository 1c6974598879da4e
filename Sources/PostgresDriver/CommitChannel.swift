import Foundation
import Logging
import Storage
import Synchronization

/// Tells all processes that something was committed, and hears it from them.
///
/// Commits are told after the fact and many at once: a NOTIFY inside a transaction takes a lock
/// that makes all commits of the server wait for each other. What a process that dies in between
/// has not told, the tick finds.
final class CommitChannel: Sendable {
    private let address: PostgresAddress
    private let reactor: Reactor
    private let log: Logger
    private let readers = Mutex<[@Sendable () -> Void]>([])
    private let (signals, signal) = AsyncStream<Void>.makeStream(
        bufferingPolicy: .bufferingNewest(1))
    private let tasks = Mutex<[Task<Void, Never>]>([])
    private let isTelling = Mutex(false)

    private static let name = "iperform_commits"
    /// The least time between two notifications.
    private static let pause = Duration.milliseconds(5)
    private static let tick = Duration.seconds(1)
    private static let restMax = 2_000

    init(_ address: PostgresAddress, on reactor: Reactor, log: Logger) {
        self.address = address
        self.reactor = reactor
        self.log = log
    }

    func add(_ wake: @escaping @Sendable () -> Void) {
        readers.withLock { $0.append(wake) }
    }

    /// Something was written here, or given up.
    func committed() {
        wakeReaders()
        signal.yield()
    }

    private func wakeReaders() {
        for wake in readers.withLock({ $0 }) { wake() }
    }

    func start() {
        tasks.withLock { tasks in
            tasks = [
                Task { await talk() },
                Task { [weak self] in
                    while !Task.isCancelled {
                        try? await Task.sleep(for: Self.tick)
                        self?.wakeReaders()
                    }
                },
            ]
        }
    }

    func stop() async {
        signal.finish()
        let tasks = tasks.withLock { $0 }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
    }

    /// Keeps a connection that listens and tells, and makes another when it is lost.
    private func talk() async {
        var failures = 0
        var heard = signals.makeAsyncIterator()
        while !Task.isCancelled {
            do {
                let connection = try await listening()
                failures = 0
                // What was told while nobody listened.
                wakeReaders()
                defer { Task { [reactor] in await reactor.end(connection) } }
                while !connection.isBroken {
                    guard await heard.next() != nil else { return }
                    try await tell(on: connection)
                    try await Task.sleep(for: Self.pause)
                }
            } catch is CancellationError {
                return
            } catch {
                failures += 1
                log.warning("No word of other processes' commits", metadata: ["error": "\(error)"])
                let rest = min(Self.restMax, 50 << min(failures, 6))
                try? await Task.sleep(for: .milliseconds(Int.random(in: rest / 2...rest)))
            }
        }
    }

    private func listening() async throws -> PostgresConnection {
        let opened = try await address.open()
        return try await reactor.run { [self] reactor in
            let connection = PostgresConnection(opened.pointer, on: reactor)
            let own = connection.processID
            connection.onNotification = { [weak self] sender in
                if sender != own { self?.wakeReaders() }
            }
            connection.onLoss = { [weak self] in self?.signal.yield() }
            _ = try await connection.command("LISTEN \(Self.name)")
            return connection
        }
    }

    private func tell(on connection: PostgresConnection) async throws {
        try await reactor.run { _ in
            _ = try await connection.command("NOTIFY \(Self.name)")
        }
    }
}
