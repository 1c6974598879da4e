private let candidates = [",", ";", "\t", "|"].flatMap { Array($0.utf8) }
private let quote = UInt8(ascii: "\"")
private let lineEnds = [UInt8(ascii: "\r"), UInt8(ascii: "\n")]

/// Reads `sep=;`, by which Excel is told the delimiter, from the start of a file.
func delimiterOfSeparatorLine(_ start: [UInt8]) -> UInt8? {
    guard start.count >= 5,
        String(decoding: start[..<4], as: UTF8.self).lowercased() == "sep=",
        start.count == 5 || lineEnds.contains(start[5])
    else { return nil }
    let delimiter = start[4]
    let isUsable = delimiter > 0 && delimiter < 0x80 && delimiter != quote
    return isUsable && !lineEnds.contains(delimiter) ? delimiter : nil
}

/// Takes the delimiter by which most rows have the same number of columns, if it is in the first
/// row: a decimal comma, or a comma in a text, is rarely in every row and in the header.
func sniffDelimiter(_ sample: [UInt8], isWholeFile: Bool) -> UInt8 {
    var best = (score: 0.0, columns: 1, delimiter: UInt8(ascii: ","))
    for delimiter in candidates {
        var counts = columnCounts(sample, delimiter: delimiter)
        if !isWholeFile, counts.count > 1 { counts.removeLast() }
        let rowsByCount = Dictionary(
            counts.lazy.filter { $0 > 1 }.map { ($0, 1) }, uniquingKeysWith: +)
        let usual = rowsByCount.max { ($0.value, $0.key) < ($1.value, $1.key) }
        guard let usual, let first = counts.first else { continue }
        let score = Double(usual.value) / Double(counts.count) + (first > 1 ? 1 : 0)
        if (score, usual.key) > (best.score, best.columns) {
            best = (score: score, columns: usual.key, delimiter: delimiter)
        }
    }
    return best.delimiter
}

/// The number of columns of each row that is not blank.
private func columnCounts(_ sample: [UInt8], delimiter: UInt8) -> [Int] {
    var counts: [Int] = []
    var columns = 1
    var isInQuotes = false
    var isBlank = true
    var isAtStart = true
    for byte in sample {
        if byte == quote, isInQuotes || isAtStart {
            // A doubled quote leaves the quotes and, being at a start again, enters them.
            isInQuotes.toggle()
            (isBlank, isAtStart) = (false, !isInQuotes)
        } else if isInQuotes {
            continue
        } else if lineEnds.contains(byte) {
            if !isBlank { counts.append(columns) }
            (columns, isBlank, isAtStart) = (1, true, true)
        } else if byte == delimiter {
            columns += 1
            (isBlank, isAtStart) = (false, true)
        } else {
            (isBlank, isAtStart) = (false, false)
        }
    }
    if !isBlank { counts.append(columns) }
    return counts
}
