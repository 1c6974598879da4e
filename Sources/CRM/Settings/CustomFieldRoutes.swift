import HTTPTypes
import Storage
import Tenancy
import Web

/// The fields a company adds to its leads, in the API.
struct CustomFieldRoutes {
    var routes: [Route] {
        [
            .api(
                .get, "/custom-fields", "Reads the custom fields, in order",
                answers: [.init(200, "All of them.", CustomField.listSchema)], handle: show),
            .api(
                .put, "/custom-fields", "Replaces the custom fields",
                input: .json(CustomField.listSchema),
                answers: [
                    .init(200, "As they are now.", CustomField.listSchema), .staleIfMatched,
                ], handle: replace),
        ].grouped("Custom fields")
    }

    private func show(_ call: Call) async throws -> Reply {
        try await call.read { try await CustomFields($0).list() }.whole.reply
    }

    private func replace(_ call: Call) async throws -> Reply {
        let seen = try call.versionIfGiven()
        return try await call.write { scope in
            try scope.caller.must(.settingsEdit)
            let fields = try [CustomField](call.input.list("fields") ?? [])
            let custom = CustomFields(scope)
            try await custom.list().whole.mustBe(seen)
            return try await custom.replace(with: fields).whole.reply
        }
    }
}

extension [CustomField] {
    var whole: WholeList {
        WholeList { writer in
            writer.object { body in
                body.member("fields") { $0.array(self) { $1.write(to: &$0) } }
            }
        }
    }

    /// - Throws: `Problem.invalid` naming every member that is wrong.
    fileprivate init(_ inputs: [Fields]) throws {
        var faults: [Problem.Fault] = []
        self = inputs.enumerated().map { index, input in
            CustomField(input, at: "fields[\(index)]", &faults)
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
    }
}

extension CustomField {
    fileprivate init(_ input: Fields, at path: String, _ faults: inout [Problem.Fault]) {
        let kind: Kind = input.choice("type") ?? .text
        self.init(
            key: input.text("key") ?? "", label: input.text("label") ?? "", kind: kind,
            choices: kind == .choice ? input.texts("choices")?.removingDuplicates() ?? [] : [],
            isSensitive: input.bool("sensitive") ?? false)
        if key.wholeMatch(of: /[a-z][a-z0-9_]*/) == nil {
            faults.append(
                .init("\(path).key", "A key is of a–z, 0–9 and _, and begins with a letter."))
        }
        if label.isEmpty { faults.append(.init("\(path).label", "A label is needed.")) }
        if kind == .choice, choices.isEmpty {
            faults.append(.init("\(path).choices", "Give at least one choice."))
        }
    }

    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("key", key)
            body.member("label", label)
            body.member("type", kind.rawValue)
            if kind == .choice { body.member("choices", .array(choices.map(JSON.string))) }
            if isSensitive { body.member("sensitive", true) }
        }
    }

    fileprivate static let listSchema = Schema.named(
        "CustomFields",
        .object([
            .init(
                "fields",
                .list(
                    .object([
                        .init("key", .text(max: 40), required: true, "a–z, 0–9 and _."),
                        .init("label", .text(max: 60), required: true),
                        .init("type", .choice(Kind.allCases.map(\.rawValue)), required: true),
                        .init("choices", .list(.text(max: 100), max: 100), "Of type choice only."),
                        .init(
                            "sensitive", .boolean,
                            "Seen with the right leads.sensitive only, and noted when read."),
                    ]), max: CustomFields.max), required: true)
        ]))
}
