import Foundation
import Storage
import Testing

@testable import Tenancy

@Suite struct OneTimeCodeTests {
    private let code = OneTimeCode(seed: Array("12345678901234567890".utf8))

    private func moment(_ seconds: Int64) -> Instant { Instant(microseconds: seconds * 1_000_000) }

    /// RFC 6238, appendix B, for SHA-1.
    @Test(
        arguments: [
            (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"),
            (1_234_567_890, "89005924"), (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
        ] as [(Int64, String)])
    func `codes are those of the standard`(seconds: Int64, expected: String) {
        let step = OneTimeCode.step(at: moment(seconds))
        #expect(code.code(step: step, digits: 8) == expected)
        #expect(code.code(at: moment(seconds)) == String(expected.suffix(6)))
    }

    @Test func `the codes of the step before and after count, others do not`() {
        let now = moment(1_111_111_111)
        let step = OneTimeCode.step(at: now)
        for aside in -1...1 as ClosedRange<Int64> {
            #expect(code.step(of: code.code(step: step + aside), at: now) == step + aside)
        }
        for aside in [-2, 2] as [Int64] {
            #expect(code.step(of: code.code(step: step + aside), at: now) == nil)
        }
        for wrong in ["", "0", "12345", "1234567", "abcdef", "05047", "050471 "] {
            #expect(code.step(of: wrong, at: now) == nil, "\(wrong)")
        }
    }

    @Test func `a code is the same as itself and as no other`() {
        for _ in 0..<20_000 {
            let (one, other) = (Int.random(in: 0..<1_000_000), Int.random(in: 0..<1_000_000))
            let texts = [one, other].map { number in
                String(repeating: "0", count: 6 - String(number).count) + String(number)
            }
            #expect(OneTimeCode.areSame(texts[0], texts[1]) == (one == other), "\(texts)")
            #expect(OneTimeCode.areSame(texts[0], texts[0]))
        }
    }

    /// RFC 4648, section 10, without its padding.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"),
        ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
    ])
    func `base32 is that of the standard`(text: String, expected: String) {
        #expect(Base32.text(Array(text.utf8)) == expected)
    }

    @Test func `the address for the app says whose it is, whatever the names hold`() {
        let address = code.address(of: "maya+a@harbor.example", at: "Harbor & Söhne: Trading")
        #expect(
            address == "otpauth://totp/Harbor%20%26%20S%C3%B6hne%3A%20Trading:maya%2Ba%40"
                + "harbor.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=Harbor%20%26%20S%C3%B6hne%3A%20Trading"
                + "&algorithm=SHA1&digits=6&period=30")
    }

    @Test func `recovery codes are long, all different, and bound to their person`() {
        let codes = (0..<100).map { _ in RecoveryCode.random() }
        #expect(Set(codes).count == 100)
        let shape = /([a-z2-7]{4}-){3}[a-z2-7]{4}/
        #expect(codes.allSatisfy { $0.wholeMatch(of: shape) != nil })
        let (ada, sam) = (ID<User>(), ID<User>())
        let typed = codes[0].uppercased().replacing("-", with: " ")
        #expect(RecoveryCode.hash(typed, of: ada) == RecoveryCode.hash(codes[0], of: ada))
        #expect(RecoveryCode.hash(codes[0], of: sam) != RecoveryCode.hash(codes[0], of: ada))
    }

    @Test(arguments: [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                + "Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0", "Edge on Windows"
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "Firefox on Linux"
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, "
                + "like Gecko) Version/19.1 Mobile/15E148 Safari/604.1", "Safari on iPhone"
        ),
        (
            "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) "
                + "Chrome/141.0.0.0 Mobile Safari/537.36", "Chrome on Android"
        ),
        ("curl/8.9.1", "curl"), ("", "Unknown program"), ("///", "Unknown program"),
        (String(repeating: "x", count: 5000), String(repeating: "x", count: 40)),
    ])
    func `a user agent is said in words`(text: String, words: String) {
        #expect(UserAgent.words(text) == words)
        #expect(UserAgent.words(nil) == "Unknown program")
    }
}
