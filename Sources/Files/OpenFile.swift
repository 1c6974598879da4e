import Glibc
import NIOCore

/// A file that is open, closed with its last reference. Every call may wait for the disk.
final class OpenFile: Sendable {
    private let descriptor: CInt

    private init(_ descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    /// Makes a file that only this user may read; it is an error if there is one.
    static func make(_ path: String) throws(DiskFault) -> OpenFile {
        try OpenFile(
            checked(open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600), "make", path))
    }

    /// - Returns: Nil if there is no file.
    static func find(_ path: String) throws(DiskFault) -> OpenFile? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, DiskFault.meansNone(errno) { return nil }
        let file = OpenFile(try checked(descriptor, "read", path))
        var status = stat()
        try checked(fstat(descriptor, &status), "read", path)
        return status.st_mode & S_IFMT == S_IFREG ? file : nil
    }

    var bytes: Int {
        get throws(DiskFault) {
            var status = stat()
            try checked(fstat(descriptor, &status), "read", "a file")
            return Int(status.st_size)
        }
    }

    func write(_ buffer: ByteBuffer) throws(DiskFault) {
        var left = buffer
        while left.readableBytes > 0 {
            let count = left.withUnsafeReadableBytes {
                Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            left.moveReaderIndex(forwardBy: Int(try checked(count, "write", "a file")))
        }
    }

    /// - Returns: At most `count` bytes; none at the end.
    func read(_ count: Int, at offset: Int) throws(DiskFault) -> ByteBuffer {
        var buffer = ByteBuffer()
        var done = -1
        repeat {
            done = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { bytes in
                pread(descriptor, bytes.baseAddress, count, off_t(offset))
            }
        } while done < 0 && errno == EINTR
        try checked(done, "read", "a file")
        return buffer
    }

    /// Lets only this user read it.
    func hide() throws(DiskFault) {
        try checked(fchmod(descriptor, 0o600), "write", "a file")
    }

    /// Returns once the disk has everything.
    func synchronize() throws(DiskFault) {
        try checked(fsync(descriptor), "write", "a file")
    }

    /// Returns once the disk has the names in this directory.
    static func synchronize(directory path: String) throws(DiskFault) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        try OpenFile(checked(descriptor, "write", path)).synchronize()
    }
}

/// What the operating system answered.
struct DiskFault: Error {
    let action: String
    let path: String
    let code: CInt

    /// Whether a code says that there is no file.
    static func meansNone(_ code: CInt) -> Bool { [ENOENT, ENOTDIR, EISDIR].contains(code) }

    var asStoreError: FileStoreError {
        .unavailable("The file store cannot \(action) \(path): \(String(cString: strerror(code)))")
    }
}

/// Turns the answer of a system call that says -1 for failure into an error.
@discardableResult
func checked<Number: SignedInteger>(
    _ answer: Number, _ action: String, _ path: String
) throws(DiskFault) -> Number {
    guard answer >= 0 else { throw DiskFault(action: action, path: path, code: errno) }
    return answer
}
