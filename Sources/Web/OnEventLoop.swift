import HummingbirdCore
import Logging
import NIOCore

extension HTTPServerBuilder {
    /// HTTP/1.1 whose requests are handled on the event loop of their connection.
    ///
    /// A read runs in place (docs/decisions/0002), so nothing is gained by another thread, and
    /// going there and back tripled the slowest hundredth of a busy server's answers
    /// (docs/decisions/0010). What takes long has threads of its own: hashing, the writer.
    package static var onEventLoops: HTTPServerBuilder {
        HTTPServerBuilder { OnEventLoop(HTTP1Channel(responder: $0)) }
    }
}

/// A connection whose tasks prefer its event loop.
private struct OnEventLoop<Connection: ServerChildChannel>: ServerChildChannel {
    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Connection.Value> {
        connection.setup(channel: channel, logger: logger)
    }

    func handle(value: Connection.Value, logger: Logger) async {
        let executor = EventLoopExecutor(loop: value.channel.eventLoop)
        await withTaskExecutorPreference(executor) {
            await connection.handle(value: value, logger: logger)
        }
    }
}

private final class EventLoopExecutor: TaskExecutor {
    let loop: any EventLoop

    init(loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Runs what takes longer than a request may hold up its event loop, as reading a whole file.
package func aside<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
    let task = Task(executorPreference: globalConcurrentExecutor) { try await body() }
    return try await withTaskCancellationHandler {
        try await task.value
    } onCancel: {
        task.cancel()
    }
}
