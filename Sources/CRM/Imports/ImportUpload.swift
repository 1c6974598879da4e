import Storage
import Tenancy
import Web

/// What `POST /imports` carries.
struct ImportUpload: Sendable {
    let file: MultipartForm.File
    let mapping: Mapping?
    let sheet: String?
    let isDryRun: Bool

    static let schema = Schema.object([
        .init(
            "file", .text(max: 200 << 20, hint: "binary"), required: true,
            "An .xlsx, CSV, JSON or XML file."),
        .init("mapping", .text(max: 64 << 10), "JSON: see ImportMapping."),
        .init(
            "dry_run", .choice(["true", "false"]),
            "true: only checks. Without a mapping it is always a dry run."),
        .init("sheet", .text(max: 400), "Of a workbook; the first one unless told."),
    ])

    /// - Throws: `Problem.invalid` naming every part that is wrong or not known.
    init(_ form: MultipartForm) throws {
        var faults = Self.strangers(form)
        let file = form.files["file"]
        if let file {
            if file.bytes == 0 { faults.append(.init("file", "The file is empty.")) }
        } else {
            faults.append(.init("file", "Send a file, with its name."))
        }
        switch form.fields["dry_run"]?.trimmed.lowercased() ?? "" {
        case "true", "1", "yes", "on": isDryRun = true
        case "false", "0", "no", "": isDryRun = false
        default:
            isDryRun = true
            faults.append(.init("dry_run", "Give true or false."))
        }
        let sheet = form.fields["sheet"]?.trimmed ?? ""
        self.sheet = sheet.isEmpty ? nil : sheet
        mapping = try Self.mapping(form.fields["mapping"]?.trimmed ?? "", &faults)
        guard faults.isEmpty, let file else { throw Problem.invalid(faults) }
        self.file = file
    }

    private static func strangers(_ form: MultipartForm) -> [Problem.Fault] {
        let known: Set = ["file", "mapping", "dry_run", "sheet"]
        let names = Set(form.fields.keys).union(form.files.keys)
        return names.subtracting(known).sorted().map {
            .init(String($0.prefix(100)), "There is no such part here.")
        }
    }

    private static func mapping(
        _ text: String, _ faults: inout [Problem.Fault]
    ) throws -> Mapping? {
        guard !text.isEmpty else { return nil }
        guard let json = try? JSON(parsing: text) else {
            faults.append(.init("mapping", "This is not valid JSON."))
            return nil
        }
        do {
            return try Mapping.checked(json)
        } catch Problem.invalid(let found) {
            faults += found
            return nil
        }
    }
}
