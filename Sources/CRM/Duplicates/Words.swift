import Foundation

/// A text as it is compared: lower case, without accents and punctuation, word by word, in UTF-8.
enum Words {
    typealias Word = [UInt8]

    /// `S.p.A.` is one word, `Amazon.com` are two, `O'Brien` is one, `&` is `and`.
    static func of(_ text: String) -> [Word] {
        var reader = Reader()
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            for byte in text.utf8 { reader.take(byte) }
        } else {
            for scalar in text.decomposedStringWithCanonicalMapping.lowercased().unicodeScalars {
                reader.take(scalar)
            }
        }
        return reader.end()
    }

    private struct Reader {
        private var words: [Word] = []
        private var word: Word = []
        /// Letters since the last full stop within the word.
        private var run = 0

        mutating func take(_ byte: UInt8) {
            switch byte {
            case 0x61...0x7A, 0x30...0x39: add(byte)
            case 0x41...0x5A: add(byte | 0x20)
            case 0x27, 0x60: break
            // A full stop behind a single letter goes on with the word: initials.
            case 0x2E where run == 1: run = 0
            case 0x26:
                close()
                words.append(Array("and".utf8))
            default: close()
            }
        }

        mutating func take(_ scalar: Unicode.Scalar) {
            if scalar.isASCII { return take(UInt8(scalar.value)) }
            // Combining marks, and the apostrophes of typographers.
            if (0x300...0x36F).contains(scalar.value) || scalar.value == 0x2019 { return }
            if let plain = Words.plain[scalar] {
                for byte in plain.utf8 { add(byte) }
            } else if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                for byte in String(scalar).utf8 { word.append(byte) }
                run += 1
            } else {
                close()
            }
        }

        private mutating func add(_ byte: UInt8) {
            // `J.Smith`: what follows an initial and is longer is a word of its own, but that
            // cannot be known at its first letter; joined texts are compared as well.
            word.append(byte)
            run += 1
        }

        private mutating func close() {
            if !word.isEmpty { words.append(word) }
            word = []
            run = 0
        }

        mutating func end() -> [Word] {
            close()
            return words
        }
    }

    /// Letters that have no accent to take away, and are written otherwise where they are lacking.
    private static let plain: [Unicode.Scalar: String] = [
        "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th",
        "ı": "i",
    ]
}

extension Words.Word {
    init(_ text: StaticString) {
        self = text.withUTF8Buffer { Array($0) }
    }

    /// Whether it is in Latin letters and digits alone.
    var isPlain: Bool { allSatisfy { $0 < 0x80 } }
}
