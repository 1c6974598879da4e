import CZlib
import HTTPTypes
import Testing

@testable import Web

@Suite struct CompressionTests {
    private static let text = String(repeating: "a card and another card; ", count: 400)

    private static func unpacked(_ bytes: [UInt8], size: Int) -> [UInt8] {
        var stream = z_stream()
        guard inflateInit2_(&stream, 31, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return [] }
        defer { inflateEnd(&stream) }
        var input = bytes
        return input.withUnsafeMutableBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: size) { target, count in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(size)
                _ = inflate(&stream, Z_FINISH)
                count = Int(stream.total_out)
            }
        }
    }

    @Test func `text shrinks and comes out as it was`() throws {
        let plain = Reply.text(Self.text).with(.vary, "Accept")
        let small = Compression.compressed(plain, accepting: "br, gzip")
        guard case .bytes(let bytes) = small.body else { throw UnexpectedBody() }
        #expect(small.headers[.contentEncoding] == "gzip")
        #expect(small.headers[.vary] == "Accept, Accept-Encoding")
        #expect(bytes.count * 5 < Self.text.utf8.count)
        #expect(Self.unpacked(bytes, size: Self.text.utf8.count) == Array(Self.text.utf8))
    }

    @Test func `noise survives too`() {
        let noise = (0..<5000).map { _ in UInt8.random(in: 0...255) }
        let packed = Compression.gzip(noise) ?? []
        #expect(Self.unpacked(packed, size: noise.count) == noise)
    }

    @Test func `what is short, packed already or not asked for stays as it is`() {
        let replies = [
            (Reply.text("short"), "gzip"), (Reply.text(Self.text), "br"),
            (Reply.text(Self.text, type: "font/woff2"), "gzip"),
            (Reply.text(Self.text).with(.contentEncoding, "br"), "gzip"),
        ]
        for (reply, accepting) in replies {
            let answer = Compression.compressed(reply, accepting: accepting)
            #expect(answer.headers[.contentEncoding] == reply.headers[.contentEncoding])
        }
    }
}

private struct UnexpectedBody: Error {}
