import App
import DatabaseSupport
import Storage
import Tenancy
import TestSupport
import Testing
import Web

/// A floor under what docs/benchmarks.md says.
@Suite struct DuplicateQualityTests {
    @Test(arguments: [1, 2] as [UInt64])
    func `of real names, most twins are found and few strangers`(seed: UInt64) async throws {
        try await World.with(.sqlite) { world in
            let admin = Caller(
                tenant: world.vantage, actor: .user(world.ada.id), role: .companyAdmin)
            let cursors = Cursors(key: Array(repeating: 7, count: 32))
            let quality = try await DuplicateQuality.measure(
                seed: seed, as: admin, in: world.database, cursors)
            #expect(quality.pairs > 150)
            #expect(quality.likelyPrecision >= 0.95, "\(quality)")
            #expect(quality.precision >= 0.88, "\(quality)")
            #expect(quality.recall >= 0.9, "\(quality)")
        }
    }
}
