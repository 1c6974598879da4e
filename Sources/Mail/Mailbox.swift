import Tenancy

/// An address with the name that is shown beside it: `iPerform <crm@acme.example>`.
package struct Mailbox: Sendable, Equatable {
    package let name: String
    package let address: String

    package init(name: String = "", address: String) {
        self.name = name
        self.address = address
    }

    /// Nil when there is no address in it that mail can come from.
    package init?(_ text: String) {
        let parts = text.split(separator: "<", maxSplits: 1, omittingEmptySubsequences: false)
        let address = parts.count == 1 ? parts[0] : parts[1].prefix { $0 != ">" }
        guard let address = EmailAddress.normalised(String(address)) else { return nil }
        let name = parts.count == 1 ? "" : HeaderText.clean(String(parts[0]))
        self.init(name: name.filter { $0 != "\"" }, address: address)
    }

    var domain: String { address.split(separator: "@").last.map(String.init) ?? "localhost" }

    /// As a header has it.
    var header: String { name.isEmpty ? address : "\(HeaderText.phrase(name)) <\(address)>" }
}
