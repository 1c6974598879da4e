import Views

enum DuplicatesSamples {
    static let comparison = DuplicateComparison(
        id: "d1", percent: 97, isLikely: true,
        evidence: [
            DuplicateEvidence("Same company name", isFor: true),
            DuplicateEvidence("Different phone numbers", isFor: false),
        ],
        first: side("l1", "Orchard Trading <b>Ltd</b>"), second: side("l2", "Orchard Trading"),
        fields: [
            DuplicateField("company", "Company", "Orchard Trading <b>Ltd</b>", "Orchard Trading"),
            DuplicateField("product", "Product", "Suite", "Suite"),
            DuplicateField("phone", "Phone", "+12125550147", ""),
            DuplicateField("custom.size", "Size", "L", "M"),
        ], staysFirst: false)

    static let page = DuplicatesPage(
        pairs: [
            DuplicateLine(
                id: "d1", url: "/duplicates?pair=d1", first: "Orchard Trading <b>Ltd</b>",
                second: "Orchard Trading", percent: 97, isLikely: true, isCurrent: true),
            DuplicateLine(
                id: "d2", url: "/duplicates?pair=d2", first: "Vineyard", second: "Vinyard",
                percent: 71, isLikely: false),
        ], current: comparison, summary: "2+ pairs", moreURL: "/duplicates?cursor=x")

    static let empty = DuplicatesPage(pairs: [], current: nil, summary: "0 pairs")

    private static func side(_ id: String, _ title: String) -> DuplicateSide {
        DuplicateSide(
            id: id, title: title, url: "/leads/\(id)", hue: 120,
            stage: StageName(key: "open", label: "Open", tone: .step(1)),
            note: "Sam · 3 Nov · 1 touch")
    }
}
