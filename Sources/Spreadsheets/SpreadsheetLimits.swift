/// What a file may cost before it is refused. All are enforced while reading; no declared size
/// is believed.
package struct SpreadsheetLimits: Sendable {
    /// Size of the file itself, in bytes.
    package var bytes = 100 << 20
    /// Size of a workbook's sheet after decompression, in bytes.
    package var uncompressedBytes = 1 << 30
    /// Decompressed size over compressed size, looked at once a part has passed 16 MiB: small
    /// parts of one repeated cell legitimately reach some hundred.
    package var ratio = 250
    /// Rows with a value.
    package var rows = 1_048_576
    /// The last column that may have a value.
    package var columns = 512
    /// Length of one cell in UTF-16 units, as spreadsheet programs count it.
    package var cellCharacters = 32_767
    /// Memory for a workbook's table of distinct texts, in bytes.
    package var sharedStringsBytes = 64 << 20

    package init() {}

    /// A text longer than this is over `cellCharacters` whatever its letters: one UTF-16 unit
    /// takes at most three bytes of UTF-8.
    var cellBytes: Int { cellCharacters * 3 }
}
