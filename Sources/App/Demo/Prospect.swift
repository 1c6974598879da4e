import Foundation
import Storage

/// A lead of the demo company before it is one: what there is to know of it, and how it comes.
struct Prospect: Sendable {
    enum Source: String, Sendable {
        case facebook, partner, manual, referral
        case webForm = "web_form"
        case importRun = "import"
    }

    /// Running, the oldest first.
    let number: Int
    let arrivedAt: Instant
    let source: Source
    let campaign: String?
    let territory: String
    let company: String
    let givenName: String
    let familyName: String
    let email: String
    /// As somebody wrote it.
    let phone: String?
    let industry: String
    let erp: String
    let product: String
    let valueMinor: Int64
    /// What it was in the system before this one; only of those that were imported.
    let imported: Imported?

    struct Imported: Sendable {
        let stage: String
        let createdAt: Instant
        let closedAt: Instant?
    }

    var contactName: String { "\(givenName) \(familyName)" }

    static let erps = [
        "SAP Business One", "Oracle NetSuite", "Dynamics 365", "Odoo", "Tally Prime", "Sage",
        "None yet",
    ]

    /// With the median of what a contract is worth, in thousands.
    static let products: [(weight: Double, (name: String, thousands: Double))] = [
        (34, ("Field Sales", 14)), (24, ("Distributor Portal", 34)), (26, ("Stock Connect", 21)),
        (16, ("Loyalty", 8.5)),
    ]
}

/// Makes the prospects, the same ones each time; only when they arrive follows the clock.
struct Prospects {
    private let days: WorkingDays
    private var random = SplitMix64(seed: 20_260_107)
    private var companies: Set<String> = []
    private var phonesUsed: [String: Int] = [:]

    static let count = 320
    private static let importedCount = 26
    static let openedDaysAgo = 285
    /// Minutes ago of the newest: enough to see that leads keep coming.
    private static let newest = [
        2900, 2480, 2210, 1900, 1640, 1420, 1130, 905, 640, 410, 265, 170, 96, 41, 12,
    ]

    static func all(_ days: WorkingDays) -> [Prospect] {
        var prospects = Prospects(days: days)
        return prospects.arrivals().enumerated().map { number, moment in
            prospects.prospect(number, arriving: moment)
        }
    }

    private init(days: WorkingDays) {
        self.days = days
    }

    /// The moments in order, more of them the nearer to now.
    private mutating func arrivals() -> [Instant] {
        let opened = days.today.number - Self.openedDaysAgo
        let old = (0..<Self.importedCount).map { index in
            days.moment(Day(number: opened), minutes: 10 * 60).adding(seconds: index)
        }
        let between = (0..<Self.count - Self.importedCount - Self.newest.count).map { _ in
            let daysAgo = 2.2 + (Double(Self.openedDaysAgo) - 4) * pow(random.unit(), 2.1)
            let hour = random.pick([8, 9, 9, 10, 10, 11, 11, 12, 13, 14, 14, 15, 16, 17, 19, 21])
            let day = Day(number: days.today.number - Int(daysAgo))
            return days.moment(day, minutes: hour * 60 + random.within(0...59))
                .adding(seconds: random.within(0...59))
        }
        let new = Self.newest.map { days.now.adding(seconds: -$0 * 60 - random.within(0...59)) }
        return old + between.sorted() + new
    }

    private mutating func prospect(_ number: Int, arriving moment: Instant) -> Prospect {
        let country = random.pick(Country.all.map { ($0.weight, $0) })
        let industry = random.pick(Industry.all)
        let (company, domain) = company(in: country, industry)
        let (given, family) = (random.pick(country.given), random.pick(country.family))
        let source = source(number)
        let product = random.pick(Prospect.products)
        let thousands = product.thousands * exp(0.65 * random.normal())
        let age = days.today.number - moment.day().number
        return Prospect(
            number: number, arrivedAt: moment, source: source, campaign: campaign(source, age),
            territory: country.territory, company: company, givenName: given, familyName: family,
            email: "\(Self.plain(given)).\(Self.plain(family))@\(domain).example",
            phone: random.chance(0.9) ? phone(in: country) : nil, industry: industry.name,
            erp: random.pick(Prospect.erps), product: product.name,
            valueMinor: Int64((thousands * 4).rounded()) * 250_00,
            imported: source == .importRun ? imported(at: moment) : nil)
    }

    private mutating func company(in country: Country, _ industry: Industry) -> (
        name: String, domain: String
    ) {
        while true {
            let plain = "\(random.pick(country.stems)) \(random.pick(industry.trades))"
            let hasForm = !country.forms.isEmpty && random.chance(0.15)
            guard companies.insert(plain).inserted else { continue }
            return (hasForm ? "\(plain) \(random.pick(country.forms))" : plain, Self.plain(plain))
        }
    }

    private mutating func phone(in country: Country) -> String? {
        guard !country.phones.isEmpty else { return nil }
        let pattern = random.pick(country.phones)
        let used = phonesUsed[pattern, default: 0]
        phonesUsed[pattern] = used + 1
        // 37 and 100 have no common divisor: each number comes once.
        let digits = String((used * 37 + 14) % 100)
        return pattern.replacing("##", with: digits.count == 1 ? "0\(digits)" : digits)
    }

    private mutating func source(_ number: Int) -> Prospect.Source {
        if number < Self.importedCount { return .importRun }
        return random.pick([
            (36, .facebook), (30, .webForm), (13, .partner), (12, .manual), (9, .referral),
        ])
    }

    private mutating func campaign(_ source: Prospect.Source, _ age: Int) -> String? {
        switch source {
        case .facebook:
            let season =
                age > 190
                ? "spring-stock-take" : age > 95 ? "summer-sell-out" : "autumn-field-sales"
            return random.chance(0.7) ? season : "lookalike-distributors"
        case .webForm:
            return random.pick([
                (4, nil), (3, "search-erp-connector"), (2, "newsletter"),
                (2, "webinar-route-planning"),
            ])
        case .partner:
            return random.pick(["Corebridge Consulting", "Halden & Partners", "Tessera IT"])
        case .manual: return random.chance(0.4) ? "trade-fair" : nil
        case .referral, .importRun: return nil
        }
    }

    private mutating func imported(at moment: Instant) -> Prospect.Imported {
        let created = moment.adding(days: -random.within(2...19)).adding(
            seconds: -random.within(0...30_000))
        let stage = random.pick([
            (3, "open"), (5, "first_contact"), (5, "connected"), (4, "demo_given"),
            (3, "proposal_sent"), (3, "won"), (3, "lost"),
        ])
        let isClosed = stage == "won" || stage == "lost"
        return .init(
            stage: stage, createdAt: created,
            closedAt: isClosed ? moment.adding(days: -random.within(1...6)) : nil)
    }

    /// Letters of ASCII only, as in a host name.
    private static func plain(_ text: String) -> String {
        let special: [Character: String] = ["ł": "l", "ø": "o", "ß": "ss", "æ": "ae", "ı": "i"]
        return text.lowercased().map { special[$0] ?? String($0) }.joined()
            .decomposedStringWithCanonicalMapping.unicodeScalars
            .filter { ("a"..."z").contains($0) || ("0"..."9").contains($0) }
            .map(String.init).joined()
    }
}
