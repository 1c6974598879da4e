import Views

extension Sample {
    static let looks: [BreakGlassRow] = {
        var open = BreakGlassRow(
            id: "g-1", company: "Vantage Retail", who: "Olga Berg", email: "olga@house.example",
            reason: "Ticket 4711: totals <differ>")
        (open.when, open.isOpen) = ("22 Nov, 13:20–14:20", true)
        var ended = open
        (ended.id, ended.isOpen, ended.wasEnded) = ("g-2", false, true)
        return [open, ended]
    }()

    static let looksOfCompany: BreakGlassPage = {
        var page = BreakGlassPage(rows: looks)
        page.side = .company(isForbidden: false, canForbid: true)
        return page
    }()
}
