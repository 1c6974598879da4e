/// The name of a company, without what the law puts behind it.
struct CompanyName: Sendable, Equatable {
    /// Without legal forms, abbreviations written out.
    let words: [Words.Word]
    /// All words in one: `Face Book` is `Facebook`.
    let joined: Words.Word
    private let weights: [Double]

    /// Nil when there is no letter in it.
    init?(_ text: String) {
        let all = Words.of(text)
        guard !all.isEmpty else { return nil }
        var kept: [Words.Word] = []
        for (place, word) in all.enumerated() where place == 0 || !Self.dropped.contains(word) {
            kept.append(Self.abbreviations[word] ?? word)
        }
        if kept.count > 1, kept[0] == Words.Word("the") { kept.removeFirst() }
        words = kept
        joined = Array(kept.joined())
        weights = kept.map { Self.common.contains($0) ? 0.4 : Self.small.contains($0) ? 0.1 : 1 }
    }

    /// Those that say which company it is, for keys; all of them where none does.
    var telling: [Words.Word] {
        let telling = zip(words, weights).filter { $1 == 1 }.map(\.0)
        return telling.isEmpty ? words : telling
    }

    /// The first letters of three words and more; of a short name in one word, itself.
    var initials: Words.Word? {
        if words.count >= 3 { return words.compactMap(\.first) }
        return words.count == 1 && (3...5).contains(words[0].count) ? words[0] : nil
    }

    /// 1 for equal names, 0 for names with nothing in common.
    func likeness(to other: CompanyName) -> Double {
        if words == other.words { return 1 }
        if joined == other.joined { return 0.99 }
        var best = wordwise(other)
        let longest = max(joined.count, other.joined.count)
        if best < 0.95, longest >= 6 {
            let edits = Likeness.edits(joined, other.joined, most: longest / 6)
            let likeness = 1 - Double(edits) / Double(longest)
            if edits <= longest / 6, likeness >= 0.85 { best = max(best, likeness) }
        }
        let isShort = words.count == 1 || other.words.count == 1
        if isShort, words.count != other.words.count, let initials, initials == other.initials {
            best = max(best, 0.8)
        }
        return best
    }

    /// What their words have in common, of all that they have: Dice's measure over words that are
    /// equal or nearly so. Words that many companies have count less.
    private func wordwise(_ other: CompanyName) -> Double {
        var isTaken = [Bool](repeating: false, count: other.words.count)
        var common = 0.0
        for (place, word) in words.enumerated() {
            var (best, at) = (0.0, -1)
            for (number, another) in other.words.enumerated() where !isTaken[number] {
                let likeness = Self.likeness(word, another)
                if likeness > best { (best, at) = (likeness, number) }
            }
            guard at >= 0 else { continue }
            isTaken[at] = true
            common += best * (weights[place] + other.weights[at])
        }
        let all = weights.reduce(0, +) + other.weights.reduce(0, +)
        return all > 0 ? min(1, common / all) : 0
    }

    private static func likeness(_ first: Words.Word, _ second: Words.Word) -> Double {
        if first == second { return 1 }
        let shortest = min(first.count, second.count)
        guard shortest >= 3 else { return 0 }
        // A number is another number.
        if first.contains(where: \.isFigure) || second.contains(where: \.isFigure) { return 0 }
        let (short, long) = first.count == shortest ? (first, second) : (second, first)
        if long.starts(with: short), long.count - short.count >= 2 { return 0.8 }
        guard shortest >= 4, Likeness.shareLetters(first, second) else { return 0 }
        let likeness = Likeness.jaroWinkler(first, second)
        return likeness >= 0.9 ? likeness : 0
    }

    private static func set(_ text: String) -> Set<Words.Word> {
        Set(text.split(separator: " ").map { Array($0.utf8) })
    }

    /// Legal forms, and what joins words.
    private static let dropped = set(
        """
        ltd limited llc inc incorporated corp corporation co company cos plc gmbh mbh ag kg kgaa \
        ohg ug ev eg se sa sas sarl sasu srl spa snc sl slu bv nv vof oy oyj ab as asa aps pvt \
        private pte pty llp lp kk pt tbk bhd sdn jsc pjsc ooo zao oao zrt kft doo dd sro sp z oo zoo \
        ltda eirl cv sab fze fzco fzc wll the and
        """)

    /// Words that many names have.
    private static let common = set(
        """
        group holding holdings international global services service systems solutions technology \
        industries industry enterprises trading traders india usa uk us america europe asia \
        national management partners associates ventures consulting labs engineering \
        manufacturing products exports imports foods retail stores media digital software \
        financial capital bank insurance energy pharmaceuticals healthcare medical construction \
        logistics transport electronics motors automotive general american new
        """)

    private static let small = set("of for in de la le les du des und et y e di da do von van der")

    private static let abbreviations: [Words.Word: Words.Word] = {
        let lines = """
            intl international|int international|mfg manufacturing|technologies technology|\
            tech technology|techs technology|svc services|svcs services|service services|\
            sys systems|system systems|eng engineering|engg engineering|engrs engineering|\
            ind industries|inds industries|industry industries|bros brothers|assoc associates|\
            assocs associates|mgmt management|mgt management|natl national|lab labs|\
            laboratories labs|laboratory labs|pharma pharmaceuticals|pharm pharmaceuticals|\
            pharmaceutical pharmaceuticals|ent enterprises|enterprise enterprises|\
            solution solutions|grp group|hldgs holdings|fin financial|elec electronics|\
            constr construction|const construction|sw software|soln solutions|solns solutions
            """
        return Dictionary(
            uniqueKeysWithValues: lines.split(separator: "|").map { line in
                let pair = line.split(separator: " ")
                return (Array(pair[0].utf8), Array(pair[1].utf8))
            })
    }()
}

extension UInt8 {
    /// Whether it is a digit's.
    var isFigure: Bool { (0x30...0x39).contains(self) }
}
