import Foundation
import Synchronization

/// A thread that waits for several sockets at once and, in between, runs the Swift jobs of the
/// actor that lives on it.
///
/// An operation runs on the thread of its connection: a statement leaves and its answer comes
/// back without a hop to another thread (docs/decisions/0012).
///
/// `@unchecked`: `queue` is behind a lock, the other variables are touched on the thread alone.
final class ReactorThread: SerialExecutor, @unchecked Sendable {
    private let queue = Mutex(Queue())
    /// Taken from the queue and being run; it and the queue's array change places.
    private var running: [UnownedJob] = []
    private let (wakeReader, wakeWriter): (Int32, Int32)
    private var watched: [pollfd]
    private var handlers: [Int32: () -> Void] = [:]
    /// 0 until the thread runs.
    private let identity = Atomic<pthread_t>(0)

    private struct Queue {
        var jobs: [UnownedJob] = []
        var isAsleep = false
        var isStopped = false
    }

    init(name: String) {
        var ends: [Int32] = [0, 0]
        let made = pipe(&ends)
        precondition(made == 0, "no file descriptor is left")
        (wakeReader, wakeWriter) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        watched = [pollfd(fd: wakeReader, events: Int16(POLLIN), revents: 0)]
        let thread = Thread { [self] in
            identity.store(pthread_self(), ordering: .releasing)
            work()
        }
        thread.name = name
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let mustWake = queue.withLock { queue in
            queue.jobs.append(job)
            defer { queue.isAsleep = false }
            return queue.isAsleep
        }
        if mustWake { wake() }
    }

    func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    func checkIsolated() {
        precondition(isCurrent, "only on the reactor's thread")
    }

    var isCurrent: Bool { identity.load(ordering: .acquiring) == pthread_self() }

    deinit {
        close(wakeReader)
        close(wakeWriter)
    }

    /// Ends the thread once the jobs queued so far are done. No connection may be left on it.
    func stop() {
        queue.withLock { $0.isStopped = true }
        wake()
    }

    // MARK: On the thread alone

    /// Calls `ready` whenever the socket can be read, or written after `wantsToWrite`.
    func watch(_ socket: Int32, _ ready: @escaping () -> Void) {
        checkIsolated()
        watched.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0))
        handlers[socket] = ready
    }

    func unwatch(_ socket: Int32) {
        checkIsolated()
        watched.removeAll { $0.fd == socket }
        handlers[socket] = nil
    }

    func wantsToWrite(_ wants: Bool, _ socket: Int32) {
        checkIsolated()
        guard let index = watched.firstIndex(where: { $0.fd == socket }) else { return }
        watched[index].events = Int16(wants ? POLLIN | POLLOUT : POLLIN)
    }

    private func work() {
        while true {
            queue.withLock { swap(&$0.jobs, &running) }
            for job in running { job.runSynchronously(on: asUnownedSerialExecutor()) }
            running.removeAll(keepingCapacity: true)
            let (isIdle, isStopped) = queue.withLock { queue in
                queue.isAsleep = queue.jobs.isEmpty && !queue.isStopped
                return (queue.jobs.isEmpty, queue.isStopped)
            }
            if isIdle && isStopped { return }
            wait(forever: isIdle)
        }
    }

    private func wait(forever: Bool) {
        let count = poll(&watched, nfds_t(watched.count), forever ? -1 : 0)
        queue.withLock { $0.isAsleep = false }
        guard count > 0 else { return }
        if watched[0].revents != 0 { drainWake() }
        // A handler may change what is watched.
        for ready in watched.dropFirst() where ready.revents != 0 {
            handlers[ready.fd]?()
        }
    }

    private func wake() {
        var byte: UInt8 = 1
        // A full pipe has woken it already.
        _ = write(wakeWriter, &byte, 1)
    }

    /// Who falls asleep is woken once: there is hardly ever more than one byte.
    private func drainWake() {
        var bytes: UInt64 = 0
        _ = read(wakeReader, &bytes, MemoryLayout.size(ofValue: bytes))
    }
}

/// The isolation of what runs on a reactor's thread.
actor Reactor {
    nonisolated let thread: ReactorThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(name: String) {
        thread = ReactorThread(name: name)
    }

    func run<Value: Sendable>(
        _ body: @Sendable (isolated Reactor) async throws -> Value
    ) async throws -> Value {
        try await body(self)
    }

    func adopt(_ opened: OpenedConnection) -> PostgresConnection {
        PostgresConnection(opened.pointer, on: self)
    }

    func end(_ connection: PostgresConnection) {
        connection.close()
    }
}
