import CZlib
import HTTPTypes

/// gzip for text answers that are worth it. The CPU is the scarce part here, so level 3: a
/// board of 200 cards shrinks to a tenth in about a millisecond.
enum Compression {
    private static let level: Int32 = 3
    private static let bytesMin = 1200

    static func compressed(_ reply: Reply, accepting: String?) -> Reply {
        guard let accepting, accepting.contains("gzip"), case .bytes(let bytes) = reply.body,
            bytes.count >= bytesMin, reply.headers[.contentEncoding] == nil,
            isText(reply.headers[.contentType]), let small = gzip(bytes)
        else { return reply }
        var reply = reply
        reply.body = .bytes(small)
        reply.headers[.contentEncoding] = "gzip"
        let vary = reply.headers[.vary]
        reply.headers[.vary] = vary.map { "\($0), Accept-Encoding" } ?? "Accept-Encoding"
        return reply
    }

    private static func isText(_ type: String?) -> Bool {
        guard let type else { return false }
        return type.hasPrefix("text/") || type.contains("json") || type.contains("javascript")
            || type.contains("svg")
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        // 15 window bits, 16 more for the gzip frame (zlib.h, deflateInit2).
        let code = deflateInit2_(
            &stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        let bound = Int(deflateBound(&stream, UInt(bytes.count)))
        var input = bytes
        return input.withUnsafeMutableBufferPointer { source in
            [UInt8](unsafeUninitializedCapacity: bound) { target, count in
                stream.next_in = source.baseAddress
                stream.avail_in = UInt32(source.count)
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(bound)
                count = deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : 0
            }
        }
    }
}
