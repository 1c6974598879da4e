import DatabaseSupport
import Storage
import Testing

@testable import Tenancy

@Suite struct GrantsTests {
    @Test func `every right is somebody's, and none is the platform operator's`() {
        for right in Right.allCases {
            #expect(!Grants.of(.companyAdmin)[right].isEmpty, "\(right)")
        }
        #expect(Grants.of(.platformOperator).rights.isEmpty)
    }

    @Test func `what one may change, one may see`() {
        for role in Role.allCases {
            let grants = Grants.of(role)
            for right in [Right.leadsEdit, .leadsWork, .leadsAssign, .leadsShare, .leadsClose] {
                #expect(grants[.leadsRead].covers(grants[right]), "\(role): \(right)")
            }
        }
    }

    @Test func `a right is narrowed and never widened`() {
        let sales = Grants.of(.salesperson)
        #expect(sales.narrowed(by: [.leadsRead: .own])[.leadsRead] == .own)
        #expect(sales.narrowed(by: [.leadsRead: .company])[.leadsRead] == sales[.leadsRead])
        #expect(sales.narrowed(by: [.leadsEdit: .none])[.leadsEdit].isEmpty)
        #expect(
            Grants.of(.executive).narrowed(by: [.leadsRead: .territory])[.leadsRead] == .territory)
        #expect(Grants.of(.manager).narrowed(by: [.leadsRead: .own])[.leadsRead] == .own)
        #expect(sales.limited(to: [.leadsRead]).rights == [.leadsRead])
    }

    @Test func `by break-glass one reads what an admin reads, and does nothing else`() {
        let rights = Set(Grants.breakGlass.rights)
        let writes = Set(
            Right.allCases.filter {
                !["read", "run", "sensitive"].contains($0.rawValue.split(separator: ".").last)
            })
        #expect(rights.isDisjoint(with: writes.union([.exportsRun, .importsRun, .keysEdit])))
        #expect(rights.contains(.leadsRead) && rights.contains(.auditRead))
        for right in rights { #expect(Grants.breakGlass[right] == .company, "\(right)") }
    }

    /// What a company could ask for: every right at random spans, and random masks.
    private static func narrowing(_ dice: inout Dice) -> (changes: [Right: Span], masks: Mask) {
        var changes: [Right: Span] = [:]
        for right in Right.allCases where dice.chance(60) {
            changes[right] = Span(rawValue: UInt16.random(in: 0..<256, using: &dice))
        }
        return (changes, Mask(Mask.all.map(\.mask).filter { _ in dice.chance(30) }))
    }

    @Test(arguments: Role.allCases, 1...40)
    func `whatever is narrowed, and narrowed again, has no more than its base`(
        _ role: Role, seed: UInt64
    ) {
        var dice = Dice(seed: seed)
        let base = Grants.of(role)
        let (changes, masks) = Self.narrowing(&dice)
        let narrow = base.narrowed(by: changes, masking: masks)
        let (more, others) = Self.narrowing(&dice)
        let narrower = narrow.narrowed(by: more, masking: others)
        let limited = narrower.limited(to: Set(Right.allCases.filter { _ in dice.chance(50) }))
        for (wide, thin) in [(base, narrow), (narrow, narrower), (narrower, limited)] {
            #expect(wide.covers(thin))
            #expect(thin.masks.isSuperset(of: wide.masks))
            for right in thin.rights {
                #expect(wide[right].covers(thin[right]), "\(right)")
            }
        }
        #expect(base.covers(limited))
        #expect(Grants.of(.companyAdmin).covers(limited))
    }

    @Test(arguments: Role.allCases, 1...20)
    func `what a company sends is taken only where it is narrower, and read as it was stored`(
        _ role: Role, seed: UInt64
    ) throws {
        var dice = Dice(seed: seed)
        let (changes, masks) = Self.narrowing(&dice)
        let blank = CustomRole(
            id: .init(), name: "Narrow", base: role, changes: [:], masks: [], version: 1,
            createdAt: Ground.now)
        var taken: [Right: Span] = [:]
        for (right, span) in changes {
            let input = RoleInput(changes: [right.rawValue: span.names])
            let whole = Grants.of(role)[right]
            do {
                let made = try input.applied(to: blank)
                #expect(whole.covers(span), "\(right) \(span.names)")
                #expect(made.grants[right] == span)
                if span != whole { taken[right] = span }
            } catch let problem as Problem {
                #expect(problem.fields == ["changes.\(right.rawValue)"])
                let fits = span.isEmpty || right.spans.isSuperset(of: span)
                #expect(span != whole && !(whole.covers(span) && fits))
            }
        }
        let names = taken.mapKeys(\.rawValue).mapValues(\.names)
        let whole = try RoleInput(changes: names, masks: masks.names).applied(to: blank)
        #expect(whole.changes == taken)
        #expect(Grants.of(role).covers(whole.grants))
        #expect(whole.grants.masks == Grants.of(role).masks.union(masks))
    }

    @Test func `who covers less or sees more does not cover`() {
        let (sales, admin) = (Grants.of(.salesperson), Grants.of(.companyAdmin))
        #expect(admin.covers(sales) && !sales.covers(admin))
        #expect(!Grants.of(.partner).covers(sales) && !sales.covers(.of(.partner)))
        #expect(!sales.narrowed(by: [:], masking: .contacts).covers(sales))
        #expect(sales.covers(sales.narrowed(by: [:], masking: .contacts)))
        #expect(Mask(names: ["contacts"])?.contains(.contactsOnceTaken) == true)
        #expect(Mask.contacts.names == ["contacts"])
        #expect(Mask(names: ["everything"]) == nil)
    }

    @Test func `spans are stored by name`() throws {
        let span: Span = [.own, .assigned, .territory]
        #expect(Span(names: span.names) == span)
        #expect(Span(names: ["own", "everything"]) == nil)
    }
}

extension Dictionary {
    fileprivate func mapKeys<New: Hashable>(_ body: (Key) -> New) -> [New: Value] {
        [New: Value](uniqueKeysWithValues: map { (body($0), $1) })
    }
}
