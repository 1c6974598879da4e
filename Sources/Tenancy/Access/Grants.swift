/// What a caller may do, and on whose records.
package struct Grants: Sendable, Hashable {
    private var spans: [Right: Span]

    private init(_ spans: [Right: Span]) {
        self.spans = spans.filter { !$0.value.isEmpty }
    }

    /// Whose records the caller may do it to: none means not at all.
    package subscript(right: Right) -> Span { spans[right] ?? .none }

    package var rights: [Right] { Right.allCases.filter { spans[$0] != nil } }

    package static let nothing = Grants([:])

    /// What a role has.
    package static func of(_ role: Role) -> Grants { byRole[role] ?? .nothing }

    /// These, without what is not among `rights`: an API key's.
    package func limited(to rights: Set<Right>) -> Grants {
        Grants(spans.filter { rights.contains($0.key) })
    }

    /// These with other spans where `changes` says so: a role that a company made. It is never
    /// wider than what it was made from.
    package func narrowed(by changes: [Right: Span]) -> Grants {
        var narrow = spans
        for (right, span) in changes where self[right].covers(span) { narrow[right] = span }
        return Grants(narrow)
    }

    private static let byRole: [Role: Grants] = {
        var spans: [Role: [Right: Span]] = [:]
        for line in table {
            for (role, span) in zip(columns, line.spans) {
                spans[role, default: [:]][line.right] = span
            }
        }
        return spans.mapValues { Grants($0) }
    }()

    /// The roles of the table's columns. A platform operator has no company's data at all.
    static let columns: [Role] = [
        .companyAdmin, .executive, .manager, .salesperson, .warrior, .partner, .supportAgent,
        .operationsAnalyst,
    ]

    private struct Line {
        let right: Right
        let spans: [Span]

        init(_ right: Right, _ spans: Span...) {
            self.right = right
            self.spans = spans
        }
    }

    // Company, team, own, own and shared (and assigned), assigned, partner, tickets.
    private static let C: Span = .company
    private static let T: Span = .team
    private static let O: Span = .own
    private static let OS: Span = [.own, .shared]
    private static let OSA: Span = [.own, .shared, .assigned]
    private static let A: Span = .assigned
    private static let P: Span = .partner
    private static let K: Span = .tickets
    private static let __: Span = .none

    /// Who may do what: the whole of it. What stands in no line nobody may.
    // swift-format-ignore
    private static let table: [Line] = [
        //                      admin exec  manag sales warr  partn supp  analyst
        Line(.leadsRead,        C,    C,    T,    OSA,  A,    P,    K,    C),
        Line(.leadsCreate,      C,    __,   T,    O,    __,   P,    __,   C),
        Line(.leadsEdit,        C,    __,   T,    OS,   __,   __,   __,   C),
        Line(.leadsWork,        C,    __,   T,    OS,   A,    __,   __,   __),
        Line(.leadsAssign,      C,    __,   T,    __,   __,   __,   __,   __),
        Line(.leadsShare,       C,    __,   T,    O,    __,   __,   __,   __),
        Line(.leadsClose,       C,    __,   T,    O,    __,   __,   __,   __),
        Line(.leadsMerge,       C,    __,   T,    __,   __,   __,   __,   C),
        Line(.customersRead,    C,    C,    T,    OS,   A,    P,    C,    C),
        Line(.customersEdit,    C,    __,   T,    OS,   __,   __,   __,   C),
        Line(.messagesRead,     C,    __,   T,    OS,   A,    P,    K,    __),
        Line(.messagesSend,     C,    __,   T,    OS,   A,    P,    K,    __),
        Line(.documentsRead,    C,    C,    T,    OS,   A,    P,    __,   C),
        Line(.documentsEdit,    C,    __,   T,    OS,   __,   __,   __,   C),
        Line(.ticketsRead,      C,    C,    T,    O,    A,    P,    K,    C),
        Line(.ticketsComment,   C,    __,   T,    O,    A,    P,    K,    __),
        Line(.ticketsWork,      C,    __,   T,    __,   __,   __,   K,    __),
        Line(.campaignsRead,    C,    C,    T,    O,    __,   __,   __,   C),
        Line(.campaignsEdit,    C,    __,   __,   __,   __,   __,   __,   C),
        Line(.campaignsApprove, C,    __,   T,    __,   __,   __,   __,   __),
        Line(.reportsRun,       C,    C,    T,    O,    A,    P,    K,    C),
        Line(.reportsBuild,     C,    C,    T,    O,    __,   __,   __,   C),
        Line(.exportsRun,       C,    C,    T,    O,    __,   P,    __,   C),
        Line(.commissionsRead,  C,    C,    T,    __,   __,   P,    __,   C),
        Line(.commissionsEdit,  C,    __,   __,   __,   __,   __,   __,   C),
        Line(.erpRead,          C,    C,    T,    O,    __,   __,   C,    C),
        Line(.erpEdit,          C,    __,   __,   __,   __,   __,   __,   C),
        Line(.importsRun,       C,    __,   T,    O,    __,   __,   __,   C),
        Line(.importsUndo,      C,    __,   T,    O,    __,   __,   __,   C),
        Line(.importsHistory,   C,    __,   __,   __,   __,   __,   __,   __),
        Line(.peopleRead,       C,    C,    C,    C,    C,    O,    C,    C),
        Line(.peopleEdit,       C,    __,   __,   __,   __,   __,   __,   __),
        Line(.settingsEdit,     C,    __,   __,   __,   __,   __,   __,   __),
        Line(.connectionsEdit,  C,    __,   __,   __,   __,   __,   __,   C),
        Line(.keysEdit,         C,    __,   __,   __,   __,   __,   __,   __),
        Line(.operationsManage, C,    __,   __,   __,   __,   __,   __,   __),
        Line(.auditRead,        C,    C,    T,    O,    O,    O,    O,    C),
    ]
}
