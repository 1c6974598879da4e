import Foundation
import Storage

/// A company to be, with its first administrator.
package struct NewTenant: Sendable {
    package var name: String
    /// What its slug is made from, when that is not the name.
    package var slug: String?
    package var adminName: String
    package var adminEmail: String
    package var adminPasswordHash: String
    package var defaultRegion: String
    package var defaultCurrency: String
    package var timeZone: String

    package init(
        name: String, admin: (name: String, email: String, passwordHash: String),
        defaultRegion: String = "US", defaultCurrency: String = "USD", timeZone: String = "UTC"
    ) {
        self.name = name
        adminName = admin.name
        adminEmail = admin.email
        adminPasswordHash = admin.passwordHash
        self.defaultRegion = defaultRegion
        self.defaultCurrency = defaultCurrency
        self.timeZone = timeZone
    }

    /// The same, as it is kept.
    ///
    /// - Throws: `Problem.invalid` with every field that is wrong.
    func normalised() throws -> NewTenant {
        var tenant = self
        var faults: [Problem.Fault] = []
        tenant.name = faults.name("name", name)
        tenant.adminName = faults.name("admin_name", adminName)
        tenant.adminEmail = faults.email("admin_email", adminEmail)
        tenant.defaultRegion = defaultRegion.uppercased()
        if !Self.isLetters(tenant.defaultRegion, count: 2) {
            faults.append(.init("default_region", "A region is a country's two letters: US."))
        }
        tenant.defaultCurrency = defaultCurrency.uppercased()
        if !Self.isLetters(tenant.defaultCurrency, count: 3) {
            faults.append(.init("default_currency", "A currency is three letters: USD."))
        }
        if TimeZone(identifier: timeZone) == nil {
            faults.append(.init("time_zone", "There is no such time zone. Try Europe/London."))
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        return tenant
    }

    private static func isLetters(_ text: String, count: Int) -> Bool {
        text.utf8.count == count && text.utf8.allSatisfy { (65...90).contains($0) }
    }
}

/// A tenant's name in addresses and on the sign-in page: ASCII letters, digits and dashes.
enum Slug {
    private static let charactersMax = 40

    /// `Müller & Söhne` becomes `muller-sohne`; a name without any Latin letter, `company`.
    static func make(from name: String) -> String {
        // Decomposed, an accent is a character of its own, which goes.
        let plain = name.decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars
            .filter {
                !$0.properties.isDiacritic && $0.properties.canonicalCombiningClass == .notReordered
            }
        let words = plain.split { !isKept($0) }
        var slug = ""
        for word in words.map({ String(String.UnicodeScalarView($0)) }) {
            let longer = slug.isEmpty ? word : "\(slug)-\(word)"
            guard longer.utf8.count <= charactersMax else { break }
            slug = longer
        }
        if slug.isEmpty, let word = words.first {
            slug = String(String.UnicodeScalarView(word.prefix(charactersMax)))
        }
        return slug.isEmpty ? "company" : slug
    }

    /// `base`, or with the first free number behind it.
    static func firstFree(_ base: String, taken: Set<String>) -> String {
        guard taken.contains(base) else { return base }
        var number = 2
        while taken.contains("\(base)-\(number)") { number += 1 }
        return "\(base)-\(number)"
    }

    private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
    }
}
