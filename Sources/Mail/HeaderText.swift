import Foundation

/// Text on its way into a header field. No line break survives: what stands behind one would be
/// a header of its own.
enum HeaderText {
    /// What fits on a line beside the field's name without being folded.
    private static let plainMax = 60
    /// Of an encoded word, which has 75 characters at most (RFC 2047 §2).
    private static let wordBytes = 42

    /// Without line breaks and other controls, white space and direction marks at will.
    static func clean(_ text: String) -> String {
        let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator, .format, .surrogate: " "
            default: scalar
            }
        }
        var cleaned = String.UnicodeScalarView()
        cleaned.append(contentsOf: scalars)
        return String(cleaned).split(separator: " ").joined(separator: " ")
    }

    /// For a field of free text, such as Subject.
    static func unstructured(_ text: String) -> String {
        let text = clean(text)
        let isPlain =
            text.utf8.count <= plainMax && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
            && !text.contains("=?")
        return isPlain ? text : encodedWords(text)
    }

    /// For the name beside an address.
    static func phrase(_ text: String) -> String {
        let text = clean(text)
        let isPlain =
            text.utf8.count <= plainMax
            && text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }
            && !text.contains("=?")
        return isPlain ? "\"\(text)\"" : encodedWords(text)
    }

    private static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var word = ""
        for scalar in text.unicodeScalars {
            if word.utf8.count + String(scalar).utf8.count > wordBytes {
                words.append(word)
                word = ""
            }
            word.unicodeScalars.append(scalar)
        }
        words.append(word)
        return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }
            .joined(separator: "\r\n ")
    }
}
