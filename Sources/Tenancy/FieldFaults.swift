/// Checks of single fields that several inputs share. Each answers the text as it is kept, and
/// notes what is wrong with it.
extension [Problem.Fault] {
    /// A name of a person, a team, a key or a company: one line.
    package mutating func name(_ field: String, _ text: String, charactersMax: Int = 120) -> String
    {
        let name = text.trimmingWhitespace()
        if name.isEmpty {
            append(.init(field, "A name is needed."))
        } else if name.count > charactersMax {
            append(.init(field, "A name has at most \(charactersMax) characters."))
        } else if name.unicodeScalars.contains(where: \.isControl) {
            append(.init(field, "A name is one line of plain text."))
        }
        return name
    }

    mutating func email(_ field: String, _ text: String) -> String {
        if let email = EmailAddress.normalised(text) { return email }
        append(.init(field, "This is no e-mail address. It looks like name@example.com."))
        return text
    }
}

extension Unicode.Scalar {
    fileprivate var isControl: Bool { properties.generalCategory == .control }
}
