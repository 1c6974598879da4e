import Tenancy
import Views
import Web

/// The door.
struct SignInPages {
    let authenticator: Authenticator
    let assets: Assets

    var routes: [Route] {
        [.page("/sign-in", "Signs in", access: .anyone, handle: show)]
    }

    private func show(_ call: Call) async throws -> Reply {
        let next = call.query["next"].flatMap(Self.localPath)
        if call.visitorIfAny != nil { return .see(next ?? "/today") }
        var page = SignInPage(
            tenant: call.query["tenant"] ?? "", email: call.query["email"] ?? "", next: next,
            session: PageSession(csrf: nil, nonce: call.nonce, assets: assets))
        if !page.tenant.isEmpty {
            page.provider = try await authenticator.provider(of: page.tenant, at: call.now)?.label
        }
        return .html(signInPage(page))
    }

    /// The text when it is a path of this site. Browsers read `\` as `/` and leave out control
    /// characters, so `/\example.com` would lead away.
    static func localPath(_ text: String) -> String? {
        let backslash = UInt8(ascii: "\\")
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != backslash }
        return isPlain && text.hasPrefix("/") && !text.hasPrefix("//") ? text : nil
    }
}
