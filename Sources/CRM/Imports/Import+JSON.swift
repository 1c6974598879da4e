import Storage
import Tenancy
import Web

extension Import {
    static let schema = Schema.named(
        "Import",
        .object([
            .init("id", .id, required: true),
            .init(
                "state", .choice(State.allCases.map(\.rawValue)), required: true,
                "checked: nothing is written yet, commit it; done, failed, cancelled and undone: over."
            ),
            .init("file_name", .text(max: 400), required: true),
            .init("format", .choice(["csv", "xlsx", "json", "xml"]), required: true),
            .init("sheet", .optional(.text(max: 400)), required: true),
            .init("sheets", .list(.text(max: 400), max: 10_000)),
            .init("rows_total", .integer(0...Int64.max), required: true),
            .init("rows_done", .integer(0...Int64.max), required: true),
            .init(
                "created", .integer(0...Int64.max), required: true,
                "After a dry run: how many would be."),
            .init("merged", .integer(0...Int64.max), required: true),
            .init("rejected", .integer(0...Int64.max), required: true),
            .init(
                "updated", .integer(0...Int64.max), required: true,
                "Of the merged ones, how many changed something of their lead."),
            .init("undone", .integer(0...Int64.max), required: true, "Rows taken back."),
            .init(
                "kept", .integer(0...Int64.max), required: true,
                "Rows not taken back, because their leads were changed since."),
            .init("problem", .optional(.text(max: 10_000)), required: true, "Why it failed."),
            .init("mapping", Mapping.schema, required: true),
            .init(
                "columns",
                .list(
                    .object([
                        .init("name", .text(max: 400), required: true),
                        .init("sample", .list(.text(max: 400), max: 3), required: true),
                        .init("suggestion", .optional(.text(max: 200)), required: true),
                    ]), max: 1000), "Of the file; not in lists."),
            .init("user", .optional(.id), required: true, "Who started it."),
            .init("created_at", .instant, required: true),
            .init("finished_at", .optional(.instant), required: true),
        ]))

    /// - Parameter inspection: What was found in the file, with the mapping it suggests.
    func write(
        to writer: inout JSONWriter, _ inspection: (found: Inspection, suggestion: Mapping)? = nil
    ) {
        writer.object { body in
            body.member("id", id)
            body.member("state", state.rawValue)
            body.member("file_name", fileName)
            body.member("format", format.rawValue)
            body.member("sheet", sheet)
            body.member("rows_total", counts.total)
            body.member("rows_done", counts.done)
            body.member("created", counts.created)
            body.member("merged", counts.merged)
            body.member("rejected", counts.rejected)
            body.member("updated", counts.updated)
            body.member("undone", counts.undone)
            body.member("kept", counts.kept)
            body.member("problem", problem)
            body.member("mapping", mapping.json)
            body.member("user", user)
            body.member("created_at", createdAt)
            body.member("finished_at", finishedAt)
            guard let (found, suggestion) = inspection else { return }
            body.member("sheets", .array(found.sheets.map(JSON.string)))
            body.member("columns") { list in
                list.array(found.columns) { $1.write(to: &$0, suggestion) }
            }
        }
    }
}

extension Inspection.Column {
    fileprivate func write(to writer: inout JSONWriter, _ suggestion: Mapping) {
        writer.object { body in
            body.member("name", name)
            body.member("sample", .array(samples.map(JSON.string)))
            body.member("suggestion", suggestion.columns[name]?.name)
        }
    }
}

extension ImportedRow {
    static let schema = Schema.named(
        "ImportRow",
        .object([
            .init(
                "number", .integer(1...Int64.max), required: true,
                "As a spreadsheet program shows it; the header is mostly row 1."),
            .init("outcome", .choice(RowOutcome.allCases.map(\.rawValue)), required: true),
            .init("title", .text(max: 2000), required: true),
            .init("contact", .text(max: 2000), required: true),
            .init(
                "detail", .optional(.text(max: 100_000)), required: true,
                "Why it is a duplicate or rejected."),
            .init("lead", .optional(.id), required: true),
            .init(
                "changes", .map(.list(.any, max: 2)), required: true,
                "By field of the lead, what was and what is: {\"product\": [null, \"GTX\"]}."),
        ]))

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("number", number)
            body.member("outcome", outcome.rawValue)
            body.member("title", title)
            body.member("contact", contact)
            body.member("detail", reasons.isEmpty ? nil : reasons.joined(separator: " "))
            body.member("lead", lead)
            let told = changes.map { ($0.field, JSON.array([$0.before, $0.after])) }
            body.member("changes", .object(Dictionary(told) { $1 }))
        }
    }
}
