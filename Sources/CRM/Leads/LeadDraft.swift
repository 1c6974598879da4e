import Storage
import Tenancy
import Web

/// What a lead is to be, before the product knows whether it has it already. Valid by its
/// making: e-mail and phone are normalised, texts trimmed, money whole.
package struct LeadDraft: Sendable, Equatable {
    package var company: String?
    package var contactName: String?
    package var email: String?
    package var phone: String?
    package var phoneRaw: String?
    package var externalID: String?
    package var source: String
    package var campaign: String?
    package var attribution: JSON = [:]
    package var product: String?
    package var territory: String?
    package var valueMinor: Int64?
    package var currency: String
    package var owner: ID<User>?
    package var tags: [String] = []
    package var custom: JSON = [:]
    package var notes: String?

    package init(source: String, currency: String) {
        self.source = source
        self.currency = currency
    }

    /// Sets e-mail from what somebody wrote.
    ///
    /// - Throws: `Problem.invalid` when it is no address.
    package mutating func setEmail(_ raw: String?) throws {
        guard let raw else { return email = nil }
        guard let normalised = EmailAddress.normalised(raw) else {
            throw Problem.invalid("email", "“\(raw.prefix(80))” is no e-mail address.")
        }
        email = normalised
    }

    /// Sets the phone from what somebody wrote. A number nobody can dial is kept as it is: a
    /// lead is not refused for it.
    package mutating func setPhone(_ raw: String?, region: String) {
        phoneRaw = raw
        phone = raw.flatMap { PhoneNumber.e164($0, region: region) }
    }

    /// - Throws: `Problem.invalid` when there is nothing to know the lead by.
    package func checked() throws -> LeadDraft {
        let known = [company, contactName, email, phoneRaw, externalID]
        guard known.contains(where: { $0 != nil }) else {
            throw Problem.invalid(
                "company",
                "Give at least one of company, contact_name, email, phone and external_id.")
        }
        return self
    }
}

extension LeadDraft {
    private static let editable: [Schema.Field] = [
        .init("company", .optional(.text(max: 200))),
        .init("contact_name", .optional(.text(max: 200))),
        .init("email", .optional(.text(max: 254)), "Kept in lower case."),
        .init("phone", .optional(.text(max: 60)), "Any way of writing; kept raw and as E.164."),
        .init("external_id", .optional(.text(max: 200)), "What another system calls it."),
        .init("source", .text(max: 60), "facebook, web_form, manual, partner, … or your own."),
        .init("campaign", .optional(.text(max: 200))),
        .init("attribution", .map(.text(max: 500)), "utm_source, ad_id, …"),
        .init("product", .optional(.text(max: 120))),
        .init("territory", .optional(.text(max: 120))),
        .init(
            "value_minor", .optional(.integer(0...1_000_000_000_000_000)),
            "In minor units: 1999 is 19.99."),
        .init("currency", .text(max: 3), "ISO 4217; the company's unless told."),
        .init("tags", .list(.text(max: 60), max: 50)),
        .init("custom", .map(.any), "By key of your custom fields."),
        .init("notes", .optional(.text(max: 10_000))),
    ]

    package static let schema = Schema.named(
        "NewLead",
        .object(
            editable + [
                .init("owner", .optional(.id), "Assigned by the rules unless told.")
            ]))

    package static let changeSchema = Schema.named("LeadChange", .object(editable))

    /// - Throws: `Problem.invalid` with every field that is wrong.
    package init(_ input: Fields, profile: TenantProfile, source: String) throws {
        self.init(
            source: input.text("source")?.lowercased() ?? source,
            currency: profile.defaultCurrency)
        try apply(input, profile: profile)
        owner = input.id("owner")
        self = try checked()
    }

    /// Overwrites what the input names; null empties.
    package mutating func apply(_ input: Fields, profile: TenantProfile) throws {
        if input.has("company") { company = input.text("company") }
        if input.has("contact_name") { contactName = input.text("contact_name") }
        if input.has("external_id") { externalID = input.text("external_id") }
        if input.has("phone") {
            setPhone(input.text("phone"), region: profile.defaultRegion)
        }
        if let text = input.text("source") { source = text.lowercased() }
        if input.has("campaign") { campaign = input.text("campaign") }
        if let given = input["attribution"] { attribution = given }
        if input.has("product") { product = input.text("product") }
        if input.has("territory") { territory = input.text("territory") }
        if input.has("value_minor") { valueMinor = input.integer("value_minor") }
        if let given = input.texts("tags") { tags = given.removingDuplicates() }
        if let given = input["custom"] { custom = given }
        if input.has("notes") { notes = input.text("notes") }
        var faults: [Problem.Fault] = []
        if let code = input.text("currency") {
            if Currency.isCode(code.uppercased()) {
                currency = code.uppercased()
            } else {
                faults.append(.init("currency", "Give an ISO 4217 code, like USD."))
            }
        }
        do { if input.has("email") { try setEmail(input.text("email")) } } catch Problem.invalid(
            let found)
        {
            faults += found
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
    }

    /// What an existing lead is made of, to be edited.
    package init(_ lead: Lead) throws {
        self.init(source: lead.source, currency: lead.currency)
        company = lead.company
        contactName = lead.contactName
        email = lead.email
        phone = lead.phone
        phoneRaw = lead.phoneRaw
        externalID = lead.externalID
        campaign = lead.campaign
        attribution = try JSON(parsing: lead.attribution)
        product = lead.product
        territory = lead.territory
        valueMinor = lead.valueMinor
        tags = try JSON(parsing: lead.tags).array?.compactMap(\.string) ?? []
        custom = try JSON(parsing: lead.custom)
        notes = lead.notes
    }
}

extension [String] {
    func removingDuplicates() -> [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
