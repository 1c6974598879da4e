import Logging
import Storage
import Synchronization
import Tenancy
import Web

/// Works on imports, one at a time: dry runs and runs, of all tenants, oldest first.
///
/// What is to be done stands in the database, so an import that was cut off by a crash goes on
/// where its last chunk ended, in whatever process looks first.
package struct ImportRunner: Sendable {
    private let database: Database
    private let files: ImportFiles
    private let log: Logger
    private let now: @Sendable () -> Instant

    static let rowsPerChunk = 500
    /// The least time between two looks for work, so that a busy server's commits do not make
    /// it look all the time.
    private static let lookInterval = Duration.milliseconds(100)

    package init(
        _ database: Database, _ files: ImportFiles, log: Logger,
        now: @escaping @Sendable () -> Instant = { .now }
    ) {
        self.database = database
        self.files = files
        self.log = log
        self.now = now
    }

    /// Works until the task is cancelled; woken by commits, and by the end of the lease of a
    /// process that has gone.
    package func run() async {
        let (wakes, wake) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        database.engine.onCommit { wake.yield() }
        wake.yield()
        let alarm = Alarm { wake.yield() }
        do { try await files.removeLeftovers(at: .now) } catch {
            log.warning("Old files were not removed", metadata: ["error": "\(error)"])
        }
        for await _ in wakes {
            do {
                while !Task.isCancelled, try await step() {}
                alarm.set(try await Import.nextLeaseEnd(in: database))
            } catch {
                log.error("Looking for imports failed", metadata: ["error": "\(error)"])
                alarm.set(.now.adding(seconds: Lease.seconds))
            }
            try? await Task.sleep(for: Self.lookInterval)
        }
        alarm.set(nil)
    }

    /// Takes one import and works on it; false when there is none to take.
    package func step() async throws -> Bool {
        let lease = Lease(at: .now)
        guard let run = try await Import.take(with: lease, at: .now, in: database) else {
            return false
        }
        await work(on: run, under: lease)
        return true
    }

    /// Works on an import that is taken already, until it is over, lost or cancelled.
    ///
    /// - Parameter progress: Called after each chunk.
    /// - Returns: What is wrong with the machine (a full disk, a file store that
    ///   does not answer), when it was left for later.
    @discardableResult
    package func work(
        on run: Import, under lease: Lease,
        progress: @escaping @Sendable (Import) -> Void = { _ in }
    ) async -> Problem? {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await keep(lease, on: run) }
                group.addTask { try await go(on: run, under: lease, progress) }
                // Whichever ends first ends the other: the work, or the lease.
                defer { group.cancelAll() }
                try await group.next()
            }
        } catch is Lease.Lost {
            log.info("An import was taken over or stopped", metadata: ["import": "\(run.id)"])
        } catch is CancellationError {
            await letGo(of: run, lease)
        } catch {
            return await fail(run, lease, error)
        }
        return nil
    }

    private func keep(_ lease: Lease, on run: Import) async throws {
        while true {
            try await Task.sleep(for: Lease.heartbeat)
            let until = Instant.now.adding(seconds: Lease.seconds)
            try await database.write(
                as: run.caller(role: .companyAdmin), isolation: .readCommitted
            ) { scope in
                try await Imports(scope).renew(lease, on: run.id, until: until)
            }
        }
    }

    private func go(
        on run: Import, under lease: Lease, _ progress: @Sendable (Import) -> Void
    ) async throws {
        let caller = try await caller(of: run)
        let isCheck = run.state == .checking
        let id = run.id
        let begun =
            try await isCheck
            ? database.write(as: caller) { scope in
                try await Imports(scope).beginCheck(id, under: lease)
            } : run
        let ground = try await database.read(as: caller) { try await ImportGround(in: $0) }
        let recognised = try await files.inspection(of: run)?.datePattern(for: begun.mapping)
        let writer = ChunkWriting(database: database, caller: caller, lease: lease, id: id)
        try await files.withLocalCopy(of: run) { path in
            let supply = RowSupply(
                path, begun, ground, recognised: recognised, rowsPerChunk: Self.rowsPerChunk,
                now: now)
            if isCheck {
                try await writer.foretell(supply, progress)
            } else {
                try await writer.take(supply, progress)
            }
        }
        progress(
            try await database.write(as: caller, at: now()) { scope in
                try await Imports(scope).finish(id, under: lease)
            })
    }

    /// Who acts: the person who started it, with the role as it is now.
    private func caller(of run: Import) async throws -> Caller {
        guard let id = run.user else { return run.caller(role: .companyAdmin) }
        let user = try await database.read(as: run.caller(role: .companyAdmin)) {
            try await Users($0).find(id)
        }
        guard user.isActive else {
            throw Problem.conflict("\(user.name), who started this import, has left.")
        }
        let caller = run.caller(role: user.role)
        try caller.must(.importLeads)
        if run.mapping.isForAdmins { try caller.must(.importHistory) }
        return caller
    }

    private func letGo(of run: Import, _ lease: Lease) async {
        do {
            try await database.write(
                as: run.caller(role: .companyAdmin), isolation: .readCommitted
            ) { scope in
                try await Imports(scope).release(lease, on: run.id)
            }
        } catch {
            log.warning("A lease was not given back", metadata: ["error": "\(error)"])
        }
    }

    /// What is wrong with the file ends the import; what is wrong with the machine leaves it
    /// for later, when the lease has ended.
    private func fail(_ run: Import, _ lease: Lease, _ error: any Error) async -> Problem? {
        let problem = error as? Problem
        let isOurs = problem?.mayPass ?? true
        log.log(
            level: isOurs ? .error : .notice, "An import broke off",
            metadata: ["import": "\(run.id)", "error": "\(error)"])
        if let problem, isOurs { return problem }
        let words = problem?.detail ?? "Something broke here; it was not your file. Tell support."
        do {
            try await database.write(as: run.caller(role: .companyAdmin), at: now()) { scope in
                _ = try await Imports(scope).finish(run.id, words, under: lease)
            }
        } catch {
            log.error("An import's failure was not kept", metadata: ["error": "\(error)"])
        }
        return nil
    }
}

