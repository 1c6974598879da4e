import Storage
import Testing

@testable import CRM

@Suite struct ComparisonTests {
    private static func lead(
        _ company: String? = nil, _ person: String? = nil, email: String? = nil,
        phone: String? = nil, tax: String? = nil
    ) -> LeadProfile {
        LeadProfile(
            id: ID(), company: company, person: person, email: email, phone: phone,
            taxes: tax.map { [$0] } ?? [])
    }

    @Test(
        arguments: [
            ("Hartmann Logistik GmbH", "Hartmann Logistik"), ("Nestlé S.A.", "Nestle"),
            ("Tata Consultancy Services Ltd.", "Tata Consultancy Svcs"),
            ("The Coca-Cola Company", "Coca Cola Co."), ("Face Book Inc", "Facebook"),
            ("Müller Maschinenbau AG", "Mueller Maschinenbau"), ("Infosys Ltd", "Infosis Limited"),
            ("Larsen & Toubro", "Larsen and Toubro Ltd"),
            ("Logistik Hartmann", "Hartmann Logistik"),
            ("International Business Machines", "Intl Business Machines Corp"),
        ])
    func `names of one company are alike`(_ names: (String, String)) throws {
        let (one, other) = try (
            #require(CompanyName(names.0)), #require(CompanyName(names.1))
        )
        #expect(one.likeness(to: other) >= 0.88, "\(one.likeness(to: other))")
        #expect(one.likeness(to: other) == other.likeness(to: one))
        let keys = Self.lead(names.0).keys.intersection(Self.lead(names.1).keys)
        #expect(!keys.isEmpty, "they would never be compared")
    }

    @Test(
        arguments: [
            ("Acme Foods", "Acme Tools"), ("Tata Motors", "Tata Steel"),
            ("Bank of America", "Bank of Ireland"), ("General Motors", "General Mills"),
            ("Deutsche Bank", "Deutsche Post"), ("Siemens", "Siemens Energy"),
            ("Firm 12", "Firm 13"), ("United Airlines", "United Rentals"),
        ])
    func `names of two companies are not`(_ names: (String, String)) throws {
        let comparison = Comparison(Self.lead(names.0), Self.lead(names.1))
        #expect(comparison.band == nil, "\(comparison)")
    }

    @Test(
        arguments: [
            ("John Smith", "Smith, John"), ("Dr. Rajesh Kumar", "Rajesh Kumar"),
            ("J. Smith", "John Smith"), ("José García", "Jose Garcia"),
            ("Priya Sharma", "Priya Sharmaa"), ("Anna Maria Rossi", "Anna Rossi"),
        ])
    func `names of one person are alike`(_ names: (String, String)) throws {
        let (one, other) = try (#require(PersonName(names.0)), #require(PersonName(names.1)))
        #expect(one.likeness(to: other) >= 0.9, "\(one.likeness(to: other))")
    }

    @Test func `bands say how likely it is`() {
        let band = { (one: LeadProfile, other: LeadProfile) in Comparison(one, other).band }
        // The same person of the same company.
        #expect(
            band(Self.lead("Orchard Ltd", "Ann Lee"), Self.lead("Orchard", "Lee Ann")) == .likely)
        // A company, with nothing else said.
        #expect(band(Self.lead("Orchard Ltd"), Self.lead("Orchard")) == .possible)
        // Two people of one company are two leads.
        #expect(band(Self.lead("Orchard", "Ann Lee"), Self.lead("Orchard", "Raj Patel")) == nil)
        // A name that many people have.
        #expect(band(Self.lead(nil, "Ann Lee"), Self.lead(nil, "Ann Lee")) == nil)
        #expect(
            band(
                Self.lead(nil, "Ann Lee", email: "ann.lee@gmail.com"),
                Self.lead(nil, "Ann Lee", email: "annlee@yahoo.com")) == .likely)
        // A tax number is strong, and is for people to look at.
        let tax = "27AAPFU0939F1ZV"
        #expect(band(Self.lead("Orchard", tax: tax), Self.lead("Obst AG", tax: tax)) != nil)
        let other = "29AAGCB7383J1Z4"
        #expect(band(Self.lead("Orchard", tax: tax), Self.lead("Orchard", tax: other)) == nil)
    }

    @Test func `the score is what its evidence comes to, whichever is first`() {
        let one = Self.lead(
            "Orchard", "Ann Lee", email: "a.lee@orchard.example", phone: "2125550147")
        let other = Self.lead(
            "Orchard Ltd", "Ann Lee", email: "ann@orchard.example", phone: "+1 212 555 0148")
        let comparison = Comparison(one, other)
        #expect(comparison.evidence.map(\.field) == ["company", "contact_name", "email", "phone"])
        #expect(comparison.evidence.allSatisfy { (0...1).contains($0.similarity) })
        #expect(comparison == Comparison(other, one))
        for said in comparison.evidence {
            for word in ["Orchard", "Lee", "0147"] { #expect(!said.words.contains(word)) }
        }
    }

    @Test func `a free-mail domain is no key, a company's is`() {
        let keys = { (email: String) in Self.lead(email: email).keys }
        #expect(keys("ann@gmail.com").isDisjoint(with: keys("raj@gmail.com")))
        #expect(!keys("ann@orchard.example").isDisjoint(with: keys("raj@orchard.example")))
        #expect(!keys("ann.lee@gmail.com").isDisjoint(with: keys("annlee+x@yahoo.com")))
        #expect(
            !Self.lead(phone: "+91 98765 43210").keys.isDisjoint(
                with: Self.lead(phone: "098765-43210").keys))
    }
}
