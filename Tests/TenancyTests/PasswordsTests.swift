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

    @Test(arguments: [11, 129])
    func `a password that is too short or too long is refused`(length: Int) async {
        let text = Self.text(length)
        #expect(await problem { try await passwords.hash(text) }?.fields == ["password"])
    }

    @Test(arguments: [12, 128])
    func `a password of the shortest and the longest length is taken`(length: Int) async throws {
        let text = Self.text(length)
        let hash = try await passwords.hash(text)
        #expect(try await passwords.verify(text, against: hash))
        #expect(try await !passwords.verify(text + "ß", against: hash))
    }

    /// Nothing that is tried first, of any length.
    private static func text(_ length: Int) -> String {
        let letters = Array("ßabcdefghijkm")
        return String((0..<length).map { letters[$0 * $0 % 13] })
    }

    @Test(arguments: [
        "password1234", "Password2026!!", "qwertyuiop12", "123456789012", "iloveyou....",
        "abcabcabcabc", "aaaaaaaaaaab", "PASSWORDPASSWORD", "sanfrancisco", "!!1Welcome1!!",
    ])
    func `what is tried first is refused, however decorated`(password: String) async {
        let problem = await problem { try await passwords.hash(password) }
        #expect(problem?.detail.contains("tried first") == true, "\(password)")
    }

    @Test(arguments: [
        "Rosalind likes tea", "rósalind-likes-tea", "ask franklin first", "my.r.franklin.door",
        "at harbortrading now", "the Harbor is calm",
    ])
    func `what others know of the person is refused`(password: String) async {
        let person = ["Rosalind Franklin", "r.franklin@lab.example", "Harbor Trading"]
        let problem = await problem { try await passwords.hash(password, of: person) }
        #expect(problem?.detail.contains("others know of you") == true, "\(password)")
    }

    @Test func `short names do not count, and several words will do`() async throws {
        let person = ["Max Ip", "m@ip.example", "Up"]
        let hash = try await passwords.hash("maximum effort up the hill", of: person)
        #expect(try await passwords.verify("maximum effort up the hill", against: hash))
    }

    @Test func `a password from before the rules can still be hashed anew`() async throws {
        let hash = try await passwords.rehash("password")
        #expect(try await passwords.verify("password", against: hash))
    }

    @Test func `without an account no password is right`() async throws {
        #expect(try await !passwords.verify("", against: nil))
        #expect(try await !passwords.verify("correct horse", against: nil))
    }

    @Test func `a damaged hash is a failure, not a wrong password`() async {
        await #expect(throws: HashingFailure.self) {
            try await passwords.verify("correct horse", against: "$argon2id$damaged")
        }
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
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { await isServed(by: pool, behind: gate) } }
            // Nothing ends before the gate opens, so the first to end are the refused.
            for _ in 0..<34 { #expect(await group.next() == false) }
            for _ in 0..<100 { gate.signal() }
            let served = await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            // Those who wait, and what each thread had taken already.
            #expect((64...66).contains(served))
        }
    }

    private func isServed(by pool: HashingPool, behind gate: DispatchSemaphore) async -> Bool {
        do {
            try await pool.run { gate.wait() }
            return true
        } catch {
            #expect(error as? Problem == .busy)
            return false
        }
    }
}
