/// A workbook's table of distinct texts, to which cells refer by number.
///
/// Kept as one run of bytes, because a `String` each would cost several times the text.
final class SharedStrings: XMLHandler {
    private var bytes: [UInt8] = []
    private var ends: [UInt32] = []
    private var text = RichText()
    private let limits: SpreadsheetLimits

    init(limits: SpreadsheetLimits) {
        self.limits = limits
    }

    subscript(_ index: Int) -> String? {
        guard ends.indices.contains(index) else { return nil }
        let start = index == 0 ? 0 : Int(ends[index - 1])
        return bytes.withUnsafeBufferPointer {
            String(decoding: $0[start..<Int(ends[index])], as: UTF8.self)
        }
    }

    func start(_ element: XMLName, _ attributes: XMLAttributes) throws {
        if "si" ~= element { text.removeAll() } else { text.start(element) }
    }

    func end(_ element: XMLName) throws {
        guard "si" ~= element else { return text.end(element) }
        bytes += text.decoded
        let cost = bytes.count + (ends.count + 1) * MemoryLayout<UInt32>.size
        // The ends are 32-bit numbers, whatever the limit.
        guard cost <= min(limits.sharedStringsBytes, Int(UInt32.max)) else {
            throw SpreadsheetError.tooManyDistinctTexts
        }
        ends.append(UInt32(bytes.count))
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        guard text.append(bytes, upTo: limits.sharedStringsBytes) else {
            throw SpreadsheetError.tooManyDistinctTexts
        }
    }
}
