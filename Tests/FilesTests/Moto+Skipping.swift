import BucketSupport
import Testing

extension Moto {
    /// Without it, the test is skipped.
    static func running() async throws -> Moto {
        guard let moto = try await find() else {
            try Test.cancel("There is no .venv/bin/moto_server, so no bucket is tested.")
        }
        return moto
    }
}
