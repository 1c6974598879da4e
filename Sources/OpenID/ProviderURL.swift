import Foundation
import Storage

/// An address at a provider that may be asked: by https, or by http on this machine where that
/// is allowed.
package struct ProviderURL: Sendable, Equatable {
    /// As it was given: an issuer is compared to the letter.
    package let text: String
    /// Without the brackets of an IPv6 address.
    let host: String

    private static let charactersMax = 500

    /// - Throws: `ProviderFault`.
    package init(_ text: String, in neighbourhood: Neighbourhood) throws {
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPlain, text.utf8.count <= Self.charactersMax,
            let parts = URLComponents(string: text),
            let host = parts.host?.trimmingCharacters(in: CharacterSet(charactersIn: "[]")),
            !host.isEmpty, parts.user == nil, parts.password == nil, parts.fragment == nil
        else {
            throw ProviderFault("“\(text.prefix(100))” is no address like https://id.example.com.")
        }
        let address = IPAddress(host)
        let isHere = host == "localhost" || address?.isLoopback == true
        let isPrivate = parts.scheme == "http" && isHere && neighbourhood == .local
        guard parts.scheme == "https" || isPrivate else {
            throw ProviderFault("“\(text.prefix(100))” must begin with https://.")
        }
        if let address, !neighbourhood.allows(address) {
            throw ProviderFault("\(host) is not an address on the internet.")
        }
        self.text = text
        self.host = host
    }
}
