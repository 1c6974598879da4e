import CRM
import Foundation
import Storage
import Tenancy
import Web

/// Leads of which it is known who is whom: real names, and variants of them as people write them.
///
/// The same leads from the same seed. Variants never share an e-mail address or a whole phone
/// number: those would have been one lead from the beginning.
struct LabelledLeads: Sendable {
    /// Of the same number are the same.
    private(set) var leads: [(draft: LeadDraft, who: Int)] = []
    private var dice: SplitMix64
    private var serial = 0

    /// Of a quarter of the companies there are two people, who are two leads.
    init(seed: UInt64) {
        dice = SplitMix64(seed: seed)
        let companies = LabelledNames.companies
        for (place, company) in companies.enumerated() {
            add(company, who: place)
            if dice.chance(0.25) { add(company, who: companies.count + place) }
        }
    }

    /// Pairs that are the same.
    var pairs: Int {
        let sizes = Dictionary(grouping: leads, by: \.who).values.map(\.count)
        return sizes.reduce(0) { $0 + $1 * ($1 - 1) / 2 }
    }

    private struct Person {
        let first: String
        let last: String
        let phone: String
    }

    private mutating func add(_ company: String, who: Int) {
        let person = Person(
            first: dice.pick(LabelledNames.firstNames), last: dice.pick(LabelledNames.lastNames),
            phone: "+9198\(dice.within(10_000_000...99_999_999))")
        let domain = domain(of: company)
        let name = "\(person.first) \(person.last)"
        var draft = draft(company, name)
        draft.email = "\(plain(person.first)).\(plain(person.last))\(who)@\(domain)"
        if dice.chance(0.6) { draft.phone = person.phone }
        leads.append((draft, who))
        // Most of them came in again, some of these a third time.
        guard dice.chance(0.65) else { return }
        for _ in 0..<(dice.chance(0.3) ? 2 : 1) {
            leads.append((variant(of: company, person, domain, hasPhone: draft.phone != nil), who))
        }
    }

    private mutating func draft(_ company: String?, _ name: String?) -> LeadDraft {
        serial += 1
        var draft = LeadDraft(source: "manual", currency: "USD")
        (draft.company, draft.contactName, draft.externalID) = (company, name, "L-\(serial)")
        return draft
    }

    /// As somebody else writes it: the company or the person differently, perhaps one of them not.
    private mutating func variant(
        of company: String, _ person: Person, _ domain: String, hasPhone: Bool
    ) -> LeadDraft {
        var draft = draft(respelled(company), rewritten(person))
        if dice.chance(0.5) {
            let local = dice.pick([
                "\(plain(person.first).prefix(1)).\(plain(person.last))",
                "\(plain(person.last))\(serial)", "\(plain(person.first))_\(serial)",
            ])
            draft.email = "\(local).\(serial)@\(dice.chance(0.7) ? domain : "gmail.com")"
        }
        // The same number as it is dialled at home: no number to the world, a trace to people.
        if hasPhone, dice.chance(0.5) { draft.phoneRaw = "0\(person.phone.dropFirst(3))" }
        return draft
    }

    private mutating func rewritten(_ person: Person) -> String? {
        let (first, last) = (person.first, person.last)
        switch dice.within(0...7) {
        case 0: return nil
        case 1: return "\(last), \(first)"
        case 2: return "\(first.prefix(1)). \(last)"
        case 3: return "Mr. \(first) \(last)"
        case 4: return "\(first) \(mistyped(last))"
        case 5: return withoutAccents("\(first) \(last)").uppercased()
        default: return "\(first) \(last)"
        }
    }

    private mutating func respelled(_ company: String) -> String {
        var name = company
        for _ in 0..<dice.within(1...2) {
            switch dice.within(0...6) {
            case 0: name = withoutForm(name)
            case 1: name = mistyped(name)
            case 2: name = transliterated(name)
            case 3: name = abbreviated(name)
            case 4: name = name.uppercased()
            case 5: name = name.replacing(" & ", with: " and ").replacing("-", with: " ")
            default: name = withoutForm(name) + dice.pick([" Ltd", " Pvt Ltd", " GmbH", " Inc"])
            }
        }
        return name
    }

    private static let forms = [
        " Limited", " AG & Co. KGaA", " SE & Co. KGaA", " AG", " SE", " S.A.B.", " S.A.", " S.p.A.",
        " N.V.", " A/S", " Oyj", " AB", " PLC", " Inc.", " Corporation", " Company", " & Co.",
        " Co.",
    ]

