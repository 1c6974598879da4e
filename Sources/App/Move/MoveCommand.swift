import Foundation
import Storage
import Synchronization

/// Moves an installation's database, telling how far it is.
package func moveInstallation(from: String, to: String) async throws {
    var move = try await Relocation.open(from: MoveAddress(from), to: MoveAddress(to))
    let pace = MovePace()
    move.step = { pace.tell($0) }
    try await move.run()
    say(
        """
        Files are not moved: the new server needs the folder files of the old data directory. \
        Leave the old database unserved from here on.
        """)
}

/// A line about a long table now and then.
private final class MovePace: Sendable {
    private let next = Mutex(ContinuousClock.now + rest)

    private static let rest = Duration.seconds(2)

    func tell(_ step: Relocation.Step) {
        guard case .copied(let table, let rows) = step else { return }
        let isDue = next.withLock { next in
            guard next <= .now else { return false }
            next = .now + Self.rest
            return true
        }
        if isDue { say("\(table): \(rows) rows so far") }
    }
}
