import DatabaseSupport
import Storage
import Testing

@Suite struct IPRangeTests {
    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:c000:201", "192.0.2.1"),
        ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("::", "::"), ("0.0.0.0", "0.0.0.0"),
    ])
    func `an address is written in one way`(text: String, written: String) throws {
        #expect(try #require(IPAddress(text)).description == written)
    }

    @Test(arguments: [
        "", "unknown", "192.0.2", "192.0.2.256", "192.0.2.01", "192.0.2.1 ", "1", "::g", ":::",
        "fe80::1%eth0", "192.0.2.1:80", "[::1]", "192.0.2.1\u{0}",
    ])
    func `what is no address is none`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("192.0.2.0/24", "192.0.2.0/24"), ("192.0.2.1/32", "192.0.2.1"), ("0.0.0.0/0", "0.0.0.0/0"),
        ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8::/32", "2001:db8::/32"), ("2001:db8::1/128", "2001:db8::1"), ("::/0", "::/0"),
    ])
    func `a range is written in one way`(text: String, written: String) throws {
        #expect(try IPRange(text).description == written)
    }

    @Test func `what is wrong with a range is told`() throws {
        for text in ["", "/8", "nothing/8", "10.0.0/8"] {
            #expect(throws: IPRange.Fault.noAddress) { try IPRange(text) }
        }
        for text in ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8/8", "10.0.0.0/+8"] {
            #expect(throws: IPRange.Fault.length(32)) { try IPRange(text) }
        }
        for text in ["::/129", "::ffff:10.0.0.0/95", "::ffff:10.0.0.0/24"] {
            #expect(throws: IPRange.Fault.length(128)) { try IPRange(text) }
        }
        let around = try IPRange("10.0.0.0/8")
        #expect(throws: IPRange.Fault.bitsBehind(around)) { try IPRange("10.0.0.1/8") }
    }

    /// Against the definition, bit by bit: an address lies in a range when the first bits agree.
    @Test func `a range holds what begins as it does, and nothing else`() throws {
        var dice = Dice(seed: 7)
        for round in 0..<4000 {
            let isShort = round.isMultiple(of: 2)
            let width = isShort ? 32 : 128
            let length = Int.random(in: 0...width, using: &dice)
            let bits = Self.bits(width, &dice)
            let first = (0..<width).map { $0 < length ? bits[$0] : false }
            let range = try IPRange("\(Self.address(first))/\(length)")
            // Near the range, so that it is met often: as it, but for one bit or the rest.
            var near = (0..<width).map { $0 < length ? bits[$0] : Bool.random(using: &dice) }
            if round % 4 < 2 { near[Int.random(in: 0..<width, using: &dice)].toggle() }
            // What looks like IPv4 in IPv6 is IPv4.
            guard Self.address(near).width == width, range.first.width == width else { continue }
            let agrees = near.prefix(length) == bits.prefix(length)
            #expect(range.contains(Self.address(near)) == agrees, "\(range) \(Self.address(near))")
            #expect(range.contains(range.first))
            let other = isShort ? IPAddress(v6: 1 << 100) : IPAddress(v4: 1)
            #expect(!range.contains(other))
            #expect(try IPRange(range.description) == range)
        }
    }

    private static func bits(_ count: Int, _ dice: inout Dice) -> [Bool] {
        (0..<count).map { _ in Bool.random(using: &dice) }
    }

    private static func address(_ bits: [Bool]) -> IPAddress {
        let number = bits.reduce(UInt128(0)) { $0 << 1 | ($1 ? 1 : 0) }
        return bits.count == 32
            ? IPAddress(v4: UInt32(truncatingIfNeeded: number)) : IPAddress(v6: number)
    }
}
