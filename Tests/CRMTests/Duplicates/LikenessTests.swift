import Testing

@testable import CRM

/// Against the values in Winkler's and others' papers.
@Suite struct LikenessTests {
    private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

    @Test(
        arguments: [
            ("MARTHA", "MARHTA", 0.9444, 0.9611), ("DWAYNE", "DUANE", 0.8222, 0.84),
            ("DIXON", "DICKSONX", 0.7667, 0.8133), ("JONES", "JOHNSON", 0.7905, 0.8324),
            ("ABROMS", "ABRAMS", 0.8889, 0.9222), ("SHACKLEFORD", "SHACKELFORD", 0.9697, 0.9818),
            ("DUNNINGHAM", "CUNNIGHAM", 0.8963, 0.8963), ("A", "A", 1, 1), ("A", "B", 0, 0),
            ("", "A", 0, 0),
        ])
    func `letters agree as published`(_ line: (String, String, Double, Double)) {
        let (first, second) = (Self.bytes(line.0), Self.bytes(line.1))
        #expect(abs(Likeness.jaro(first, second) - line.2) < 0.0001)
        #expect(abs(Likeness.jaroWinkler(first, second) - line.3) < 0.0001)
        #expect(Likeness.jaroWinkler(second, first) == Likeness.jaroWinkler(first, second))
    }

    @Test(
        arguments: [
            ("siemens", "siemens", 0), ("siemens", "simens", 1), ("siemens", "seimens", 1),
            ("siemens", "siemesn", 1), ("kitten", "sitting", 3), ("ca", "abc", 3), ("", "ab", 2),
        ])
    func `a swap of neighbours is one edit`(_ line: (String, String, Int)) {
        let (first, second) = (Self.bytes(line.0), Self.bytes(line.1))
        #expect(Likeness.edits(first, second, most: 5) == line.2)
        #expect(Likeness.edits(second, first, most: 5) == line.2)
        if line.2 > 0 { #expect(Likeness.edits(first, second, most: line.2 - 1) == line.2) }
    }

    @Test(
        arguments: [
            ["mehta", "mehtaa", "meta"], ["schmidt", "schmitt", "shmit"], ["vikram", "wikram"],
            ["sharma", "sharmaa"], ["fatima", "phatima"], ["knight", "nighht"],
            ["muller", "mueller", "muler"], ["banerjee", "banerji"], ["zacharias", "sacharias"],
        ])
    func `spellings that are heard alike sound alike`(_ words: [String]) {
        let sounds = Set(words.map { Sound.of(Self.bytes($0)) })
        #expect(
            sounds.count == 1, "\(words): \(sounds.map { String(decoding: $0, as: UTF8.self) })")
    }

    @Test func `names that are heard otherwise sound otherwise`() {
        let words = ["mehta", "sharma", "patel", "khanna", "muller", "smith", "tata", "toyota"]
        #expect(Set(words.map { Sound.of(Self.bytes($0)) }).count == words.count - 1)
        #expect(Sound.of(Self.bytes("tata")) == Sound.of(Self.bytes("toyota")))
    }

    @Test(
        arguments: [
            ("S.p.A.", ["spa"]), ("J.P. Morgan & Co.", ["jp", "morgan", "and", "co"]),
            ("Amazon.com", ["amazon", "com"]), ("O'Brien", ["obrien"]), ("Müller", ["muller"]),
            ("Nestlé S.A.", ["nestle", "sa"]), ("Großmann-Øster", ["grossmann", "oster"]),
            ("  ", []), ("3M India", ["3m", "india"]), ("L’Oréal", ["loreal"]),
        ])
    func `texts fall into plain words`(_ line: (String, [String])) {
        #expect(Words.of(line.0).map { String(decoding: $0, as: UTF8.self) } == line.1)
    }
}