    private func withoutForm(_ name: String) -> String {
        guard let form = Self.forms.first(where: name.hasSuffix) else { return name }
        return String(name.dropLast(form.count))
    }

    /// A letter left out, doubled, or swapped with its neighbour; not the first.
    private mutating func mistyped(_ text: String) -> String {
        var letters = Array(text)
        guard letters.count > 4 else { return text }
        let place = dice.within(1...letters.count - 2)
        guard letters[place].isLetter, letters[place + 1].isLetter else { return text }
        switch dice.within(0...2) {
        case 0: letters.remove(at: place)
        case 1: letters.insert(letters[place], at: place)
        default: letters.swapAt(place, place + 1)
        }
        return String(letters)
    }

    private func withoutAccents(_ text: String) -> String {
        text.folding(options: .diacriticInsensitive, locale: nil)
    }

    private func transliterated(_ text: String) -> String {
        let german = [("ü", "ue"), ("ö", "oe"), ("ä", "ae"), ("Ø", "Oe"), ("ø", "oe"), ("æ", "ae")]
        return withoutAccents(german.reduce(text) { $0.replacing($1.0, with: $1.1) })
    }

    private func abbreviated(_ text: String) -> String {
        let words = [
            ("Technologies", "Tech"), ("Industries", "Inds"), ("International", "Intl"),
            ("Services", "Svcs"), ("Company", "Co"), ("Corporation", "Corp"), ("Limited", "Ltd"),
            ("Laboratories", "Labs"), ("Pharmaceutical", "Pharma"), ("Group", "Grp"),
            ("Holdings", "Hldgs"), ("Systems", "Sys"), ("Enterprises", "Ent"),
        ]
        return words.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    private func plain(_ name: String) -> String {
        withoutAccents(name).lowercased().filter { $0.isASCII && $0.isLetter }
    }

    private func domain(of company: String) -> String {
        "\(plain(withoutForm(company)).prefix(18)).example"
    }
}

/// How well duplicates are found among labelled leads: the whole way, from the keys to the pairs.
package struct DuplicateQuality: Sendable {
    package let leads: Int
    /// Pairs that are the same.
    package let pairs: Int
    /// Of the pairs that were found very likely: how many there are, and how many of them are right.
    package let likely: (found: Int, right: Int)
    /// Of all that were found.
    package let all: (found: Int, right: Int)

    package var precision: Double { Double(all.right) / Double(max(1, all.found)) }
    package var recall: Double { Double(all.right) / Double(max(1, pairs)) }
    package var likelyPrecision: Double { Double(likely.right) / Double(max(1, likely.found)) }
    package var likelyRecall: Double { Double(likely.right) / Double(max(1, pairs)) }

    /// In a company that has no leads yet.
    package static func measure(
        seed: UInt64, as admin: Caller, in database: Database, _ cursors: Cursors
    ) async throws -> DuplicateQuality {
        let labelled = LabelledLeads(seed: seed)
        var who: [ID<Lead>: Int] = [:]
        for some in stride(from: 0, to: labelled.leads.count, by: 250) {
            let part = Array(labelled.leads[some..<min(some + 250, labelled.leads.count)])
            let made = try await database.write(as: admin) { scope in
                var made: [(ID<Lead>, Int)] = []
                for (draft, who) in part {
                    made.append((try await Leads(scope).create(draft).id, who))
                }
                return made
            }
            for (id, number) in made { who[id] = number }
        }
        let walk = DuplicateWalk(database, as: admin) { try await database.write(as: admin, $0) }
        while try await walk.step() {}
        return try await count(who, labelled.pairs, as: admin, in: database, cursors)
    }

    private static func count(
        _ who: [ID<Lead>: Int], _ pairs: Int, as admin: Caller, in database: Database,
        _ cursors: Cursors
    ) async throws -> DuplicateQuality {
        var (likely, all) = ((found: 0, right: 0), (found: 0, right: 0))
        var cursor: String?
        repeat {
            let next = cursor
            let page = try await database.read(as: admin) {
                try await DuplicatePairs($0).page(cursor: next, cursors)
            }
            for pair in page.elements {
                let isRight = who[pair.low] == who[pair.high]
                all = (all.found + 1, all.right + (isRight ? 1 : 0))
                guard pair.isLikely else { continue }
                likely = (likely.found + 1, likely.right + (isRight ? 1 : 0))
            }
            cursor = page.next
        } while cursor != nil
        return DuplicateQuality(leads: who.count, pairs: pairs, likely: likely, all: all)
    }
}
