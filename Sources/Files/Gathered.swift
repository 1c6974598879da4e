import Crypto
import NIOCore

/// A stream that has been taken in piece by piece: how long it was, and its digest.
struct Gathered {
    var bytes = 0
    var sha256 = SHA256()
    /// What came after the last whole piece.
    var rest = ByteBuffer()

    /// Takes the source in and hands on pieces of exactly `pieceBytes`; the rest stays.
    ///
    /// Never more than one piece and one buffer of the source's is held in memory.
    ///
    /// - Throws: `.tooLarge` as soon as there is more than `bytesMax`.
    init<Source: AsyncSequence>(
        _ source: Source, inPiecesOf pieceBytes: Int, bytesMax: Int,
        _ take: (ByteBuffer) async throws -> Void
    ) async throws where Source.Element == ByteBuffer {
        for try await buffer in source {
            bytes += buffer.readableBytes
            guard bytes <= bytesMax else { throw FileStoreError.tooLarge(bytesMax: bytesMax) }
            buffer.withUnsafeReadableBytes { sha256.update(bufferPointer: $0) }
            var left = buffer
            while left.readableBytes > 0 {
                let room = min(pieceBytes - rest.readableBytes, left.readableBytes)
                rest.writeImmutableBuffer(left.readSlice(length: room) ?? ByteBuffer())
                guard rest.readableBytes == pieceBytes else { continue }
                try await take(rest)
                rest = ByteBuffer()
            }
        }
        // A cancelled stream ends like one that is complete.
        try Task.checkCancellation()
    }

    func file(_ key: FileKey) -> StoredFile {
        StoredFile(key: key, bytes: bytes, sha256: hexadecimal(sha256.finalize()))
    }
}

/// Bytes in lower-case hexadecimal digits.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
