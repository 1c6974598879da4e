import Glibc

/// A regular file open for reading.
final class InputFile {
    private let descriptor: Int32
    let size: Int

    init(path: String) throws(SpreadsheetError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.lastError }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw .unreadable("it is not a file")
        }
        size = Int(status.st_size)
    }

    deinit { close(descriptor) }

    /// Fills as much of `buffer` as the file has from `offset` on, and returns how much.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SpreadsheetError)
        -> Int
    {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(descriptor, rest.baseAddress, rest.count, offset + filled)
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw Self.lastError
            }
        }
        return filled
    }

    func bytes(at offset: Int, count: Int) throws(SpreadsheetError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var failure: SpreadsheetError?
        let filled = bytes.withUnsafeMutableBytes { buffer in
            do throws(SpreadsheetError) {
                return try read(into: buffer, at: offset)
            } catch {
                failure = error
                return 0
            }
        }
        if let failure { throw failure }
        bytes.removeSubrange(filled...)
        return bytes
    }

    private static var lastError: SpreadsheetError { .unreadable(String(cString: strerror(errno))) }
}
