import Storage

/// Where identity providers may be. Their addresses are given by admins of companies, who must
/// not reach by way of us what only we can reach.
package enum Neighbourhood: Sendable {
    /// On the internet, by https.
    case internet
    /// Also in our own network, and on this machine by http: for who runs a provider beside.
    case local

    func allows(_ address: IPAddress) -> Bool {
        switch self {
        case .internet: address.isPublic
        case .local: address.isPublic || Self.ours.contains { $0.contains(address) }
        }
    }

    /// Our own machine and network. What a cloud tells its machines (169.254.0.0/16) is not among
    /// them.
    private static let ours = ranges([
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "::1",
        "fc00::/7",
    ])

    fileprivate static func ranges(_ texts: [String]) -> [IPRange] {
        texts.compactMap { try? IPRange($0) }
    }
}

extension IPAddress {
    /// Whether it belongs to somebody on the internet (IANA's registries of special addresses).
    var isPublic: Bool {
        if width == 32 { return !Self.special4.contains { $0.contains(self) } }
        return Self.global6.contains { $0.contains(self) }
            && !Self.special6.contains { $0.contains(self) }
    }

    private static let special4 = Neighbourhood.ranges([
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    ])
    private static let global6 = Neighbourhood.ranges(["2000::/3"])
    /// What may hold an address of IPv4 in it, and what is for examples.
    private static let special6 = Neighbourhood.ranges([
        "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",
    ])

    var isLoopback: Bool {
        Neighbourhood.ranges(["127.0.0.0/8", "::1"]).contains { $0.contains(self) }
    }
}
