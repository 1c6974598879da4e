import HTTPTypes
import Hummingbird
import NIOCore
import Storage
import Tenancy
import Web

/// The stream of server-sent events that every open page listens to.
struct LiveRoutes {
    let feed: LiveFeed

    var routes: [Route] {
        var live = Route.other(
            .get, "/live", "What happens, as it happens", access: .signedIn, handle: stream)
        live.staysOpen = true
        return [live]
    }

    private func stream(_ call: Call) async throws -> Reply {
        let lastSeen = call.header(.lastEventID).flatMap { FeedPlace($0) }
        let caller = try call.caller()
        guard caller.actor.kind != .operator else {
            throw Problem.forbidden("Who is inside by break-glass looks page by page.")
        }
        try feed.mustHaveRoom()
        let feed = feed
        // All of it in here: an answer without its body, as to HEAD, leaves no viewer behind.
        let body = ResponseBody { writer in
            let (id, messages) = feed.subscribe(caller)
            defer { feed.unsubscribe(id) }
            // The place comes with the greeting, so that a tab to which nothing happens misses
            // nothing either when its stream is cut.
            let place = if let lastSeen { lastSeen } else { try await feed.now() }
            try await writer.write(
                ByteBuffer(string: "retry: 2000\nid: \(place)\nevent: hello\ndata: {}\n\n"))
            var next = lastSeen
            while let place = next {
                let missed = try await feed.missed(caller, after: place)
                for message in missed.messages { try await writer.write(message) }
                next = missed.next
            }
            for await message in messages { try await writer.write(message) }
            try await writer.finish(nil)
        }
        return Reply(
            .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-cache",
                .xAccelBuffering: "no",
            ], body: .stream(body))
    }
}

extension HTTPField.Name {
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
    static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering")!
}
