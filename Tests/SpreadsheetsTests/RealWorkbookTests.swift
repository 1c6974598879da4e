import Foundation
import Testing

@testable import Spreadsheets

private let data = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "../shared/data/maven_crm").path

private let isDataThere = FileManager.default.fileExists(atPath: "\(data)/data_model.xlsx")

/// One table as a real program wrote it both ways: a workbook with pivot tables and charts, and
/// CSV. It lies beside the project; without it the test says that it was skipped.
@Suite(.enabled(if: isDataThere, "the maven_crm data is not beside the project"))
struct RealWorkbookTests {
    /// Rows by the names of their columns, which the two files have in different orders.
    private func table(
        _ path: String, sheet: String? = nil, columns: Set<String>? = nil
    ) throws -> [[String: String]] {
        let rows = try read(path, sheet: sheet)
        let header = try #require(rows.first).cells.map(\.text)
        return rows.dropFirst().map { row in
            let pairs = zip(header, row.cells).filter { name, cell in
                !cell.isEmpty && columns?.contains(name) != false
            }
            return Dictionary(uniqueKeysWithValues: pairs.map { ($0, $1.text) })
        }
    }

    /// 10/20/2016 as 2016-10-20.
    private func isoDate(_ text: String) -> String {
        let parts = text.split(separator: "/").compactMap { Int($0) }
        guard parts.count == 3 else { return text }
        return LocalDateTime(year: parts[2], month: parts[0], day: parts[1])?.iso8601 ?? text
    }

    @Test func `the pipeline is the same in both files`() throws {
        let csv = try table("\(data)/sales_pipeline.csv").map { row in
            var row = row
            for name in ["engage_date", "close_date"] { row[name] = row[name].map(isoDate) }
            // The one difference between the files is in the data.
            if row["product"] == "GTXPro" { row["product"] = "GTX Pro" }
            return row
        }
        let columns = Set(csv.flatMap(\.keys))
        #expect(columns.count == 8)
        let workbook = try table(
            "\(data)/data_model.xlsx", sheet: "sales_pipeline", columns: columns)
        #expect(csv.count == 8_800)
        #expect(workbook.count == 8_800)
        let difference = zip(csv, workbook).first { $0 != $1 }
        #expect(difference == nil)
        #expect(csv.count { $0["account"] == nil } == 1_425)
    }

    @Test func `all sheets are there`() throws {
        let book = try Spreadsheet(path: "\(data)/data_model.xlsx")
        #expect(
            book.sheets.map(\.name) == [
                "sales_teams", "sales_pipeline", "products", "accounts", "Q1", "Q2", "Q3", "Q4",
            ])
        for sheet in book.sheets {
            #expect(try read("\(data)/data_model.xlsx", sheet: sheet.name).count > 1)
        }
    }
}
