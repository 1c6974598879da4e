import Hummingbird
import HummingbirdTesting
import NIOCore
import Testing
import Web

@Suite struct OnEventLoopTests {
    private struct Context: RequestContext {
        var coreContext: CoreRequestContextStorage
        let loop: any EventLoop

        init(source: ApplicationRequestContextSource) {
            coreContext = .init(source: source)
            loop = source.channel.eventLoop
        }
    }

    @Test func `a request stays on its event loop, and what takes long does not`() async throws {
        let router = Router(context: Context.self)
        router.get("/where") { _, context in
            let before = context.loop.inEventLoop
            let aside = try await aside { context.loop.inEventLoop }
            return "\(before) \(aside) \(context.loop.inEventLoop)"
        }
        let application = Application(
            router: router, server: .onEventLoops,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)))
        try await application.test(.live) { client in
            let answer = try await client.execute(uri: "/where", method: .get)
            #expect(String(buffer: answer.body) == "true false true")
        }
    }
}
