import Foundation
import Hummingbird
import NIOCore
import Storage
import Tenancy

/// A `multipart/form-data` body (RFC 7578): short fields in memory, files on the disk.
package struct MultipartForm: Sendable {
    package var fields: [String: String] = [:]
    /// All fields in order: of what may be chosen, several have one name.
    package var pairs: [(name: String, value: String)] = []
    package var files: [String: File] = [:]

    package struct File: Sendable {
        /// Where it was put.
        package let path: String
        /// As the sender calls it; a name only, never a path.
        package let name: String
        package let bytes: Int
    }

    package struct Limits: Sendable {
        package var fileBytes: Int
        /// How many files there may be; nil where their names are checked afterwards.
        package var files: Int?
        package var fieldBytes = 64 << 10
        /// Of all fields together.
        package var allFieldsBytes = 1 << 20
        package var headerBytes = 8 << 10
        package var parts = 20

        package init(fileBytes: Int) {
            self.fileBytes = fileBytes
        }
    }
}

extension Call {
    /// Reads a form with files as it comes in: memory does not grow with it.
    ///
    /// - Parameter path: Makes the path of a new file. When this throws, none of them is left.
    /// - Throws: `Problem.unsupportedMedia`, `malformed`, `tooLarge`, `full`.
    package func multipart(
        _ limits: MultipartForm.Limits, newPath: () throws -> String
    ) async throws -> MultipartForm {
        guard let boundary = MultipartParser.boundary(of: request.headers[.contentType]) else {
            throw Problem.unsupportedMedia("Send multipart/form-data with the file as a part.")
        }
        // Half a megabyte for what stands around the file.
        if let length = request.headers[.contentLength].flatMap({ Int($0) }),
            length > limits.fileBytes * max(limits.files ?? 1, 1) + (512 << 10)
        {
            throw MultipartParser.fileTooLarge(limits.fileBytes)
        }
        var parser = MultipartParser(boundary: boundary, limits: limits)
        var sink = MultipartSink(limits: limits)
        do {
            for try await buffer in request.body {
                try parser.feed(buffer.readableBytesView) { piece in
                    try sink.take(piece, newPath: newPath)
                }
            }
            try parser.finish()
        } catch {
            sink.discard()
            throw error
        }
        return sink.form
    }
}

/// Cuts a body into its parts, however the pieces of it arrive.
struct MultipartParser {
    enum Piece {
        case begin(name: String, fileName: String?)
        case bytes(ArraySlice<UInt8>)
        case end
    }

    private enum State { case preamble, headers, body, epilogue }

    private let delimiter: [UInt8]
    private let limits: MultipartForm.Limits
    private var state = State.preamble
    /// Read and not yet used. It begins as if a line had ended, so that the first delimiter
    /// looks like all the others.
    private var pending: [UInt8] = [0x0D, 0x0A]
    private var parts = 0

    init(boundary: String, limits: MultipartForm.Limits) {
        delimiter = Array("\r\n--\(boundary)".utf8)
        self.limits = limits
    }

    /// The boundary that a `Content-Type` names; nil for another media type.
    static func boundary(of type: String?) -> String? {
        guard let type, type.lowercased().hasPrefix("multipart/form-data") else { return nil }
        let boundary = parameters(type)["boundary"] ?? ""
        return (1...70).contains(boundary.utf8.count) ? boundary : nil
    }

    mutating func feed(
        _ bytes: some Sequence<UInt8>, _ take: (Piece) throws -> Void
    ) throws {
        pending.append(contentsOf: bytes)
        var at = 0
        while try step(&at, take) {}
        pending.removeSubrange(..<at)
    }

    /// - Throws: `Problem.malformed` when the body ended before its last delimiter.
    func finish() throws {
        guard state == .epilogue else {
            throw Problem.malformed("The form ends in the middle of a part. Send it again.")
        }
    }

