import Storage
import Tenancy

/// What of a lead is compared, made ready once.
///
/// A class, because many hold it at once and nobody changes it.
final class LeadProfile: Sendable {
    let id: ID<Lead>
    /// What it was made of; nil for a draft.
    let stamp: Stamp?
    let company: CompanyName?
    let person: PersonName?
    let email: Mailbox?
    /// The last digits of the number, whatever stands before them.
    let phone: [UInt8]?
    let taxes: Set<TaxNumber>
    let territory: String?
    /// What a person calls it.
    let title: String

    /// What tells whether a lead is still what was compared. A version alone says that it was
    /// worked on, which changes nothing here.
    struct Stamp: Sendable {
        let version: Int
        /// A hash of the columns, of this process.
        let texts: Int
    }

    /// An address by its parts.
    struct Mailbox: Sendable, Equatable {
        /// Without dots and what follows a plus.
        let local: [UInt8]
        let domain: String
        /// Whether everybody may have an address there.
        let isPublic: Bool

        init?(_ address: String) {
            guard let at = address.lastIndex(of: "@") else { return nil }
            let name = address[..<at].utf8.prefix { $0 != UInt8(ascii: "+") }
            local = name.filter { $0 != UInt8(ascii: ".") }
            domain = String(address[address.index(after: at)...])
            isPublic = Self.providers.contains(domain)
            guard !local.isEmpty, !domain.isEmpty else { return nil }
        }

        /// Providers that give addresses to anybody: a domain among these says nothing.
        private static let providers: Set<String> = Set(
            """
            gmail.com googlemail.com yahoo.com yahoo.co.in yahoo.co.uk yahoo.de yahoo.fr \
            ymail.com rocketmail.com hotmail.com hotmail.co.uk hotmail.fr outlook.com outlook.in \
            live.com msn.com icloud.com me.com mac.com aol.com gmx.de gmx.net gmx.com web.de \
            t-online.de freenet.de orange.fr wanadoo.fr free.fr laposte.net libero.it virgilio.it \
            mail.ru yandex.ru yandex.com rediffmail.com in.com sify.com protonmail.com proton.me \
            zoho.com fastmail.com mail.com qq.com 163.com 126.com naver.com daum.net comcast.net \
            verizon.net att.net sbcglobal.net btinternet.com
            """.split(separator: " ").map(String.init))
    }

    /// Digits of a number that are compared: what stands before them depends on where it is
    /// dialled from.
    private static let phoneDigits = 10
    private static let phoneDigitsLeast = 7

    init(
        id: ID<Lead>, company: String?, person: String?, email: String?, phone: String?,
        taxes: [String] = [], territory: String? = nil, stamp: Stamp? = nil
    ) {
        self.id = id
        self.stamp = stamp
        self.company = company.flatMap(CompanyName.init)
        self.person = person.flatMap(PersonName.init)
        self.email = email.flatMap(Mailbox.init)
        let digits = (phone?.utf8.filter(\.isFigure) ?? []).drop { $0 == UInt8(ascii: "0") }
        self.phone =
            digits.count >= Self.phoneDigitsLeast ? Array(digits.suffix(Self.phoneDigits)) : nil
        self.taxes = Set(taxes.compactMap(TaxNumber.init))
        self.territory = territory?.lowercased()
        title = company ?? person ?? email ?? phone ?? "Lead"
    }
}

extension LeadProfile: RowDecodable {
    /// Of `leads l`.
    static let columns: SQL = """
        l.id, l.company, l.contact_name, l.email, l.phone, l.phone_raw, l.external_id, l.territory,
        l.custom, l.version
        """

    convenience init(row: inout Row) throws {
        let texts = try LeadTexts(row: &row)
        var taxes = texts.externalID.map { [$0] } ?? []
        if texts.custom != "{}" {
            taxes += try JSON(parsing: texts.custom).object?.values.compactMap(\.string) ?? []
        }
        self.init(
            id: texts.id, company: texts.company, person: texts.person, email: texts.email,
            phone: texts.phone ?? texts.rawPhone, taxes: taxes, territory: texts.territory,
            stamp: Stamp(version: texts.version, texts: texts.hash))
    }
}

/// The columns of a lead that are compared, as they are.
struct LeadTexts: RowDecodable {
    let id: ID<Lead>
    let company, person, email, phone, rawPhone, externalID, territory: String?
    let custom: String
    let version: Int

    init(row: inout Row) throws {
        id = try row.next()
        (company, person) = (try row.next(), try row.next())
        email = try row.next()
        (phone, rawPhone) = (try row.next(), try row.next())
        externalID = try row.next()
        territory = try row.next()
        custom = try row.next()
        version = try row.next()
    }

    /// Of all of them but the version.
    var hash: Int {
        var hasher = Hasher()
        for text in [company, person, email, phone, rawPhone, externalID, territory, custom] {
            hasher.combine(text)
        }
        return hasher.finalize()
    }
}
