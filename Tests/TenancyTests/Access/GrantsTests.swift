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

    @Test func `spans are stored by name`() throws {
        let span: Span = [.own, .assigned, .territory]
        #expect(Span(names: span.names) == span)
        #expect(Span(names: ["own", "everything"]) == nil)
    }
}
