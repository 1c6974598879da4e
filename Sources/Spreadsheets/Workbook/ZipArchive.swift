import CZip

/// The parts of an .xlsx file. Sizes that the archive declares are not believed: what a part
/// may cost is counted while it is decompressed.
final class ZipArchive {
    private let handle: OpaquePointer
    private let limits: SpreadsheetLimits
    private var indexes: [String: zip_uint64_t] = [:]

    init(path: String, limits: SpreadsheetLimits) throws {
        try ZipDirectory.check(InputFile(path: path))
        var code: Int32 = 0
        guard let handle = zip_open(path, ZIP_RDONLY, &code) else {
            throw SpreadsheetError.malformed(row: nil, what: "incomplete archive")
        }
        self.handle = handle
        self.limits = limits
        try indexEntries()
    }

    deinit { zip_discard(handle) }

    /// Two names that differ only in case mean the same part, so an archive with both could be
    /// read in two ways.
    private func indexEntries() throws {
        for index in 0..<zip_uint64_t(max(0, zip_get_num_entries(handle, 0))) {
            guard let raw = zip_get_name(handle, index, 0) else { continue }
            let name = Self.key(String(cString: raw))
            guard indexes.updateValue(index, forKey: name) == nil else {
                throw SpreadsheetError.malformed(row: nil, what: "two entries named \(name)")
            }
        }
    }

    /// Some writers use backslashes, some begin names with a slash.
    private static func key(_ name: String) -> String {
        let slashed = name.lowercased().split(separator: "\\", omittingEmptySubsequences: false)
            .joined(separator: "/")
        return slashed.hasPrefix("/") ? String(slashed.dropFirst()) : slashed
    }

    func contains(_ part: String) -> Bool { indexes[Self.key(part)] != nil }

    /// Starts decompressing a part, which may reach `bytes` and no more.
    func open(_ part: String, upTo bytes: Int) throws -> ZipPart {
        var status = zip_stat()
        guard let index = indexes[Self.key(part)], zip_stat_index(handle, index, 0, &status) == 0
        else { throw SpreadsheetError.malformed(row: nil, what: "\(part) is missing") }
        guard status.encryption_method == ZIP_EM_NONE else { throw SpreadsheetError.encrypted }
        guard let file = zip_fopen_index(handle, index, 0) else {
            throw SpreadsheetError.malformed(row: nil, what: "\(part) cannot be read")
        }
        return ZipPart(
            archive: self, file: file, name: part,
            compressedBytes: Int(clamping: status.comp_size),
            limits: (bytes: min(bytes, limits.uncompressedBytes), ratio: limits.ratio))
    }
}

/// One part being decompressed.
final class ZipPart {
    private let archive: ZipArchive
    private let file: OpaquePointer
    private let name: String
    private let compressedBytes: Int
    private let limits: (bytes: Int, ratio: Int)
    private var bytesRead = 0

    /// Below this a ratio says nothing: see `SpreadsheetLimits.ratio`.
    private static let ratioFloor = 16 << 20

    fileprivate init(
        archive: ZipArchive, file: OpaquePointer, name: String, compressedBytes: Int,
        limits: (bytes: Int, ratio: Int)
    ) {
        self.archive = archive
        self.file = file
        self.name = name
        self.compressedBytes = compressedBytes
        self.limits = limits
    }

    deinit { zip_fclose(file) }

    /// Returns how many bytes were written to `buffer`: none at the end of the part, whose
    /// checksum has then been verified.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = Int(zip_fread(file, buffer.baseAddress, zip_uint64_t(buffer.count)))
        guard count >= 0 else {
            throw SpreadsheetError.malformed(row: nil, what: "\(name) is broken")
        }
        bytesRead += count
        let isOutOfProportion =
            bytesRead > Self.ratioFloor
            && bytesRead / max(1, compressedBytes) > limits.ratio
        if bytesRead > limits.bytes || isOutOfProportion { throw SpreadsheetError.bomb }
        return count
    }
}
