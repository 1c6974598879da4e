import HTTPTypes
import Storage
import Tenancy
import Web

/// Where a company's people and programs may come from, in the API, for admins.
struct AddressRoutes {
    let authenticator: Authenticator

    var routes: [Route] {
        [
            .api(
                .get, "/sign-in/addresses", "Lists the addresses people may come from",
                answers: [.init(200, "None: from anywhere.", Self.schema)], handle: show),
            .api(
                .put, "/sign-in/addresses", "Sets the addresses people may come from",
                input: .json(Self.schema),
                answers: [.init(200, "As they are now.", Self.schema)], handle: set),
        ].grouped("Sign-in")
    }

    private func show(_ call: Call) async throws -> Reply {
        .addresses(try await call.read { try await AddressList($0).find() })
    }

    private func set(_ call: Call) async throws -> Reply {
        let addresses = try AllowedAddresses(call.input.lines("addresses"))
        let remote = call.remote
        try await authenticator.write(as: call.caller(), at: call.now) {
            try await AddressList($0).set(addresses, from: remote)
        }
        return .addresses(addresses)
    }

    private static let schema = Schema.named(
        "AllowedAddresses",
        .object([
            .init(
                "addresses", .list(.text(max: 60), max: AllowedAddresses.countMax),
                required: true,
                "IPv4 or IPv6, each an address or a range as 203.0.113.0/24; none lets in from "
                    + "anywhere. Forms and mailed links are not affected.")
        ]))
}

extension Fields {
    /// Each text of a list, the empty ones too, so that a fault names its line.
    fileprivate func lines(_ key: String) -> [String] {
        self[key]?.array?.compactMap(\.string) ?? []
    }
}

extension Reply {
    fileprivate static func addresses(_ addresses: AllowedAddresses) -> Reply {
        .json { writer in
            writer.object {
                $0.member("addresses", .array(addresses.lines.map(JSON.string)))
            }
        }
    }
}
