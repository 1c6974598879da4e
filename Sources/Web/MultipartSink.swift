import Foundation
import Tenancy

/// Puts the parts of a form where they belong.
struct MultipartSink {
    private(set) var form = MultipartForm()
    private let limits: MultipartForm.Limits
    private var part: Part?
    private var fieldBytes = 0
    private var filesBegun = 0

    private enum Part {
        case field(name: String, bytes: [UInt8])
        case file(name: String, fileName: String, OpenFile)
    }

    /// A file that is being written.
    private struct OpenFile {
        let path: String
        let handle: FileHandle
        var bytes = 0
    }

    private static let nameMax = 200

    init(limits: MultipartForm.Limits) {
        self.limits = limits
    }

    mutating func take(_ piece: MultipartParser.Piece, newPath: () throws -> String) throws {
        switch piece {
        case .begin(let name, let fileName?):
            filesBegun += 1
            if let most = limits.files, filesBegun > most { throw Self.tooMany(most) }
            part = .file(name: name, fileName: fileName, try Self.open(newPath()))
        case .begin(let name, nil):
            part = .field(name: name, bytes: [])
        case .bytes(let bytes):
            try append(bytes)
        case .end:
            try end()
        }
    }

    private static func tooMany(_ most: Int) -> Problem {
        most == 0
            ? MultipartParser.fileTooLarge(0)
            : .tooLarge("Send at most \(most) files at once here.")
    }

    private static func open(_ path: String) throws -> OpenFile {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw Problem.full }
        return OpenFile(path: path, handle: handle)
    }

    private mutating func append(_ bytes: ArraySlice<UInt8>) throws {
        switch part {
        case .field(let name, var collected):
            fieldBytes += bytes.count
            guard collected.count + bytes.count <= limits.fieldBytes,
                fieldBytes <= limits.allFieldsBytes
            else {
                throw Problem.tooLarge("The part “\(name.prefix(60))” is too large.")
            }
            part = nil
            collected += bytes
            part = .field(name: name, bytes: collected)
        case .file(let name, let fileName, var file):
            file.bytes += bytes.count
            guard file.bytes <= limits.fileBytes else {
                throw MultipartParser.fileTooLarge(limits.fileBytes)
            }
            do { try file.handle.write(contentsOf: bytes) } catch { throw Problem.full }
            part = .file(name: name, fileName: fileName, file)
        case nil: break
        }
    }

    private mutating func end() throws {
        switch part {
        case .field(let name, let bytes):
            guard let text = String(validating: bytes, as: UTF8.self) else {
                throw Problem.malformed("The part “\(name.prefix(60))” is not UTF-8.")
            }
            form.fields[name] = text
            form.pairs.append((name, text))
        case .file(let name, let fileName, let file):
            // What is answered for stands on the disk.
            do { try file.handle.synchronize() } catch { throw Problem.full }
            try? file.handle.close()
            // A second file under the same name would leave the first behind.
            if let earlier = form.files[name] { Self.remove(earlier.path) }
            form.files[name] = MultipartForm.File(
                path: file.path, name: Self.plain(fileName), bytes: file.bytes)
        case nil: break
        }
        part = nil
    }

    /// Removes what was written.
    mutating func discard() {
        if case .file(_, _, let file) = part {
            try? file.handle.close()
            Self.remove(file.path)
        }
        for file in form.files.values { Self.remove(file.path) }
        (part, form) = (nil, MultipartForm())
    }

    private static func remove(_ path: String) {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The last part of a path, in whichever way its system writes one, without what cannot
    /// be shown.
    private static func plain(_ name: String) -> String {
        let last = name.split { $0 == "/" || $0 == "\\" }.last ?? ""
        let shown = last.unicodeScalars.filter { $0.properties.generalCategory != .control }
        return String(String.UnicodeScalarView(shown.suffix(nameMax))).trimmed
    }
}
