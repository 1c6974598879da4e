import Testing

@testable import Tenancy

@Suite struct EmailAddressTests {
    @Test(arguments: [
        ("ada@acme.example", "ada@acme.example"),
        ("  Ada.Lovelace@Acme.Example\n", "ada.lovelace@acme.example"),
        ("o'neil+crm_1@mail.acme-group.example", "o'neil+crm_1@mail.acme-group.example"),
        ("info@xn--bcher-kva.example", "info@xn--bcher-kva.example"),
        ("1@2.example", "1@2.example"),
    ])
    func `an address is trimmed and lower-cased`(text: String, kept: String) {
        #expect(EmailAddress.normalised(text) == kept)
    }

    @Test(arguments: [
        "", "ada", "ada@", "@acme.example", "ada@acme", "ada@@acme.example", "a@b@c.example",
        "ada lovelace@acme.example", ".ada@acme.example", "ada.@acme.example",
        "a..b@acme.example", "ada@-acme.example", "ada@acme-.example", "ada@acme..example",
        "ada@acme.example.", "ada@192.0.2.1", "ada@[192.0.2.1]", "\"ada\"@acme.example",
        "Ada <ada@acme.example>", "müller@acme.example", "ada@bücher.example", "a,b@acme.example",
    ])
    func `what mail cannot reach is refused`(text: String) {
        #expect(EmailAddress.normalised(text) == nil)
    }

    @Test func `each part has its longest length`() {
        let local = String(repeating: "a", count: 64)
        let label = String(repeating: "b", count: 63)
        #expect(EmailAddress.normalised("\(local)@\(label).example") != nil)
        #expect(EmailAddress.normalised("\(local)a@\(label).example") == nil)
        #expect(EmailAddress.normalised("\(local)@\(label)b.example") == nil)
        let domain = [label, label, label].joined(separator: ".")
        #expect(EmailAddress.normalised("\(local.prefix(62))@\(domain)")?.utf8.count == 254)
        #expect(EmailAddress.normalised("\(local.prefix(63))@\(domain)") == nil)
    }
}
