import Files
import HTTPTypes
import Spreadsheets
import Storage
import Tenancy
import Web

/// Imports in the API.
package struct ImportRoutes: Sendable {
    let files: ImportFiles
    let cursors: Cursors

    package init(files: ImportFiles, cursors: Cursors) {
        self.files = files
        self.cursors = cursors
    }

    package var routes: [Route] {
        [
            .api(
                .get, "/imports", "Lists imports, newest first", query: Imports.listing.parameters,
                answers: [.init(200, "One page.", .page(of: Import.schema))], handle: list),
            .api(
                .post, "/imports", "Takes a spreadsheet in, to be checked or run at once",
                input: .multipart(ImportUpload.schema),
                answers: [.init(202, "Taken in; it is being worked on.", Import.schema)],
                handle: create),
            .api(
                .get, "/imports/{id}", "Reads an import and how far it is",
                answers: [.init(200, "The import.", Import.schema)], handle: show),
            .api(
                .post, "/imports/{id}/check", "Checks every row by another mapping, or sheet",
                input: .json(Self.checkSchema),
                answers: [.init(202, "The dry run has begun.", Import.schema)], handle: check),
            .api(
                .post, "/imports/{id}/commit", "Lets a checked import run",
                input: .json(.object([.init("mapping", .optional(Mapping.schema))])),
                answers: [.init(202, "It waits for its turn, or runs.", Import.schema)],
                handle: commit),
            .api(
                .post, "/imports/{id}/cancellation", "Stops an import; what it wrote stays",
                answers: [.init(200, "As it is now.", Import.schema)], handle: cancel),
            .api(
                .get, "/imports/{id}/rows", "Lists an import's rows and what became of each",
                query: Imports.rowListing.parameters,
                answers: [.init(200, "One page.", .page(of: ImportedRow.schema))], handle: rows),
            .api(
                .post, "/imports/{id}/undo",
                "Takes an import back: what it made goes, what it changed is as before",
                answers: [
                    .init(
                        202, "It is being taken back; who was changed since stays.", Import.schema)
                ], handle: undo),
        ].grouped("Imports") + ImportFileRoutes(files: files).routes + SavedMappingRoutes().routes
    }

    private static let checkSchema = Schema.object([
        .init("mapping", Mapping.schema, required: true),
        .init("sheet", .optional(.text(max: 400))),
    ])

    private func list(_ call: Call) async throws -> Reply {
        let request = try ListRequest(call.query, Imports.listing)
        let page = try await call.read { try await Imports($0).page(request, cursors) }
        return .page(page.elements, next: page.next) { $1.write(to: &$0) }
    }

    private func create(_ call: Call) async throws -> Reply {
        try call.caller().must(.importsRun)
        let form = try await call.multipart(.init(fileBytes: Inspection.limits.bytes)) {
            try files.uploadPath()
        }
        defer { for file in form.files.values { files.remove(upload: file.path) } }
        let upload = try ImportUpload(form)
        // What has been answered before needs no room in the store.
        if let earlier = try await call.earlierReply() { return earlier }
        let (format, found) = try await Inspection.of(upload.file.path, sheet: upload.sheet)
        let id = ID<Import>()
        let stored = try await files.take(
            upload.file.path, found, as: id, call.caller(), at: call.now)
        var new = NewImport(
            id: id, fileName: upload.file.name, file: stored, format: format,
            inspection: found, start: upload.mapping == nil || upload.isDryRun ? .check : .run)
        new.mapping = upload.mapping
        return try await create(new, call)
    }

    private func create(_ new: NewImport, _ call: Call) async throws -> Reply {
        let caller = try call.caller()
        do {
            let answer = try await call.write { scope in
                let run = try await Imports(scope).create(new)
                return try await reply(.accepted, run, new.inspection, in: scope)
            }
            // An earlier answer to the same Idempotency-Key is of an earlier file.
            let location = "/api/v1/imports/\(new.id)"
            if answer.headers[.location] != location {
                await files.remove(new.file.key, caller, at: call.now)
            }
            return answer
        } catch {
            await files.remove(new.file.key, caller, at: call.now)
            throw error
        }
    }

    private func show(_ call: Call) async throws -> Reply {
        let run = try await find(call)
        let found = try await files.inspection(of: run)
        return try await call.read { try await reply(.ok, run, found, in: $0) }
    }

    private func check(_ call: Call) async throws -> Reply {
        let mapping = try Mapping(call.input["mapping"] ?? [:])
        let sheet = call.input.text("sheet")
        let run = try await find(call)
        let found = try await inspection(of: run, sheet: sheet)
        return try await call.write { scope in
            let run = try await Imports(scope).check(run.id, mapping, found)
            return try await reply(.accepted, run, found, in: scope)
        }
    }

    /// What is known of the sheet, looked at now if it is another one than before.
    private func inspection(of run: Import, sheet: String?) async throws -> Inspection {
        let sheet = sheet ?? run.sheet
        if let known = try await files.inspection(of: run), known.sheet == sheet { return known }
        let found = try await files.withLocalCopy(of: run) { path in
            try await Inspection.of(path, sheet: sheet).inspection
        }
        // Where it is over, nobody would remove that any more.
        if !run.state.isOver { try await files.write(found, beside: run.file) }
        return found
    }

    private func commit(_ call: Call) async throws -> Reply {
        let given = call.input["mapping"].flatMap { $0 == .null ? nil : $0 }
        let mapping = try given.map(Mapping.init)
        let run = try await find(call)
        let found = try await files.inspection(of: run)
        return try await call.write { scope in
            let run = try await Imports(scope).commit(run.id, mapping, found)
            return try await reply(.accepted, run, found, in: scope)
        }
    }

    private func cancel(_ call: Call) async throws -> Reply {
        let run = try await find(call)
        // What is to stop stops, whether or not its file can be reached.
        let found = try? await files.inspection(of: run)
        return try await call.write { scope in
            let run = try await Imports(scope).cancel(run.id)
            return try await reply(.ok, run, found, in: scope)
        }
    }

    private func rows(_ call: Call) async throws -> Reply {
        let id: ID<Import> = try call.id(of: "import")
        let request = try ListRequest(call.query, Imports.rowListing)
        let page = try await call.read { scope in
            let imports = Imports(scope)
            return try await imports.rows(of: try await imports.find(id), request, cursors)
        }
        return .page(page.elements, next: page.next) { $1.write(to: &$0) }
    }

    private func undo(_ call: Call) async throws -> Reply {
        let run = try await find(call)
        // What is there goes back, whether or not its file can be reached.
        let found = try? await files.inspection(of: run)
        return try await call.write { scope in
            let run = try await Imports(scope).undo(run.id)
            return try await reply(.accepted, run, found, in: scope)
        }
    }

    private func find(_ call: Call) async throws -> Import {
        let id: ID<Import> = try call.id(of: "import")
        return try await call.read { try await Imports($0).find(id) }
    }

    private func reply(
        _ status: HTTPResponse.Status, _ run: Import, _ found: Inspection?, in scope: Scope
    ) async throws -> Reply {
        let suggestion = try await found.asyncMap { try await Imports(scope).suggestion(for: $0) }
        let pair = found.flatMap { found in suggestion.map { (found, $0) } }
        return Reply.json(status, capacity: 4096) { run.write(to: &$0, pair) }
            .with(.location, "/api/v1/imports/\(run.id)")
    }
}

extension Optional {
    func asyncMap<Value>(
        _ body: (Wrapped) async throws -> Value
    ) async rethrows -> Value? {
        if let self { try await body(self) } else { nil }
    }
}