/// Writes the chunks of one import. While one is written, the next is read.
private struct ChunkWriting {
    let database: Database
    let caller: Caller
    let lease: Lease
    let id: ID<Import>

    func take(_ supply: RowSupply, _ progress: @Sendable (Import) -> Void) async throws {
        var next = try await supply.next()
        while let chunk = next {
            async let following = supply.next()
            let (id, lease) = (id, lease)
            progress(
                try await database.write(
                    as: caller, at: chunk.now, isolation: .readCommitted
                ) { scope in
                    try await Imports(scope).take(chunk, of: id, under: lease)
                })
            try Task.checkCancellation()
            next = try await following
        }
    }

    func foretell(_ supply: RowSupply, _ progress: @Sendable (Import) -> Void) async throws {
        let seen = SeenRows()
        var next = try await supply.next()
        while let chunk = next {
            async let following = supply.next()
            let (id, lease) = (id, lease)
            progress(
                try await database.write(as: caller, at: chunk.now) { scope in
                    try await Imports(scope).foretell(chunk, of: id, seen, under: lease)
                })
            try Task.checkCancellation()
            next = try await following
        }
    }
}

/// Calls back once, at a moment; setting it anew forgets the moment before.
private final class Alarm: Sendable {
    private let ring: @Sendable () -> Void
    private let task = Mutex<Task<Void, any Error>?>(nil)

    init(_ ring: @escaping @Sendable () -> Void) {
        self.ring = ring
    }

    func set(_ moment: Instant?) {
        task.withLock { task in
            task?.cancel()
            task = moment.map { moment in
                Task { [ring] in
                    let wait = max(0, moment.microseconds - Instant.now.microseconds)
                    // A little later than the lease's last moment.
                    try await Task.sleep(for: .microseconds(wait + 10_000))
                    ring()
                }
            }
        }
    }
}
