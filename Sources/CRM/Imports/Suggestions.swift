import Foundation

/// What headers usually mean: names and synonyms, letter case and punctuation aside; then what is
/// written nearly like one, or has one in it. A wrong guess costs more than a missing one, so what
/// could mean two things means nothing.
enum Suggestions {
    private static let words: [(Target.Field, [String])] = [
        (
            .company,
            [
                "company", "companyname", "account", "accountname", "organisation", "organization",
                "organisationname", "organizationname", "business", "businessname", "customer",
                "customername", "client", "firm",
            ]
        ),
        (
            .contactName,
            [
                "contactname", "contact", "contactperson", "name", "fullname", "person", "leadname",
                "primarycontact",
            ]
        ),
        (
            .email,
            [
                "email", "emailaddress", "mail", "emailid", "contactemail", "workemail",
                "businessemail",
            ]
        ),
        (
            .phone,
            [
                "phone", "phonenumber", "mobile", "mobilenumber", "mobilephone", "telephone", "tel",
                "cell", "cellphone", "contactnumber", "whatsapp", "whatsappnumber", "contactphone",
                "workphone",
            ]
        ),
        (
            .externalID,
            [
                "externalid", "id", "leadid", "opportunityid", "dealid", "recordid", "reference",
                "referenceid", "crmid",
            ]
        ),
        (.source, ["source", "leadsource", "channel", "origin"]),
        (.campaign, ["campaign", "campaignname", "utmcampaign"]),
        (.product, ["product", "productname", "productinterest", "interest", "interestedin"]),
        (
            .territory,
            [
                "territory", "region", "regionaloffice", "salesregion", "salesterritory", "zone",
            ]
        ),
        (
            .value,
            [
                "value", "dealvalue", "closevalue", "amount", "dealamount", "dealsize", "revenue",
                "expectedrevenue", "estimatedvalue", "opportunityvalue", "opportunityamount",
                "worth",
            ]
        ),
        (.currency, ["currency", "currencycode"]),
        (
            .owner,
            [
                "owner", "leadowner", "dealowner", "accountowner", "opportunityowner", "salesagent",
                "agent", "salesrep", "rep", "salesperson", "salesrepresentative", "assignedto",
                "accountmanager", "accountexecutive",
            ]
        ),
        (
            .stage,
            [
                "stage", "dealstage", "leadstage", "salesstage", "opportunitystage", "status",
                "leadstatus", "dealstatus", "pipelinestage",
            ]
        ),
        (
            .createdAt,
            [
                "createdat", "created", "createdate", "createddate", "createdon", "creationdate",
                "datecreated", "dateadded", "engagedate", "leaddate", "opendate",
            ]
        ),
        (
            .closedAt,
            [
                "closedat", "closed", "closedate", "closeddate", "closedon", "closingdate",
                "dateclosed", "wondate",
            ]
        ),
        (.lostReason, ["lostreason", "lossreason", "reasonlost", "closedlostreason"]),
        (.notes, ["notes", "note", "comments", "comment", "remarks", "remark", "description"]),
        (.tags, ["tags", "tag", "labels", "label"]),
    ]

    private static let fields: [String: Target.Field] = {
        var fields: [String: Target.Field] = [:]
        for (field, names) in words {
            for name in names { fields[name] = field }
        }
        return fields
    }()

    /// A target for each header that has a usual meaning, each target once. A header that is
    /// the target's own name goes before its synonyms.
    static func targets(
        _ headers: [String], custom: [CustomField], withHistory: Bool
    ) -> [String: Target] {
        var targets: [String: Target] = [:]
        var taken: Set<Target> = []
        let words = headers.map { ($0, plain($0)) }
        for closeness in Closeness.allCases {
            for (header, word) in words where targets[header] == nil {
                guard let target = target(word, header, custom, closeness),
                    withHistory || !target.isHistory,
                    target.mayRepeat || !taken.contains(target)
                else { continue }
                targets[header] = target
                taken.insert(target)
            }
        }
        return targets
    }

    private enum Closeness: CaseIterable { case name, synonym, like }

    private static func target(
        _ word: String, _ header: String, _ custom: [CustomField], _ closeness: Closeness
    ) -> Target? {
        switch closeness {
        case .name:
            return Target.Field.allCases.first { plain($0.rawValue) == word }.map(Target.field)
        case .synonym:
            let own = custom.first { plain($0.key) == word || plain($0.label) == word }
            return own.map { .custom($0.key) } ?? fields[word].map(Target.field)
        case .like:
            let near = like(word).isEmpty ? named(in: header) : like(word)
            return near.count == 1 ? near.first.map(Target.field) : nil
        }
    }

    /// What the word is but for a slip of a letter, or two in a long one: `Compnay`, `Adress`.
    private static func like(_ word: String) -> Set<Target.Field> {
        let slips = word.count < lettersForASlip ? 0 : word.count < lettersForTwo ? 1 : 2
        guard slips > 0 else { return [] }
        return Set(fields.filter { distance($0.key, word, atMost: slips) <= slips }.values)
    }

    private static let lettersForASlip = 5
    private static let lettersForTwo = 9

    /// What neighbouring words of the header name: `Customer e-mail address (work)`, `Phone no.`
    private static func named(in header: String) -> Set<Target.Field> {
        let words = header.split { !$0.isLetter && !$0.isNumber && $0 != "-" }.map {
            plain(String($0))
        }
        var longest: (length: Int, fields: Set<Target.Field>) = (0, [])
        for length in stride(from: min(3, words.count), through: 1, by: -1) {
            let runs = (0...(words.count - length)).map { words[$0..<($0 + length)].joined() }
            let found = Set(runs.filter { $0.count >= lettersForASlip }.compactMap { fields[$0] })
            if !found.isEmpty, longest.fields.isEmpty { longest = (length, found) }
        }
        return longest.fields
    }

    /// Letters to be changed, put in, left out or swapped with their neighbour (the restricted
    /// Damerau-Levenshtein distance); more than `most` is `most + 1`.
    private static func distance(_ one: String, _ other: String, atMost most: Int) -> Int {
        let (a, b) = (Array(one.utf8), Array(other.utf8))
        guard abs(a.count - b.count) <= most else { return most + 1 }
        var (before, last) = ([Int](), Array(0...b.count))
        for (i, letter) in a.enumerated() {
            var row = [i + 1]
            for (j, its) in b.enumerated() {
                var least = min(last[j] + (letter == its ? 0 : 1), last[j + 1] + 1, row[j] + 1)
                if i > 0, j > 0, letter == b[j - 1], a[i - 1] == its {
                    least = min(least, before[j - 1] + 1)
                }
                row.append(least)
            }
            (before, last) = (last, row)
        }
        return last[b.count]
    }

    /// The stage that a text of a file names by key or name.
    static func stage(_ text: String, in pipeline: Pipeline) -> Stage? {
        let word = plain(text)
        return pipeline.stages.first { plain($0.key) == word || plain($0.name) == word }
    }

    /// `Close Value (USD)` and `close_value_usd` are the same.
    static func plain(_ text: String) -> String {
        let folded = text.decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars
        return String(
            String.UnicodeScalarView(
                folded.filter { $0.properties.isAlphabetic || ("0"..."9").contains($0) }))
    }
}
