/// What a cell's number format makes of its number.
enum NumberFormat: Equatable {
    case number
    case date
    case timeOfDay
    /// Hours that go on after 24.
    case elapsedTime

    /// The formats that a workbook uses without spelling them.
    init(builtIn id: Int) {
        switch id {
        // 27 to 36 and 50 to 58 are the date formats of the East Asian editions.
        case 14...17, 22, 27...31, 36, 50...54, 57, 58: self = .date
        case 18...21, 32...35, 45, 47, 55, 56: self = .timeOfDay
        case 46: self = .elapsedTime
        default: self = .number
        }
    }

    /// Tells by the letters of a format code, outside of quotes, escapes and brackets.
    ///
    /// `m` is a month, or minutes beside hours or seconds. Only the first section counts: the
    /// others are for negative numbers, zero and text.
    init(code: String) {
        let letters = Self.letters(of: code)
        guard !letters.isElapsed else {
            self = .elapsedTime
            return
        }
        let hasClock = letters.found.contains("h") || letters.found.contains("s")
        if letters.found.contains("y") || letters.found.contains("d") {
            self = .date
        } else if letters.found.contains("m") {
            self = hasClock ? .timeOfDay : .date
        } else {
            self = hasClock ? .timeOfDay : .number
        }
    }

    private static func letters(of code: String) -> (found: Set<Character>, isElapsed: Bool) {
        var found: Set<Character> = []
        var isElapsed = false
        var rest = Substring(code.lowercased())
        while let character = rest.popFirst(), character != ";" {
            switch character {
            case "\"": skip(&rest, past: "\"")
            case "\\", "_", "*": rest = rest.dropFirst()
            case "[":
                let bracket = rest.prefix { $0 != "]" }
                if let unit = bracket.first,
                    bracket.allSatisfy({ $0 == unit && "hms".contains($0) })
                {
                    isElapsed = true
                }
                skip(&rest, past: "]")
            case "g" where rest.hasPrefix("eneral"): rest = rest.dropFirst(6)
            case "y", "m", "d", "h", "s": found.insert(character)
            default: break
            }
        }
        return (found, isElapsed)
    }

    private static func skip(_ rest: inout Substring, past end: Character) {
        rest = rest.drop { $0 != end }.dropFirst()
    }
}
