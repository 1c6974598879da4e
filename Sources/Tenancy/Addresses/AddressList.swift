import Storage

/// The caller's company's list of addresses that its people and programs may come from.
///
/// | operation | who |
/// |---|---|
/// | find, set | company admins |
/// | clear | the command line |
package struct AddressList: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    package func find() async throws -> AllowedAddresses {
        try scope.caller.must(.settingsEdit)
        return try await current()
    }

    /// - Parameter remote: Where the caller is: nobody may shut themselves out.
    /// - Throws: `Problem.invalid` on "addresses".
    package func set(_ addresses: AllowedAddresses, from remote: String) async throws {
        try scope.caller.must(.settingsEdit)
        guard addresses.contains(remote) else {
            throw Problem.invalid(
                "addresses",
                "This would shut you out: you come from \(remote), which is in none of them.")
        }
        try await put(addresses, remote)
    }

    /// Lets everybody in again, for a company that has shut itself out.
    package func clear() async throws {
        try scope.caller.must(.settingsEdit)
        try await put(.anywhere, nil)
    }

    /// - Throws: `RefusedCaller` when the caller may not begin a sign-in from there.
    func admit(from remote: String) async throws {
        guard try await current().contains(remote) else {
            throw RefusedCaller(scope.caller, from: remote)
        }
    }

    private func current() async throws -> AllowedAddresses {
        // tenant: the company itself.
        let found: AllowedAddresses? = try await scope.tx.value(
            "SELECT allowed_addresses FROM tenants WHERE id = \(scope.tenant)")
        return found ?? .anywhere
    }

    private func put(_ addresses: AllowedAddresses, _ remote: String?) async throws {
        let before = try await current()
        guard before != addresses else { return }
        let stored = addresses == .anywhere ? nil : addresses
        // tenant: the company itself.
        try await scope.tx.execute(
            "UPDATE tenants SET allowed_addresses = \(stored) WHERE id = \(scope.tenant)")
        try await scope.record(
            Event("addresses.changed", scope.tenant.uuid) {
                $0.member("before", .array(before.lines.map(JSON.string)))
                $0.member("after", .array(addresses.lines.map(JSON.string)))
                if let remote { $0.member("remote", remote) }
            })
    }
}
