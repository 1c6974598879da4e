import Crypto
import DatabaseSupport
import Foundation
import Storage
import Testing

@testable import Tenancy

@Suite struct SecretsTests {
    private let old = MasterKeys.random()
    private let new = MasterKeys.random()
    private let secret = Array("a seed of twenty byt".utf8)
    private let place = SecretPlace(ID<Tenant>(), .totp, UUID())

    @Test func `a sealed secret opens at its place, and reads like noise before`() throws {
        let keys = try MasterKeys(old)
        let first = try SealedSecret(sealing: secret, for: place, with: keys)
        #expect(try first.opened(for: place, with: keys) == secret)
        #expect(first.bytes.count == 1 + 4 + 12 + secret.count + 16)
        // A nonce is used once: the same secret never looks the same.
        let again = try SealedSecret(sealing: secret, for: place, with: keys)
        #expect(again.bytes.dropFirst(5) != first.bytes.dropFirst(5))
        #expect(!String(decoding: first.bytes, as: UTF8.self).contains("seed"))
    }

    @Test func `whichever bit was changed, it does not open`() throws {
        let keys = try MasterKeys(old)
        let sealed = try SealedSecret(sealing: secret, for: place, with: keys).bytes
        for at in sealed.indices {
            var changed = sealed
            changed[at] ^= 1
            #expect(throws: SealBroken.self, "\(at)") {
                try SealedSecret(stored: changed).opened(for: place, with: keys)
            }
        }
        for length in 0..<sealed.count {
            #expect(throws: SealBroken.self, "\(length)") {
                try SealedSecret(stored: Array(sealed.prefix(length)))
                    .opened(for: place, with: keys)
            }
        }
    }

    @Test func `another tenant, record or purpose opens nothing`() throws {
        let keys = try MasterKeys(old)
        let sealed = try SealedSecret(sealing: secret, for: place, with: keys)
        for other in [
            SecretPlace(ID<Tenant>(), .totp, place.record),
            SecretPlace(place.tenant, .totp, UUID()),
        ] {
            #expect(throws: SealBroken.damaged(other)) {
                try sealed.opened(for: other, with: keys)
            }
        }
        // The purpose, of which there is one so far: as the seal binds it.
        let key = keys.newest
        let bound = Data(
            "iperform secret 1\n\(place.tenant)\n\(UUIDv7.text(place.record))\nother".utf8)
        let box = try AES.GCM.seal(secret, using: key.key, authenticating: bound)
        let foreign = [1] + key.id + Array(try #require(box.combined))
        #expect(throws: SealBroken.damaged(place)) {
            try SealedSecret(stored: foreign).opened(for: place, with: keys)
        }
    }

    @Test func `the first key seals and every key opens; a missing one is named`() throws {
        let before = try MasterKeys(old)
        let sealed = try SealedSecret(sealing: secret, for: place, with: before)
        let both = try MasterKeys("\(new)\n\(old)\n")
        #expect(try sealed.opened(for: place, with: both) == secret)
        let later = try SealedSecret(sealing: secret, for: place, with: both)
        #expect(later.keyID == both.newest.id)
        #expect(throws: SealBroken.keyMissing(before.newestName)) {
            try sealed.opened(for: place, with: try MasterKeys(new))
        }
        #expect("\(SealBroken.keyMissing("ab12"))".contains("IPERFORM_MASTER_KEY"))
    }

    @Test(arguments: ["", " \n", "short", "AAAA", String(repeating: "A", count: 88)])
    func `what is no key is refused without repeating it`(text: String) {
        let error = #expect(throws: MasterKeys.BadKey.self) { try MasterKeys(text) }
        #expect(error.map { "\($0)".contains("openssl rand -base64 32") } == true)
        if text.count > 4 { #expect(error.map { "\($0)".contains(text) } == false) }
    }

    @Test(arguments: EngineKind.allCases)
    func `rotation seals all of it anew, goes on where it was, and says how many`(
        on engine: EngineKind
    ) async throws {
        try await Ground.with(engine) { ground in
            let before = try MasterKeys(old)
            let both = try MasterKeys("\(new) \(old)")
            let records = (0..<230).map { _ in UUID() }
            try await ground.write(as: ground.ada) { scope in
                for record in records {
                    try await Secrets(scope, before).set(secret, .totp, of: record)
                }
            }
            let other = UUID()
            try await ground.write(as: ground.eve) {
                try await Secrets($0, both).set(secret, .totp, of: other)
            }
            // The old key is still needed.
            await #expect(throws: SealBroken.keyMissing(before.newestName)) {
                try await Secrets.resealAll(in: ground.database, with: try MasterKeys(new))
            }
            #expect(try await Secrets.resealAll(in: ground.database, with: both) == 230)
            #expect(try await Secrets.resealAll(in: ground.database, with: both) == 0)
            let only = try MasterKeys(new)
            for record in [records[0], records[117], records[229]] {
                let opened = try await ground.read(as: ground.ada) {
                    try await Secrets($0, only).find(.totp, of: record)
                }
                #expect(opened == secret)
            }
            let missing = try await ground.database.read {
                try await (
                    Secrets.missingKeys(in: $0, besides: only),
                    Secrets.missingKeys(in: $0, besides: before)
                )
            }
            #expect(missing.0 == [])
            #expect(missing.1 == [only.newestName])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a secret that was moved to another company's row does not open`(on engine: EngineKind)
        async throws
    {
        try await Ground.with(engine) { ground in
            let record = UUID()
            try await ground.write(as: ground.ada) {
                try await Secrets($0, ground.masterKeys).set(secret, .totp, of: record)
            }
            let (acme, rival) = (ground.acme.id, ground.rival.id)
            _ = try await ground.database.write { tx in
                try await tx.execute(
                    "UPDATE secrets SET tenant_id = \(rival) WHERE tenant_id = \(acme)")
            }
            let none = try await ground.read(as: ground.ada) {
                try await Secrets($0, ground.masterKeys).find(.totp, of: record)
            }
            #expect(none == nil)
            await #expect(throws: SealBroken.self) {
                try await ground.read(as: ground.eve) {
                    try await Secrets($0, ground.masterKeys).find(.totp, of: record)
                }
            }
        }
    }
}
