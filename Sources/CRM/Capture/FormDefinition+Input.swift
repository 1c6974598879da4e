import Storage
import Tenancy
import Web

extension FormDefinition {
    static let schema = Schema.named(
        "FormDefinition",
        .object([
            .init("fields", .list(FormField.schema, max: fieldsMax), required: true),
            .init("consent", .optional(FormConsent.schema)),
            .init(
                "redirects", .list(.text(max: 500), max: redirectsMax),
                "Where people may be led; the first, unless the field redirect_to names another."),
            .init("opt_in", .boolean, "Whether the address is confirmed by mail first."),
            .init("challenge", .boolean, "Whether the browser does a proof of work (Altcha)."),
        ]))

    /// Reads what has passed the schema.
    init(_ input: Fields) {
        self.init(fields: input.list("fields")?.map(FormField.init) ?? [])
        if let given = input.fields("consent"), let text = given.text("text") {
            consent = FormConsent(
                text: text, isRequired: given.bool("required") ?? true,
                version: Int(given.integer("version") ?? 0))
        }
        redirects = (input.texts("redirects") ?? []).removingDuplicates()
        confirms = input.bool("opt_in") ?? false
        isChallenged = input.bool("challenge") ?? false
    }

    /// Everything that is wrong with it, by path.
    func faults(_ custom: [CustomField]) -> [Problem.Fault] {
        var faults: [Problem.Fault] = []
        var seen: Set<String> = []
        for (place, field) in fields.enumerated() {
            let path = "definition.fields[\(place)]"
            if !seen.insert(field.key).inserted {
                faults.append(.init("\(path).key", "“\(field.key)” is asked twice."))
            }
            faults += field.faults(custom).map { .init("\(path).\($0.field)", $0.message) }
        }
        if !fields.contains(where: { FormField.knowing.contains($0.key) }) {
            faults.append(
                .init(
                    "definition.fields",
                    "Ask for at least one of company, contact_name, email and phone."))
        }
        if files.count > Self.filesMax {
            faults.append(.init("definition.fields", "Ask for at most \(Self.filesMax) files."))
        }
        if confirms, !fields.contains(where: { $0.key == "email" && $0.isRequired }) {
            faults.append(
                .init("definition.opt_in", "Ask for the email, and require it, to confirm by it."))
        }
        for (place, address) in redirects.enumerated() where !Self.isAddress(address) {
            faults.append(
                .init(
                    "definition.redirects[\(place)]",
                    "Give a whole address like https://www.example.com/thanks."))
        }
        return faults
    }

    /// A whole address of the web, without a user's name and without what a header cannot hold.
    private static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        return parts.count >= 3 && ["https:", "http:"].contains(parts[0]) && parts[1].isEmpty
            && !parts[2].isEmpty && !parts[2].contains("@")
            && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"'<>;,\\".utf8.contains($0) }
    }

    /// The origins of its redirects: where a page's policy must let the form lead.
    var redirectOrigins: [String] {
        redirects.map { $0.split(separator: "/").prefix(2).joined(separator: "//") }
            .removingDuplicates()
    }
}

extension FormConsent {
    fileprivate static let schema = Schema.object([
        .init("text", .text(max: 2000), required: true, "What the sender agrees to."),
        .init("required", .boolean),
        .init("version", .integer(0...Int64.max), "Given by us; it rises when the text changes."),
    ])
}

extension FormField {
    fileprivate static let schema = Schema.object([
        .init(
            "key", .text(max: 60), required: true,
            "A field of the lead, custom.<key>, or a name of your own for what goes to the notes."),
        .init("label", .text(max: 120), required: true),
        .init("kind", .choice(Kind.allCases.map(\.rawValue)), required: true),
        .init("required", .boolean), .init("help", .optional(.text(max: 300))),
        .init("choices", .list(.text(max: 120), max: FormDefinition.choicesMax)),
        .init("value", .optional(.text(max: 200)), "Of a hidden field."),
        .init(
            "types", .list(.choice(FileKind.allCases.map(\.rawValue)), max: 20), "Of a file."),
        .init("max_mb", .integer(1...Int64(FormDefinition.megabytesMax)), "Of a file."),
    ])

