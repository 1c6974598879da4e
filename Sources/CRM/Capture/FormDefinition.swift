import Storage
import Tenancy
import Web

/// One question of a form.
package struct FormField: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case text, email, phone, choice, multi, checkbox, textarea, hidden, file
    }

    /// A field of the lead, `custom.<key>`, or a name of the form's own, whose answer is kept in
    /// the notes.
    package var key: String
    package var label: String
    package var kind: Kind
    package var isRequired = false
    package var help: String?
    package var choices: [String] = []
    /// What a hidden field says unless the page that shows the form says otherwise.
    package var value: String?
    /// What may be in a file, and how large it may be.
    package var types: [FileKind] = []
    package var megabytesMax = FormDefinition.megabytesMax

    package init(_ key: String, _ label: String, _ kind: Kind = .text) {
        self.key = key
        self.label = label
        self.kind = kind
    }

    /// The custom field it fills in, by key.
    var custom: String? {
        key.hasPrefix("custom.") ? String(key.dropFirst("custom.".count)) : nil
    }

    /// Whether its answer is one of the lead's own fields.
    var isOfLead: Bool { Self.ofLead.contains(key) }

    static let ofLead: Set<String> = [
        "company", "contact_name", "email", "phone", "notes", "product", "territory", "campaign",
    ]
    /// By one of these a lead is known.
    static let knowing: Set<String> = ["company", "contact_name", "email", "phone"]
}

/// Words that the sender agrees to.
package struct FormConsent: Sendable, Equatable {
    package var text: String
    package var isRequired: Bool
    /// Rises by itself when the text changes.
    package var version: Int

    package init(text: String, isRequired: Bool = true, version: Int = 0) {
        self.text = text
        self.isRequired = isRequired
        self.version = version
    }
}

/// What a form asks, and how it takes the answers.
package struct FormDefinition: Sendable, Equatable {
    package var fields: [FormField]
    package var consent: FormConsent?
    /// Where people may be led when they have sent it; the first unless the page names another.
    package var redirects: [String] = []
    /// Whether the sender confirms the address by a mailed link before there is a lead.
    package var confirms = false
    /// Whether the sender's browser does a piece of work that floods would be too dear with.
    package var isChallenged = false

    static let fieldsMax = 30
    static let choicesMax = 20
    static let filesMax = 3
    static let redirectsMax = 10
    package static let megabytesMax = 10

    package init(fields: [FormField]) {
        self.fields = fields
    }

    /// What a form asks that says nothing else.
    package static let plain = FormDefinition(fields: [
        FormField("company", "Company"), FormField("contact_name", "Your name"),
        FormField("email", "Email", .email), FormField("phone", "Phone", .phone),
        FormField("notes", "How can we help?", .textarea),
    ])

    var files: [FormField] { fields.filter { $0.kind == .file } }
    /// How many bytes the largest file may have; nil when none is taken.
    var fileBytesMax: Int? { files.map { $0.megabytesMax << 20 }.max() }
    var asksCustom: Bool { fields.contains { $0.custom != nil } }
}

extension FormDefinition {
    /// - Throws: When the text is not one that we wrote.
    package init(stored: String) throws {
        self.init(Fields(try JSON(parsing: stored)))
    }

    /// As the database and the API have it.
    package var json: JSON {
        [
            "fields": .array(fields.map(\.json)),
            "consent": consent.map { consent in
                [
                    "text": .string(consent.text), "required": .bool(consent.isRequired),
                    "version": .integer(Int64(consent.version)),
                ]
            } ?? .null,
            "redirects": .array(redirects.map(JSON.string)), "opt_in": .bool(confirms),
            "challenge": .bool(isChallenged),
        ]
    }
}

extension FormField {
    fileprivate var json: JSON {
        var members: [String: JSON] = [
            "key": .string(key), "label": .string(label), "kind": .string(kind.rawValue),
            "required": .bool(isRequired),
        ]
        if let help { members["help"] = .string(help) }
        if !choices.isEmpty { members["choices"] = .array(choices.map(JSON.string)) }
        if let value { members["value"] = .string(value) }
        if kind == .file {
            members["types"] = .array(types.map { .string($0.rawValue) })
            members["max_mb"] = .integer(Int64(megabytesMax))
        }
        return .object(members)
    }
}
