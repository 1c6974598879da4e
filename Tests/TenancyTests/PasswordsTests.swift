import Foundation
import Testing

@testable import Tenancy

@Suite struct PasswordsTests {
    let passwords = Passwords()

    @Test func `the password verifies against its hash and no other does`() async throws {
        let hash = try await passwords.hash("correct horse")
        #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(try await passwords.verify("correct horse", against: hash))
        #expect(try await !passwords.verify("correct horsE", against: hash))
        #expect(try await !passwords.verify("", against: hash))
        #expect(!Passwords.needsRehash(hash))
    }

    @Test func `each hash has its own salt`() async throws {
        let first = try await passwords.hash("correct horse")
        #expect(try await passwords.hash("correct horse") != first)
    }

    @Test(arguments: [7, 201])
    func `a password that is too short or too long is refused`(length: Int) async {
        let text = String(repeating: "ß", count: length)
        #expect(await problem { try await passwords.hash(text) }?.fields == ["password"])
    }

    @Test(arguments: [8, 200])
    func `a password of the shortest and the longest length is taken`(length: Int) async throws {
        let text = String(repeating: "ß", count: length)
        let hash = try await passwords.hash(text)
        #expect(try await passwords.verify(text, against: hash))
        #expect(try await !passwords.verify(text + "ß", against: hash))
    }

    @Test func `without an account no password is right, and argon2 runs all the same`()
        async throws
    {
        #expect(try await !passwords.verify("", against: nil))
        #expect(try await !passwords.verify("correct horse", against: nil))
    }

    @Test func `composed and decomposed characters are the same password`() async throws {
        let hash = try await passwords.hash("caf\u{E9} au lait")
        #expect(try await passwords.verify("cafe\u{301} au lait", against: hash))
    }

    @Test func `a hash made with other parameters verifies, and is to be renewed`() async throws {
        let older =
            "$argon2id$v=19$m=4096,t=3,p=1$c29tZXNhbHRzb21lc2FsdA"
            + "$acbZCckOfABB/s2U/eE8vrM+V9HWTIj4syKxzIwhax8"
        #expect(try await passwords.verify("correct horse", against: older))
        #expect(Passwords.needsRehash(older))
    }

    @Test func `when too many wait, one more is refused and the others are served`() async throws {
        let pool = HashingPool()
        defer { pool.stop() }
        let gate = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    do {
                        try await pool.run { gate.wait() }
                        return true
                    } catch Problem.busy {
                        return false
                    }
                }
            }
            // Nothing ends before the gate opens, so the first to end are the refused.
            var refused = 0
            while refused < 34, let served = try await group.next() {
                #expect(!served)
                refused += 1
            }
            for _ in 0..<100 { gate.signal() }
            var served = 0
            for try await wasServed in group where wasServed { served += 1 }
            // Those who wait, and what each thread had taken already.
            #expect((64...66).contains(served))
        }
    }
}
