import Storage
import Testing

@testable import OpenID

/// What an admin cannot make us ask.
@Suite struct NeighbourhoodTests {
    @Test(arguments: [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::",
        "::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "fe80::1", "fc00::1",
        "fd12::1", "ff02::1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "2001::1",
    ])
    func `what is not on the internet is not asked`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!Neighbourhood.internet.allows(address))
    }

    @Test(arguments: ["93.184.216.34", "172.32.0.1", "2606:2800:220:1::1", "1.1.1.1"])
    func `what is on the internet is`(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(Neighbourhood.internet.allows(address))
        #expect(Neighbourhood.local.allows(address))
    }

    @Test func `in one's own network a cloud's own addresses stay out`() throws {
        for text in ["127.0.0.1", "10.1.2.3", "fd12::1", "::1"] {
            #expect(Neighbourhood.local.allows(try #require(IPAddress(text))))
        }
        for text in ["169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1"] {
            #expect(!Neighbourhood.local.allows(try #require(IPAddress(text))))
        }
    }

    @Test(arguments: [
        "http://id.example.com", "ftp://id.example.com", "https://", "https://u:p@id.example.com",
        "https://id.example.com#x", "//id.example.com", "javascript:alert(1)", "https://127.0.0.1",
        "https://[::1]/", "https://[::ffff:10.0.0.1]/", "http://localhost", "", "https://a b.com",
    ])
    func `an address that may not be asked is refused with a sentence`(text: String) {
        #expect(throws: ProviderFault.self) { try ProviderURL(text, in: .internet) }
    }

    @Test func `a provider beside is asked where that is set`() async throws {
        for text in [
            "http://localhost:8090", "http://127.0.0.1:1/x", "http://[::1]:8090",
            "https://10.0.0.1",
        ] {
            #expect(throws: Never.self) { try ProviderURL(text, in: .local) }
        }
        #expect(throws: ProviderFault.self) { try ProviderURL("http://10.0.0.1", in: .local) }
        #expect(throws: ProviderFault.self) { try ProviderURL("http://id.example.com", in: .local) }
    }

    @Test func `a name that means an address of ours leads nowhere`() async throws {
        let url = try ProviderURL("https://localhost", in: .internet)
        let exchange = Exchange(neighbourhood: .internet)
        await #expect(throws: ProviderFault("localhost is not an address on the internet.")) {
            _ = try await exchange.send(ProviderRequest(url: url))
        }
    }
}