    fileprivate init(_ input: Fields) {
        self.init(
            input.text("key") ?? "", input.text("label") ?? "", input.choice("kind") ?? .text)
        isRequired = input.bool("required") ?? false
        help = input.text("help")
        choices = (input.texts("choices") ?? []).removingDuplicates()
        value = input.text("value")
        let given = (input.texts("types") ?? []).compactMap { FileKind(rawValue: $0) }
            .removingDuplicates()
        types = kind == .file && given.isEmpty ? FileKind.usual : given
        megabytesMax = Int(input.integer("max_mb") ?? Int64(FormDefinition.megabytesMax))
    }

    /// What is wrong with it, by its members.
    fileprivate func faults(_ custom: [CustomField]) -> [Problem.Fault] {
        var faults: [Problem.Fault] = []
        if label.isEmpty { faults.append(.init("label", "Say what is asked.")) }
        if [.choice, .multi].contains(kind), choices.isEmpty {
            faults.append(.init("choices", "Give at least one choice."))
        }
        if kind == .hidden, isRequired {
            faults.append(.init("required", "Nobody sees it, so nobody can fill it in."))
        }
        if let message = keyFault(custom) { faults.append(.init("key", message)) }
        return faults
    }

    private func keyFault(_ custom: [CustomField]) -> String? {
        if let key = self.custom {
            guard let field = custom.first(where: { $0.key == key }) else {
                return "You have no custom field “\(key)”."
            }
            return field.kind.fits(self, field) ?? kindFault
        }
        if isOfLead { return kindFault }
        if let known = Submission.names[key] { return "Call it \(known)." }
        let isName =
            key.utf8.first.map { (97...122).contains($0) } ?? false
            && key.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
        guard isName, key.utf8.count <= 40 else {
            return "Use small letters, digits and _, beginning with a letter."
        }
        if Submission.isReserved(key) { return "This name is taken; choose another." }
        return nil
    }

    private var kindFault: String? {
        switch (key, kind) {
        case (_, .file): "A file is kept beside the lead: give it a name of its own."
        case ("email", .email), ("email", .hidden), ("phone", .phone), ("phone", .hidden): nil
        case ("email", _): "Make it a field of the kind email."
        case ("phone", _): "Make it a field of the kind phone."
        case ("notes", .textarea), ("notes", .text), ("notes", .hidden), ("notes", .choice): nil
        case (_, .multi) where custom == nil, (_, .checkbox) where custom == nil:
            "Give it a name of its own; the answer is kept in the notes."
        default: nil
        }
    }
}

extension CustomField.Kind {
    /// Why a question cannot fill in a field of this kind; nil when it can.
    fileprivate func fits(_ asked: FormField, _ field: CustomField) -> String? {
        if asked.kind == .hidden { return nil }
        switch self {
        case .boolean:
            return asked.kind == .checkbox
                ? nil : "\(field.label) is yes or no: make it a checkbox."
        case .choice:
            guard asked.kind == .choice else { return "\(field.label) is a choice: ask it as one." }
            let unknown = asked.choices.first { !field.choices.contains($0) }
            return unknown.map { "“\($0)” is no choice of \(field.label)." }
        case .text:
            return asked.kind == .checkbox ? "\(field.label) is text, not yes or no." : nil
        case .number, .date:
            return [.text, .choice].contains(asked.kind)
                ? nil : "\(field.label) is a \(rawValue): ask for it as text."
        }
    }
}

extension [FileKind] {
    fileprivate func removingDuplicates() -> [FileKind] {
        var seen: Set<FileKind> = []
        return filter { seen.insert($0).inserted }
    }
}
