import Foundation

/// An address on the internet. One of IPv4 that is written as one of IPv6 (`::ffff:192.0.2.1`)
/// is the same address.
package struct IPAddress: Hashable, Sendable {
    /// Bits: 32 of IPv4, 128 of IPv6.
    package let width: Int
    package let bits: UInt128

    package init(v4 bits: UInt32) {
        width = 32
        self.bits = UInt128(bits)
    }

    package init(v6 bits: UInt128) {
        let isShort = bits >> 32 == 0xFFFF
        width = isShort ? 32 : 128
        self.bits = isShort ? UInt128(UInt32(truncatingIfNeeded: bits)) : bits
    }

    /// Nil for what is no address, a host's name included.
    package init?(_ text: String) {
        guard !text.utf8.contains(0) else { return nil }
        var (short, long) = (in_addr(), in6_addr())
        if inet_pton(AF_INET, text, &short) == 1 {
            self.init(v4: UInt32(bigEndian: short.s_addr))
        } else if inet_pton(AF_INET6, text, &long) == 1 {
            self.init(
                v6: withUnsafeBytes(of: long) { bytes in
                    bytes.reduce(0) { $0 << 8 | UInt128($1) }
                })
        } else {
            return nil
        }
    }
}

extension IPAddress: CustomStringConvertible {
    /// As it is usually written (RFC 5952).
    package var description: String {
        let bytes = stride(from: width - 8, through: 0, by: -8).map {
            UInt8(truncatingIfNeeded: bits >> UInt128($0))
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        _ = bytes.withUnsafeBytes {
            inet_ntop(
                width == 32 ? AF_INET : AF_INET6, $0.baseAddress, &text, socklen_t(text.count))
        }
        return String(
            decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

/// The addresses that begin with the same bits, as `192.0.2.0/24` says (CIDR), or one alone.
package struct IPRange: Hashable, Sendable {
    package let first: IPAddress
    /// How many bits all of them have in common.
    package let length: Int

    /// What is wrong with the text of a range.
    package enum Fault: Error, Equatable {
        case noAddress
        /// With the longest that there is.
        case length(Int)
        /// Bits are set behind the length. With the range that has the address in it.
        case bitsBehind(IPRange)
    }

    /// - Parameter text: An address, or an address and behind a slash how many bits count.
    package init(_ text: String) throws(Fault) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else { throw .noAddress }
        // What is IPv4 in IPv6's clothes counts its bits as IPv6 does.
        let clothes = address.width == 32 && parts[0].contains(":") ? 96 : 0
        var length = address.width
        if parts.count == 2 {
            let digits = parts[1].utf8
            guard !digits.isEmpty, digits.allSatisfy({ (48...57).contains($0) }),
                let number = Int(parts[1]), (clothes...clothes + address.width).contains(number)
            else { throw .length(clothes + address.width) }
            length = number - clothes
        }
        let range = IPRange(of: address, length: length)
        guard range.first == address else { throw .bitsBehind(range) }
        self = range
    }

    /// The range of that length that the address lies in.
    package init(of address: IPAddress, length: Int) {
        let rest = UInt128(address.width - length)
        let bits = (address.bits >> rest) << rest
        first =
            address.width == 32
            ? IPAddress(v4: UInt32(truncatingIfNeeded: bits)) : IPAddress(v6: bits)
        self.length = length
    }

    /// An address of IPv4 lies in no range of IPv6, not even in `::/0`.
    package func contains(_ address: IPAddress) -> Bool {
        address.width == first.width
            && (address.bits ^ first.bits) >> UInt128(first.width - length) == 0
    }
}

extension IPRange: CustomStringConvertible {
    package var description: String {
        length == first.width ? first.description : "\(first)/\(length)"
    }
}
