import Storage
import Tenancy

/// What of a lead is compared, made ready once.
///
/// A class, because many hold it at once and nobody changes it.
final class LeadProfile: Sendable {
    let id: ID<Lead>
    /// The lead's; 0 for a draft.
    let version: Int
    let company: CompanyName?
    let person: PersonName?
    let email: Mailbox?
    /// The last digits of the number, whatever stands before them.
    let phone: [UInt8]?
    let taxes: Set<TaxNumber>
    let territory: String?
    /// What a person calls it.
    let title: String

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
        taxes: [String] = [], territory: String? = nil, version: Int = 0
    ) {
        self.id = id
        self.version = version
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
        let id: ID<Lead> = try row.next()
        let (company, person): (String?, String?) = (try row.next(), try row.next())
        let email: String? = try row.next()
        let (phone, raw): (String?, String?) = (try row.next(), try row.next())
        let externalID: String? = try row.next()
        let territory: String? = try row.next()
        let custom: String = try row.next()
        var taxes = externalID.map { [$0] } ?? []
        if custom != "{}" {
            taxes += try JSON(parsing: custom).object?.values.compactMap(\.string) ?? []
        }
        self.init(
            id: id, company: company, person: person, email: email, phone: phone ?? raw,
            taxes: taxes, territory: territory, version: try row.next())
    }
}
