import Foundation
import Logging
import Testing

@testable import Files

@Suite struct FileStoreAddressTests {
    @Test func `a path and a file address are a directory`() throws {
        guard case .directory(let relative) = try FileStoreAddress("var/files"),
            case .directory(let absolute) = try FileStoreAddress("file:///srv/a%20b")
        else {
            Issue.record("no directory")
            return
        }
        #expect(relative.path.hasSuffix("/var/files"))
        #expect(absolute.path == "/srv/a b")
    }

    @Test(arguments: [
        (
            "s3://crm/prod/files?endpoint=http://127.0.0.1:5000&region=eu-west-1&style=path",
            "http://127.0.0.1:5000/crm/prod/files/a/b"
        ),
        ("s3://crm?endpoint=http://127.0.0.1:5000", "http://127.0.0.1:5000/crm/a/b"),
        (
            "s3://crm?endpoint=https://store.example&style=host", "https://crm.store.example/a/b"
        ),
        ("s3://crm", "https://crm.s3.us-east-1.amazonaws.com/a/b"),
        (
            "s3://crm/x/?region=eu-central-1&style=path",
            "https://s3.eu-central-1.amazonaws.com/crm/x/a/b"
        ),
        ("s3://crm?endpoint=http://%5B::1%5D:9000/", "http://[::1]:9000/crm/a/b"),
    ])
    func `a bucket's address says where a key is`(text: String, expected: String) throws {
        guard case .s3(let place) = try FileStoreAddress(text) else {
            Issue.record("no bucket")
            return
        }
        let key = try #require(FileKey("a/b"))
        #expect(place.origin + place.path(of: key) == expected)
    }

    @Test(arguments: [
        "", "http://x/y", "s3://", "s3://B_d", "s3://crm?what=1", "s3://crm?style=odd",
        "s3://crm?region=a&region=b", "s3://crm?region=a/b", "s3://crm?endpoint=127.0.0.1",
        "s3://crm?endpoint=ftp://x", "s3://crm?endpoint=http://x/y", "s3://crm/a/../b",
        "s3://crm:80/a", "file://host/a", "file://",
    ])
    func `what is no address is refused`(text: String) {
        #expect(throws: FileStoreAddressFault.self) { try FileStoreAddress(text) }
    }

    @Test(arguments: [
        "s3://key:hush@crm", "s3://crm?endpoint=http://key:hush@127.0.0.1", "s3://crm?secret=hush",
    ])
    func `credentials in an address are refused, and not repeated`(text: String) {
        let fault = #expect(throws: FileStoreAddressFault.self) { try FileStoreAddress(text) }
        #expect(fault?.description.contains("hush") == false)
    }

    @Test func `a bucket is not opened without credentials`() throws {
        let address = try FileStoreAddress("s3://crm")
        #expect(throws: FileStoreAddressFault.self) {
            try address.store(nil, log: Logger(label: "files"))
        }
    }
}
