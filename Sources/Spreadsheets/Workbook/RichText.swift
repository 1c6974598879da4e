/// Collects a text that is written in runs (`<r><t>…</t></r>`) or as a whole (`<t>…</t>`).
///
/// Phonetic runs (`<rPh>`), which repeat East Asian text in another script, are left out.
struct RichText {
    private(set) var bytes: [UInt8] = []
    private var isInText = false
    private var isInPhonetic = false

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        isInText = false
        isInPhonetic = false
    }

    mutating func start(_ element: XMLName) {
        switch element {
        case "t": isInText = !isInPhonetic
        case "rPh": isInPhonetic = true
        default: break
        }
    }

    mutating func end(_ element: XMLName) {
        switch element {
        case "t": isInText = false
        case "rPh": isInPhonetic = false
        default: break
        }
    }

    /// Takes characters if they belong to the text; false when it would grow beyond `limit`.
    mutating func append(_ more: UnsafeBufferPointer<UInt8>, upTo limit: Int) -> Bool {
        guard isInText else { return true }
        guard bytes.count + more.count <= limit else { return false }
        bytes.append(contentsOf: more)
        return true
    }

    var decoded: [UInt8] { decodingEscapes(bytes) }
}

/// Replaces `_x000D_`, the format's own way to write characters that XML does not allow.
///
/// Zero characters are dropped: no database takes them.
func decodingEscapes(_ bytes: [UInt8]) -> [UInt8] {
    guard containsEscape(bytes) else { return bytes }
    var units: [UInt16] = []
    let text = Array(String(decoding: bytes, as: UTF8.self).utf16)
    var index = 0
    while index < text.count {
        if let unit = escapedUnit(text, at: index) {
            if unit != 0 { units.append(unit) }
            index += 7
        } else {
            units.append(text[index])
            index += 1
        }
    }
    return Array(String(decoding: units, as: UTF16.self).utf8)
}

private func containsEscape(_ bytes: [UInt8]) -> Bool {
    var start = bytes.startIndex
    while let index = bytes[start...].firstIndex(of: UInt8(ascii: "_")) {
        if index + 6 < bytes.count, bytes[index + 1] == UInt8(ascii: "x") { return true }
        start = index + 1
    }
    return false
}

private func escapedUnit(_ text: [UInt16], at index: Int) -> UInt16? {
    guard index + 6 < text.count, text[index] == 0x5F, text[index + 1] == 0x78,
        text[index + 6] == 0x5F
    else { return nil }
    let digits = String(decoding: text[(index + 2)..<(index + 6)], as: UTF16.self)
    guard digits.allSatisfy(\.isHexDigit) else { return nil }
    return UInt16(digits, radix: 16)
}
