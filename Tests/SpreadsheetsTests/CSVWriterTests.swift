import Foundation
import Testing

@testable import Spreadsheets

@Suite struct CSVWriterTests {
    private func written(_ rows: [[Cell]], _ format: CSVWriter.Format = .init()) throws -> String {
        var writer = CSVWriter(format: format)
        for row in rows { try writer.append(row) }
        return String(decoding: writer.take(), as: UTF8.self)
    }

    @Test func `only cells that need quotes get them`() throws {
        #expect(
            try written([text("a b", "c,d", "e;f", "say \"x\"", "g\nh", ""), text("")])
                == "a b,\"c,d\",\"e;f\",\"say \"\"x\"\"\",\"g\nh\",\r\n\"\"\r\n")
    }

    @Test func `cells are written as a person would type them`() throws {
        let date = try #require(LocalDateTime(year: 2016, month: 3, day: 1))
        let row: [Cell] = [
            .number(5.1, digits: "5.0999999999999996"), .date(date), .boolean(false),
            .time(milliseconds: 129_600_250), .empty, .number(-1, digits: "-1"),
        ]
        #expect(try written([row]) == "5.1,2016-03-01,FALSE,36:00:00.250,,-1\r\n")
    }

    @Test func `the format can be chosen`() throws {
        var format = CSVWriter.Format()
        format.delimiter = ";"
        format.lineEnd = .lf
        format.beginsWithByteOrderMark = true
        #expect(try written([text("a", "b")], format) == "\u{FEFF}a;b\n")
    }

    @Test(arguments: [
        "=1+1", "@SUM(A1)", "+A1", "-2+3+cmd|' /C calc'!A0", "\t=1", "\r=1", "+1*2", "'=1", "''=1",
    ])
    func `what would run as a formula is guarded, and can be restored`(formula: String) throws {
        let guarded = try written([[.text(formula)]]).dropLast()
        #expect(guarded.drop { $0 == "\"" }.hasPrefix("'"))
        #expect(FormulaGuard.removed(from: "'" + formula) == formula)

        var format = CSVWriter.Format()
        format.guardsFormulas = false
        #expect(
            try written([[.text(formula)]], format).drop { $0 == "\"" }.hasPrefix(formula.prefix(1))
        )
    }

    @Test(arguments: [
        "+49 30 1234-5", "-5.20", "+1 (555) 010/22", "'quoted'", "a=b", "'", "-",
    ])
    func `phone numbers, amounts and other texts are left alone`(harmless: String) throws {
        #expect(try written([[.text(harmless)]]) == harmless + "\r\n")
        #expect(FormulaGuard.removed(from: harmless) == harmless)
    }

    @Test func `a file grows as rows are written`() throws {
        let folder = try TestFolder()
        let path = try folder.file("header\r\n")
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.seekToEnd()
        var writer = CSVWriter(file: file)
        for number in 1...20_000 { try writer.append(["row \(number)"]) }
        #expect(try Data(contentsOf: URL(filePath: path)).count > 64 << 10)
        try writer.flush()
        let rows = try read(path)
        #expect(rows.count == 20_001)
        #expect(rows.last == SheetRow(number: 20_001, cells: text("row 20000")))
    }

    @Test(arguments: 1...60)
    func `any table survives writing and reading`(seed: UInt64) throws {
        var random = SplitMix64(state: seed)
        let table = randomTable(&random)
        var format = CSVWriter.Format()
        format.lineEnd = Bool.random(using: &random) ? .crlf : .lf
        format.guardsFormulas = Bool.random(using: &random)
        format.beginsWithByteOrderMark = Bool.random(using: &random)
        format.delimiter = [",", ";", "\t", "|"].randomElement(using: &random) ?? ","

        let folder = try TestFolder()
        let csv = try written(table, format)
        let rows = try read(folder.file(csv)).map { row in
            row.cells.map { cell in
                guard case .text(let text) = cell, format.guardsFormulas else { return cell }
                return .text(FormulaGuard.removed(from: text))
            }
        }
        #expect(rows == table.filter { $0.contains { !$0.isEmpty } })
    }

    /// Rows of one length, as the delimiter is guessed by it.
    private func randomTable(_ random: inout SplitMix64) -> [[Cell]] {
        let letters = Array("ab é🌍ß,;\t|\"'\r\n=+-@0 5.") as [Character]
        let columns = Int.random(in: 1...6, using: &random)
        let rows = Int.random(in: 0...200, using: &random)
        return (0..<rows).map { _ in
            (0..<columns).map { _ in
                let length = Int.random(in: 0...5, using: &random)
                let text = String(
                    (0..<length).map { _ in letters.randomElement(using: &random) ?? "a" })
                return text.isEmpty ? .empty : .text(text)
            }
        }
    }
}

/// A generator with a seed, so that a failure can be had again.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
