import Foundation

/// What headers usually mean. Only exact names and synonyms, letter case and punctuation
/// aside: a wrong guess costs more than a missing one.
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
        for isExact in [true, false] {
            for (header, word) in words where targets[header] == nil {
                guard let target = target(word, custom, isExact: isExact),
                    withHistory || !target.isHistory,
                    target.mayRepeat || !taken.contains(target)
                else { continue }
                targets[header] = target
                taken.insert(target)
            }
        }
        return targets
    }

    private static func target(
        _ word: String, _ custom: [CustomField], isExact: Bool
    ) -> Target? {
        if isExact {
            return Target.Field.allCases.first { plain($0.rawValue) == word }.map(Target.field)
        }
        let own = custom.first { plain($0.key) == word || plain($0.label) == word }
        return own.map { .custom($0.key) } ?? fields[word].map(Target.field)
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
