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

    /// - Parameter tick: How often readers are woken although nothing was told.
    func start(tick: Duration) {
        tasks.withLock { tasks in
            tasks = [
                Task { await talk() },
                Task { [weak self] in
                    while !Task.isCancelled {
                        try? await Task.sleep(for: tick)
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
        while !Task.isCancelled {
            do {
                try await address.connected(on: reactor) { connection in
                    try await listen(on: connection)
                    failures = 0
                    try await tell(on: connection)
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

    private func listen(on connection: PostgresConnection) async throws {
        try await reactor.run { [self] _ in
            let own = connection.processID
            connection.onNotification = { [weak self] sender in
                if sender != own { self?.wakeReaders() }
            }
            connection.onLoss = { [weak self] in self?.signal.yield() }
            _ = try await connection.command("LISTEN \(Self.name)")
            // What may have been committed here and not been told before.
            _ = try await connection.command("NOTIFY \(Self.name)")
        }
        // What was told while nobody listened.
        wakeReaders()
    }

    /// Tells of commits until the connection is lost or the channel stops.
    private func tell(on connection: PostgresConnection) async throws {
        for await _ in signals {
            try await reactor.run { _ in
                _ = try await connection.command("NOTIFY \(Self.name)")
            }
            try await Task.sleep(for: Self.pause)
        }
    }
}
