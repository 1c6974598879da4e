/// How like two texts are, letter by letter.
enum Likeness {
    /// Winkler's variant of Jaro's measure (Winkler 1990): 1 for equal texts, 0 for texts
    /// without a letter in common; a common beginning of up to four letters counts more.
    static func jaroWinkler(_ first: [UInt8], _ second: [UInt8]) -> Double {
        let jaro = jaro(first, second)
        var prefix = 0
        while prefix < min(4, first.count, second.count), first[prefix] == second[prefix] {
            prefix += 1
        }
        return jaro + Double(prefix) * 0.1 * (1 - jaro)
    }

    static func jaro(_ first: [UInt8], _ second: [UInt8]) -> Double {
        if first == second { return 1 }
        guard !first.isEmpty, !second.isEmpty else { return 0 }
        let window = max(0, max(first.count, second.count) / 2 - 1)
        var (isMet, isTaken) = (
            [Bool](repeating: false, count: first.count),
            [Bool](repeating: false, count: second.count)
        )
        var common = 0
        for (place, letter) in first.enumerated() {
            let from = max(0, place - window)
            let to = min(second.count, place + window + 1)
            guard from < to else { continue }
            for other in from..<to where !isTaken[other] && second[other] == letter {
                (isMet[place], isTaken[other]) = (true, true)
                common += 1
                break
            }
        }
        guard common > 0 else { return 0 }
        let others = second.indices.filter { isTaken[$0] }
        let mine = first.indices.filter { isMet[$0] }
        let moved = zip(mine, others).count { first[$0] != second[$1] }
        let (all, half) = (Double(common), Double(moved / 2))
        return (all / Double(first.count) + all / Double(second.count) + (all - half) / all) / 3
    }

    /// Whether two words are made of the same letters for the most part: of those that are not,
    /// which are nearly all, nothing more need be asked.
    static func shareLetters(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        let (one, other) = (letters(first), letters(second))
        return (one & other).nonzeroBitCount * 2 >= (one | other).nonzeroBitCount
    }

    /// Letters that only one of two texts has: each edit takes away two at most.
    static func unsharedLetters(_ first: [UInt8], _ second: [UInt8]) -> Int {
        (letters(first) ^ letters(second)).nonzeroBitCount
    }

    /// A bit for each letter that there is.
    private static func letters(_ word: [UInt8]) -> UInt64 {
        word.reduce(0) { $0 | 1 << UInt64($1 & 63) }
    }

    /// How many letters are put in, left out, exchanged or swapped with their neighbour (Damerau's
    /// distance, each place touched once); `most + 1` when it is more.
    static func edits(_ first: [UInt8], _ second: [UInt8], most: Int) -> Int {
        guard abs(first.count - second.count) <= most,
            unsharedLetters(first, second) <= 2 * most
        else { return most + 1 }
        guard !first.isEmpty, !second.isEmpty else { return max(first.count, second.count) }
        var earlier: [Int] = []
        var before = Array(0...second.count)
        for row in 1...first.count {
            var line = [row] + [Int](repeating: 0, count: second.count)
            for column in 1...second.count {
                let cost = first[row - 1] == second[column - 1] ? 0 : 1
                line[column] = min(
                    before[column] + 1, line[column - 1] + 1, before[column - 1] + cost)
                if row > 1, column > 1, first[row - 1] == second[column - 2],
                    first[row - 2] == second[column - 1]
                {
                    line[column] = min(line[column], earlier[column - 2] + 1)
                }
            }
            if (line.min() ?? 0) > most { return most + 1 }
            (earlier, before) = (before, line)
        }
        return min(before[second.count], most + 1)
    }
}
