/// E-mail addresses as the product keeps them.
package enum EmailAddress {
    /// RFC 5321 §4.5.3.1, less the angle brackets of a path.
    package static let charactersMax = 254
    private static let localMax = 64
    private static let labelMax = 63
    private static let localSymbols = Set("!#$%&'*+/=?^_`{|}~-".utf8)

    /// The address trimmed and in lower case; nil when it is none that mail can reach.
    ///
    /// The practical part of RFC 5321: a dot-atom before the `@`, a domain name of two labels
    /// or more after it, ASCII only. Left out are quoted local parts, address literals
    /// (`a@[192.0.2.1]`) and internationalised addresses (RFC 6531); nearly always they are
    /// slips. Domains may be given in their `xn--` form. Letter case before the `@` may matter
    /// by the RFC, but to no mail provider of note, and keeping it would double people.
    package static func normalised(_ text: String) -> String? {
        let address = text.trimmingWhitespace().lowercased()
        guard address.utf8.count <= charactersMax, address.utf8.allSatisfy({ $0 < 0x80 }) else {
            return nil
        }
        let parts = address.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, isLocal(parts[0]), isDomain(parts[1]) else { return nil }
        return address
    }

    private static func isLocal(_ local: Substring) -> Bool {
        local.utf8.count <= localMax
            && local.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { atom in
                !atom.isEmpty
                    && atom.utf8.allSatisfy { isLetterOrDigit($0) || localSymbols.contains($0) }
            }
    }

    private static func isDomain(_ domain: Substring) -> Bool {
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, let top = labels.last else { return false }
        return labels.allSatisfy(isLabel) && !top.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        let hyphen = UInt8(ascii: "-")
        return (1...labelMax).contains(label.utf8.count)
            && label.utf8.first != hyphen && label.utf8.last != hyphen
            && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == hyphen }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte)
    }
}

extension StringProtocol {
    /// Without the white space around it.
    func trimmingWhitespace() -> String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
