/// What a caller may do, on whose records, and what of these is masked.
package struct Grants: Sendable, Hashable {
    private let spans: [Right: Span]
    package let masks: Mask

    private init(_ spans: [Right: Span], _ masks: Mask) {
        self.spans = spans.filter { !$0.value.isEmpty }
        self.masks = masks
    }

    /// Whose records the caller may do it to: none means not at all.
    package subscript(right: Right) -> Span { spans[right] ?? .none }

    package var rights: [Right] { Right.allCases.filter { spans[$0] != nil } }

    package static let nothing = Grants([:], [])

    /// What a role has.
    package static func of(_ role: Role) -> Grants { byRole[role] ?? .nothing }

    /// These, without what is not among `rights`: an API key's.
    package func limited(to rights: Set<Right>) -> Grants {
        Grants(spans.filter { rights.contains($0.key) }, masks)
    }

    /// These with other spans where `changes` says so, and more masked: a role that a company
    /// made. It is never wider than what it was made from.
    package func narrowed(by changes: [Right: Span], masking: Mask = []) -> Grants {
        var narrow = spans
        for (right, span) in changes where self[right].covers(span) { narrow[right] = span }
        return Grants(narrow, masks.union(masking))
    }

    /// Whether somebody with `other` may nothing that somebody with these may not.
    package func covers(_ other: Grants) -> Bool {
        masks.isSubset(of: other.masks)
            && other.spans.allSatisfy { self[$0.key].covers($0.value) }
    }

    private static let byRole: [Role: Grants] = {
        var spans: [Role: [Right: Span]] = [:]
        for line in table {
            for (role, span) in zip(columns, line.spans) {
                spans[role, default: [:]][line.right] = span
            }
        }
        return spans.reduce(into: [:]) { grants, role in
            grants[role.key] = Grants(role.value, masks[role.key] ?? [])
        }
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

    // Short, so that the table is one to look at.
    private static let c: Span = .company
    private static let t: Span = .team
    private static let o: Span = .own
    private static let os: Span = [.own, .shared]
    private static let osa: Span = [.own, .shared, .assigned]
    private static let a: Span = .assigned
    private static let p: Span = .partner
    private static let pa: Span = [.partner, .assigned]
    private static let k: Span = .tickets
    private static let no: Span = .none

    /// What is masked of the leads that a role reaches. Who stands in no line sees them whole.
    private static let masks: [Role: Mask] = [
        .partner: [.contactsOnceTaken, .internalNotes, .companyFields]
    ]

    /// Who may do what: the whole of it. What stands in no line nobody may.
    // swift-format-ignore
    private static let table: [Line] = [
        //                      admin exec  manag sales warr  partn supp  analyst
        Line(.leadsRead,        c,    c,    t,    osa,  a,    pa,   k,    c),
        Line(.leadsSensitive,   c,    no,   t,    os,   no,   no,   no,   c),
        Line(.leadsCreate,      c,    no,   t,    o,    no,   p,    no,   c),
        Line(.leadsEdit,        c,    no,   t,    os,   no,   no,   no,   c),
        Line(.leadsWork,        c,    no,   t,    os,   a,    no,   no,   no),
        Line(.leadsAssign,      c,    no,   t,    no,   no,   no,   no,   no),
        Line(.leadsShare,       c,    no,   t,    o,    no,   no,   no,   no),
        Line(.leadsClose,       c,    no,   t,    o,    no,   no,   no,   no),
        Line(.leadsMerge,       c,    no,   t,    no,   no,   no,   no,   c),
        Line(.customersRead,    c,    c,    t,    os,   a,    p,    c,    c),
        Line(.customersEdit,    c,    no,   t,    os,   no,   no,   no,   c),
        Line(.messagesRead,     c,    no,   t,    os,   a,    p,    k,    no),
        Line(.messagesSend,     c,    no,   t,    os,   a,    p,    k,    no),
        Line(.documentsRead,    c,    c,    t,    os,   a,    p,    no,   c),
        Line(.documentsEdit,    c,    no,   t,    os,   no,   no,   no,   c),
        Line(.ticketsRead,      c,    c,    t,    o,    a,    p,    k,    c),
        Line(.ticketsComment,   c,    no,   t,    o,    a,    p,    k,    no),
        Line(.ticketsWork,      c,    no,   t,    no,   no,   no,   k,    no),
        Line(.campaignsRead,    c,    c,    t,    o,    no,   no,   no,   c),
        Line(.campaignsEdit,    c,    no,   no,   no,   no,   no,   no,   c),
        Line(.campaignsApprove, c,    no,   t,    no,   no,   no,   no,   no),
        Line(.reportsRun,       c,    c,    t,    o,    a,    p,    k,    c),
        Line(.reportsBuild,     c,    c,    t,    o,    no,   no,   no,   c),
        Line(.exportsRun,       c,    c,    t,    o,    no,   p,    no,   c),
        Line(.commissionsRead,  c,    c,    t,    no,   no,   p,    no,   c),
        Line(.commissionsEdit,  c,    no,   no,   no,   no,   no,   no,   c),
        Line(.erpRead,          c,    c,    t,    o,    no,   no,   c,    c),
        Line(.erpEdit,          c,    no,   no,   no,   no,   no,   no,   c),
        Line(.importsRun,       c,    no,   t,    o,    no,   no,   no,   c),
        Line(.importsUndo,      c,    no,   t,    o,    no,   no,   no,   c),
        Line(.importsHistory,   c,    no,   no,   no,   no,   no,   no,   no),
        Line(.peopleRead,       c,    c,    c,    c,    c,    o,    c,    c),
        Line(.peopleEdit,       c,    no,   no,   no,   no,   no,   no,   no),
        Line(.settingsEdit,     c,    no,   no,   no,   no,   no,   no,   no),
        Line(.connectionsEdit,  c,    no,   no,   no,   no,   no,   no,   c),
        Line(.keysEdit,         c,    no,   no,   no,   no,   no,   no,   no),
        Line(.operationsManage, c,    no,   no,   no,   no,   no,   no,   no),
        Line(.auditRead,        c,    c,    t,    o,    o,    o,    o,    c),
    ]
}
