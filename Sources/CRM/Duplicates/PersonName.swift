/// The name of a person, in whatever order it was written.
struct PersonName: Sendable, Equatable {
    /// In order of the alphabet, without titles.
    let words: [Words.Word]

    /// Nil when there is no letter in it.
    init?(_ text: String) {
        let all = Words.of(text)
        let kept = all.filter { !Self.titles.contains($0) }
        guard !all.isEmpty else { return nil }
        words = (kept.isEmpty ? all : kept).sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// 1 for equal names; initials count for names that begin with them.
    func likeness(to other: PersonName) -> Double {
        if words == other.words { return 1 }
        let (few, many) =
            words.count <= other.words.count ? (words, other.words) : (other.words, words)
        var isTaken = [Bool](repeating: false, count: many.count)
        var common = 0.0
        // Whole words first: an initial takes what is left.
        for word in few.sorted(by: { $0.count > $1.count }) {
            var (best, at) = (0.0, -1)
            for (number, another) in many.enumerated() where !isTaken[number] {
                let likeness = Self.likeness(word, another)
                if likeness > best { (best, at) = (likeness, number) }
            }
            guard at >= 0 else { continue }
            isTaken[at] = true
            common += best
        }
        // A middle name that one lacks says little; a first name alone says little, too.
        let lacking = Double(many.count - few.count) * (few.count == 1 ? 0.5 : 0.15)
        return common / (Double(few.count) + lacking)
    }

    private static func likeness(_ first: Words.Word, _ second: Words.Word) -> Double {
        if first == second { return 1 }
        let shortest = min(first.count, second.count)
        if shortest == 1 { return first.first == second.first ? 0.85 : 0 }
        guard shortest >= 3, Likeness.shareLetters(first, second) else { return 0 }
        let likeness = Likeness.jaroWinkler(first, second)
        if likeness >= 0.88 { return likeness }
        // Long names that are heard alike are the same name in two spellings.
        return shortest >= 5 && Sound.of(first) == Sound.of(second) ? 0.9 : 0
    }

    private static let titles: Set<Words.Word> = Set(
        "mr mrs ms miss dr prof shri smt sri herr frau mme mlle sir er ca"
            .split(separator: " ").map { Array($0.utf8) })
}
