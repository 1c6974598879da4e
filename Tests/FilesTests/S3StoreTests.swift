import BucketSupport
import Foundation
import Logging
import Testing

@testable import Files

/// What S3 says no to. The rest is the contract's.
@Suite struct S3StoreTests {
    @Test func `a wrong secret is refused: signatures are looked at`() async throws {
        let moto = try await Moto.running()
        let credentials = S3Credentials(
            accessKey: moto.credentials.accessKey, secretKey: "guessed")
        try await with(try #require(moto.place(.report)), credentials) { store in
            let refused = FileStoreError.refused(status: 403, code: "SignatureDoesNotMatch")
            await #expect(throws: refused) {
                try await store.write(Source(bytes: [1]), to: .report, bytesMax: 1)
            }
            await #expect(throws: refused) { try await store.read(.report) }
        }
    }

    @Test func `a bucket that is missing is not a file that is missing`() async throws {
        let moto = try await Moto.running()
        let place = try #require(S3Place(bucket: "elsewhere", endpoint: moto.origin))
        try await with(place, moto.credentials) { store in
            await #expect(throws: FileStoreError.refused(status: 404, code: "NoSuchBucket")) {
                try await store.read(.report)
            }
        }
    }

    private func with(
        _ place: S3Place, _ credentials: S3Credentials,
        _ body: (S3Store) async throws -> Void
    ) async throws {
        let store = S3Store(place, credentials, log: Logger(label: "files"))
        let result = await Result { try await body(store) }
        try await store.close()
        try result.get()
    }
}
