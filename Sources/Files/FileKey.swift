/// Where a file is in a store: segments of `a-z 0-9 . _ -`, separated by slashes.
///
/// What is valid means the same in a directory and in an address, without any escaping. No
/// segment begins with a dot: so no key leads out of its store, and none is that of a file that
/// is still being written.
package struct FileKey: Hashable, Sendable, CustomStringConvertible {
    package let description: String

    /// S3 allows 1,024 bytes, of which a store's prefix needs some.
    package static let bytesMax = 512
    /// A file system allows 255, of which the name of a file being written needs some.
    package static let segmentBytesMax = 200

    /// - Returns: Nil for a text that is no key.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax else { return nil }
        let segments = text.utf8.split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard segments.allSatisfy(Self.isSegment) else { return nil }
        description = text
    }

    var segments: [Substring] { description.split(separator: "/") }

    private static func isSegment(_ bytes: Substring.UTF8View) -> Bool {
        guard let first = bytes.first, first != UInt8(ascii: "."), bytes.count <= segmentBytesMax
        else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}