    /// Uses what can be used from `at` on; false when more must come first.
    private mutating func step(
        _ at: inout Int, _ take: (Piece) throws -> Void
    ) throws -> Bool {
        switch state {
        case .epilogue:
            at = pending.count
            return false
        case .headers:
            return try readHeaders(&at, take)
        case .preamble, .body:
            let found = Self.find(delimiter, in: pending, from: at)
            let end = found ?? max(at, pending.count - delimiter.count - 3)
            if state == .body, end > at { try take(.bytes(pending[at..<end])) }
            at = end
            guard found != nil else { return false }
            return try readDelimiter(&at, take)
        }
    }

    private mutating func readDelimiter(
        _ at: inout Int, _ take: (Piece) throws -> Void
    ) throws -> Bool {
        let tail = pending[(at + delimiter.count)...].prefix(2)
        guard tail.count == 2 else { return false }
        if state == .body { try take(.end) }
        at += delimiter.count + 2
        switch (tail.first, tail.last) {
        case (0x2D, 0x2D): state = .epilogue
        case (0x0D, 0x0A): state = .headers
        default: throw Self.unreadable
        }
        return true
    }

    private mutating func readHeaders(
        _ at: inout Int, _ take: (Piece) throws -> Void
    ) throws -> Bool {
        guard let end = Self.find([0x0D, 0x0A, 0x0D, 0x0A], in: pending, from: at) else {
            if pending.count - at > limits.headerBytes { throw Self.unreadable }
            return false
        }
        guard end - at <= limits.headerBytes,
            let text = String(validating: pending[at..<end], as: UTF8.self)
        else { throw Self.unreadable }
        parts += 1
        guard parts <= limits.parts else {
            throw Problem.tooLarge("A form has at most \(limits.parts) parts here.")
        }
        try take(try Self.begin(text))
        at = end + 4
        state = .body
        return true
    }

    private static func begin(_ headers: String) throws -> Piece {
        for line in headers.split(separator: "\r\n") {
            let sides = line.split(separator: ":", maxSplits: 1)
            guard sides.count == 2, sides[0].lowercased() == "content-disposition" else { continue }
            let parameters = parameters(String(sides[1]))
            guard let name = parameters["name"] else { break }
            return .begin(name: name, fileName: parameters["filename"])
        }
        throw unreadable
    }

    /// `; key=value` and `; key="value"` behind the first word. Browsers write `%22` for a
    /// quote in a name (WHATWG HTML, multipart form data).
    private static func parameters(_ header: String) -> [String: String] {
        var parameters: [String: String] = [:]
        var rest = header.drop { $0 != ";" }
        while !rest.isEmpty {
            rest = rest.dropFirst().drop { $0 == " " }
            let key = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest.dropFirst(key.count)
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst()
            if rest.first == "\"" {
                let value = rest.dropFirst().prefix { $0 != "\"" }
                parameters[key.lowercased()] = String(value).replacing("%22", with: "\"")
                rest = rest.dropFirst(value.count + 2).drop { $0 != ";" }
            } else {
                let value = rest.prefix { $0 != ";" }
                parameters[key.lowercased()] = String(value).trimmed
                rest = rest.dropFirst(value.count)
            }
        }
        return parameters
    }

    private static func find(_ needle: [UInt8], in hay: [UInt8], from start: Int) -> Int? {
        hay.withUnsafeBufferPointer { hay in
            var at = start
            while at + needle.count <= hay.count {
                if hay[at] == needle[0], needle.indices.allSatisfy({ hay[at + $0] == needle[$0] }) {
                    return at
                }
                at += 1
            }
            return nil
        }
    }

    static let unreadable = Problem.malformed("The form cannot be read: a part's head is wrong.")

    static func fileTooLarge(_ bytes: Int) -> Problem {
        guard bytes > 0 else { return .tooLarge("No files are taken here.") }
        return .tooLarge("The file is larger than \(bytes >> 20) MB. Split it into several files.")
    }
}
