import Foundation

/// What a new password must be: long, and not what is tried first. Nothing is asked of which
/// characters it has (NIST SP 800-63B §3.1.1.2).
package enum PasswordPolicy {
    /// In characters.
    package static let lengths = 12...128
    /// Parts of names as short as this stand in many words by chance.
    private static let partMin = 4
    private static let differentMin = 5

    /// What is wrong with it and what to do, in a sentence; nil when it will do.
    ///
    /// - Parameter person: Name, e-mail and company of who will use it.
    static func fault(in password: String, of person: [String]) -> String? {
        guard lengths.contains(password.count) else {
            let (least, most) = (lengths.lowerBound, lengths.upperBound)
            return "A password has \(least) to \(most) characters. Several words in a row are easy "
                + "to keep in mind."
        }
        let plain = folded(password)
        if isCommon(plain) {
            return "This is one of the passwords that are tried first. Take several words that do "
                + "not belong together."
        }
        if let part = parts(of: person).first(where: plain.contains) {
            return "The password contains “\(part)”, which others know of you. Leave it out."
        }
        return nil
    }

    /// Whether it is on the list, by itself or but for digits and signs around it, a row, or the
    /// same few characters over and over.
    private static func isCommon(_ plain: String) -> Bool {
        let word = plain.trimmingCharacters(in: CharacterSet.letters.inverted)
        return common.contains(plain) || common.contains(word)
            || Set(plain).count < differentMin || isRepetition(Array(plain)) || isRow(plain)
    }

    /// Whether each character is as far from the one before as the next, as in 123… and zyx…; of
    /// digits, 0 comes after 9.
    private static func isRow(_ plain: String) -> Bool {
        let codes = plain.unicodeScalars.map { Int($0.value) }
        let isNumber = codes.allSatisfy { (0x30...0x39).contains($0) }
        let steps = zip(codes, codes.dropFirst()).map { isNumber ? ($1 - $0 + 10) % 10 : $1 - $0 }
        return Set(steps).count == 1
    }

    private static func isRepetition(_ characters: [Character]) -> Bool {
        (1...characters.count / 2).contains { length in
            characters.count % length == 0
                && characters.indices.allSatisfy { characters[$0] == characters[$0 % length] }
        }
    }

    /// Whole names, without spaces too, and their words; what stands before an address's @.
    private static func parts(of person: [String]) -> [String] {
        person.flatMap { text in
            let text = folded(text)
            let whole = text.split(separator: "@").first.map(String.init) ?? text
            let words = whole.split { !$0.isLetter && !$0.isNumber }.map(String.init)
            return [text, whole, words.joined()] + words
        }.filter { $0.count >= partMin }
    }

    private static func folded(_ text: String) -> String {
        text.folding(options: [.caseInsensitive, .diacriticInsensitive], locale: nil)
    }

    /// Ten thousand of them, read once.
    private static let common: Set<String> = {
        guard let file = Bundle.module.url(forResource: "common-passwords", withExtension: "txt"),
            let text = try? String(contentsOf: file, encoding: .utf8)
        else {
            // Without the list every password would do, and nobody would notice.
            preconditionFailure("common-passwords.txt is missing beside the program")
        }
        return Set(text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init))
    }()
}
