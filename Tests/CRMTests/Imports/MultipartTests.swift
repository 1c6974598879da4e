import Foundation
import Tenancy
import Testing

@testable import Web

@Suite struct MultipartTests {
    private static let body = [
        "--b\r\nContent-Disposition: form-data; name=\"mapping\"\r\n\r\n{}\r\n",
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\x\\a%22b.csv\"\r\n",
        "Content-Type: text/csv\r\n\r\nA,B\r\n--c\r\n--\r\n\r\n--b--\r\nepilogue",
    ].joined()

    @Test func `parts are the same however the body is cut`() throws {
        for size in [1, 2, 3, 7, 16, 1000] {
            let (form, text) = try read(Self.body, cut: size)
            #expect(form.fields == ["mapping": "{}"])
            #expect(form.files["file"]?.name == "a\"b.csv")
            #expect(text == "A,B\r\n--c\r\n--\r\n")
        }
    }

    @Test func `what is too large is refused, and nothing is left of it`() throws {
        let folder = try Folder()
        for (limits, body) in [
            (limits { $0.fileBytes = 5 }, Self.body), (limits { $0.fieldBytes = 1 }, Self.body),
            (limits { $0.parts = 1 }, Self.body),
        ] {
            #expect(throws: Problem.self) { try read(body, cut: 9, limits, folder) }
            #expect(try folder.files().isEmpty)
        }
        let head = "--b\r\nX: " + String(repeating: "x", count: 9000)
        #expect(throws: Problem.self) { try read(head, cut: 100) }
    }

    @Test(arguments: [
        "", "--b", "--b\r\n\r\n", "--b--", "x--b\r\n", "--bad\r\n\r\n--b--",
        "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "--b\r\n\r\nx\r\n--b--",
    ])
    func `what is no form is malformed, or empty`(_ body: String) throws {
        do {
            let (form, _) = try read(body, cut: 3)
            #expect(body == "--b--" && form.fields.isEmpty && form.files.isEmpty)
        } catch Problem.malformed {
            #expect(body != "--b--")
        }
    }

    @Test func `the boundary is found in the media type`() {
        #expect(MultipartParser.boundary(of: "multipart/form-data; boundary=b") == "b")
        #expect(
            MultipartParser.boundary(of: "Multipart/Form-Data; charset=x; boundary=\"a b\"")
                == "a b")
        #expect(MultipartParser.boundary(of: "multipart/mixed; boundary=b") == nil)
        #expect(MultipartParser.boundary(of: "multipart/form-data") == nil)
        #expect(MultipartParser.boundary(of: nil) == nil)
    }

    private func limits(_ change: (inout MultipartForm.Limits) -> Void) -> MultipartForm.Limits {
        var limits = MultipartForm.Limits(fileBytes: 1000)
        change(&limits)
        return limits
    }

    private func read(
        _ body: String, cut size: Int, _ limits: MultipartForm.Limits = .init(fileBytes: 1000),
        _ folder: Folder? = nil
    ) throws -> (form: MultipartForm, text: String?) {
        let folder = try folder ?? Folder()
        var parser = MultipartParser(boundary: "b", limits: limits)
        var sink = MultipartSink(limits: limits)
        do {
            var rest = Array(body.utf8)[...]
            while !rest.isEmpty {
                try parser.feed(rest.prefix(size)) { try sink.take($0, newPath: folder.newPath) }
                rest = rest.dropFirst(size)
            }
            try parser.finish()
        } catch {
            sink.discard()
            throw error
        }
        let text = try sink.form.files["file"].map {
            try String(contentsOfFile: $0.path, encoding: .utf8)
        }
        return (sink.form, text)
    }
}

/// A folder that goes with the test.
private final class Folder {
    private let path = NSTemporaryDirectory() + "multipart-" + UUID().uuidString

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func newPath() -> String { "\(path)/\(UUID().uuidString)" }
    func files() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: path) }
}
