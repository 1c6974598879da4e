/// How a word sounds, roughly: equal for spellings that are heard alike.
///
/// Our own: the well-known codes are made for English surnames, and names come here from India,
/// Germany and everywhere. What differs most between spellings of one name is left out: vowels
/// behind the first letter, `h` behind a consonant, doubled letters.
enum Sound {
    /// - Parameter max: Of its letters.
    static func of(_ word: [UInt8], max: Int = 6) -> [UInt8] {
        // What is not in Latin letters is only equal to itself.
        guard word.isPlain else { return word }
        var code: [UInt8] = []
        var place = 0
        while place < word.count, code.count < max {
            let (sounds, taken) = sound(word, at: place)
            for sound in sounds where code.last != sound { code.append(sound) }
            place += taken
        }
        return code
    }

    /// The sounds that begin at a place, and how many letters they take.
    private static func sound(_ word: [UInt8], at place: Int) -> ([UInt8], Int) {
        func letter(_ offset: Int) -> UInt8? {
            place + offset < word.count ? word[place + offset] : nil
        }
        let isFirst = place == 0
        switch word[place] {
        case a, e, i, o, u, y: return (isFirst ? [vowel] : [], 1)
        case h: return (isFirst ? [h] : [], 1)
        case p where letter(1) == h: return ([f], 2)
        case s where letter(1) == c && letter(2) == h: return ([x], 3)
        case s where letter(1) == h, c where letter(1) == h: return ([x], 2)
        case c where letter(1) == k: return ([k], 2)
        case c where [e, i, y].contains(letter(1) ?? 0): return ([s], 1)
        case c, q: return ([k], 1)
        case x: return ([k, s], 1)
        case z: return ([s], 1)
        case w, v: return ([v], 1)
        case g where [e, i, y].contains(letter(1) ?? 0) && !isFirst: return ([j], 1)
        case k where isFirst && letter(1) == n: return ([n], 2)
        case d where letter(1) == t: return ([t], 2)
        default: return ([word[place]], 1)
        }
    }

    private static let (a, c, d, e, f, g, h, i, j, k) = (
        UInt8(ascii: "a"), UInt8(ascii: "c"), UInt8(ascii: "d"), UInt8(ascii: "e"),
        UInt8(ascii: "f"), UInt8(ascii: "g"), UInt8(ascii: "h"), UInt8(ascii: "i"),
        UInt8(ascii: "j"), UInt8(ascii: "k")
    )
    private static let (n, o, p, q, s, t, u, v, w, x, y, z) = (
        UInt8(ascii: "n"), UInt8(ascii: "o"), UInt8(ascii: "p"), UInt8(ascii: "q"),
        UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "u"), UInt8(ascii: "v"),
        UInt8(ascii: "w"), UInt8(ascii: "x"), UInt8(ascii: "y"), UInt8(ascii: "z")
    )
    private static let vowel = UInt8(ascii: "a")
}
