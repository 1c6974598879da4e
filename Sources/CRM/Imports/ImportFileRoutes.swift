import HTTPTypes
import Hummingbird
import NIOCore
import Storage
import Tenancy
import Web

/// The files that imports give back: rejected rows, and a template to be filled in.
struct ImportFileRoutes: Sendable {
    let files: ImportFiles

    private static let formats: [Import.Format] = [.csv, .xlsx, .json, .xml]

    var routes: [Route] {
        Self.formats.flatMap { format in
            let (name, type) = (format.rawValue, format.mediaType)
            let media = type.split(separator: ";").first.map(String.init) ?? type
            return [
                Route.api(
                    .get, "/imports/{id}/errors.\(name)",
                    "The rejected rows as \(format.label), with a column that says why",
                    answers: [
                        .init(
                            200, "The file's columns, and error.", .text(max: Int(Int32.max)),
                            mediaType: media)
                    ]
                ) { try await errors($0, format) },
                Route.api(
                    .get, "/imports/template.\(name)",
                    "A template as \(format.label): your fields as columns, and an example",
                    answers: [
                        .init(200, "To be filled in.", .text(max: 1 << 20), mediaType: media)
                    ]
                ) { try await template($0, format) },
            ]
        }.grouped("Imports")
    }

    private func errors(_ call: Call, _ format: Import.Format) async throws -> Reply {
        let id: ID<Import> = try call.id(of: "import")
        let run = try await call.read { try await Imports($0).find(id) }
        let file = ErrorsFile(call.database, as: try call.caller(), run, format: format)
        guard try await files.has(run) else { throw Problem.notFound("file any more") }
        try await call.recordExport(of: "import_errors", as: format.rawValue, import: run.id)
        let scratch = try files.uploadPath()
        let body = ResponseBody { writer in
            // The writer is of no isolation, so what writes to it is of none.
            try await files.withLocalCopy(of: run) { @concurrent path in
                var pieces = try file.pieces(of: path, scratch: scratch)
                while let piece = try await pieces.next() {
                    try await writer.write(ByteBuffer(bytes: piece))
                }
            }
            try await writer.finish(nil)
        }
        return download(file.name, format, .stream(body))
    }

    private func template(_ call: Call, _ format: Import.Format) async throws -> Reply {
        let template = try await call.read { try await ImportTemplate(in: $0) }
        let scratch = try files.uploadPath()
        let bytes = try await aside { try template.file(format, scratch: scratch) }
        return download("leads.\(format.rawValue)", format, .bytes(bytes))
    }

    private func download(_ name: String, _ format: Import.Format, _ body: Reply.Body) -> Reply {
        Reply(
            .ok,
            headers: [
                .contentType: format.mediaType,
                .contentDisposition: "attachment; filename*=UTF-8''\(Query.encoded(name))",
            ], body: body)
    }
}

extension Import.Format {
    /// As people call it.
    var label: String {
        switch self {
        case .csv: "CSV"
        case .xlsx: "a workbook"
        case .json: "JSON"
        case .xml: "XML"
        }
    }
}
