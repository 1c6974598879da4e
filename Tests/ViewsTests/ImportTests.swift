import Testing
import Views

@Suite struct ImportPages {
    @Test func `the header of a column cannot become markup`() {
        let text = importBody(ImportSamples.page(.checked, .map)).text
        #expect(text.contains("<b>remark &lt;internal&gt;</b>"))
        #expect(!text.contains("remark <internal>"))
    }

    @Test func `the suggested field is chosen, and a column without one is left out`() throws {
        let rows = importBody(ImportSamples.page(.checked, .map)).text
            .components(after: "class=\"map-row\"")
        #expect(rows.count == ImportSamples.columns.count)
        #expect(rows[0].contains("<option value=\"external_id\" selected>"))
        #expect(rows[0].contains("Suggested"))
        let last = try #require(rows[8].split(separator: "</select>").first)
        #expect(!last.contains(" selected>"))
    }

    @Test func `every value of a stage column can be given a stage`() throws {
        let rows = importBody(ImportSamples.page(.checked, .map)).text
            .components(after: "class=\"map-row\"")
        let values = rows[4].components(after: "data-value=\"")
        #expect(values.count == 4)
        #expect(values[2].contains("<option value=\"connected\" selected>"))
        #expect(!values[3].prefix { $0 != "/" }.contains("selected"))
        #expect(!rows[3].contains("data-value"))
    }

    @Test func `the sheet is asked only when there are two`() {
        var page = ImportSamples.page(.checked, .map)
        #expect(importBody(page).text.contains("name=\"sheet\""))
        page.mapping?.sheets = [Choice("Only", "Only")]
        #expect(!importBody(page).text.contains("name=\"sheet\""))
    }

    @Test func `the tenant's own fields are on offer`() {
        let text = importBody(ImportSamples.page(.checked, .map)).text
        #expect(text.contains("<option value=\"custom.gst\">GST number</option>"))
    }

    @Test func `the check offers to import what is not rejected`() {
        var page = ImportSamples.page(.checked, .check)
        #expect(importBody(page).text.contains("Import 8,787 rows"))
        page.counts = ImportCounts(total: 2, rejected: 2)
        #expect(importBody(page).text.contains("data-commit=\"0193\" disabled>"))
    }

    @Test func `every row of the check says its number, its outcome and why`() {
        let text = importBody(ImportSamples.page(.checked, .check)).text
        #expect(text.contains("The value “12k” is not a number."))
        #expect(text.contains("href=\"/leads/77\""))
        #expect(text.contains("Hatfan &lt;script&gt;"))
    }

    @Test func `progress has a value only when the number of rows is known`() {
        var page = ImportSamples.page(.running, .run)
        #expect(importBody(page).text.contains("<progress max=\"100\" value=\"61\""))
        #expect(importBody(page).text.contains("5,412 of 8,800 rows"))
        page.counts = ImportCounts(done: 1)
        #expect(!importBody(page).text.contains(" value=\""))
        #expect(importBody(page).text.contains("1 row so far"))
    }

    @Test func `the rejected rows can be fetched when there are any`() {
        var page = ImportSamples.page(.done, .done)
        #expect(importBody(page).text.contains("/api/v1/imports/0193/errors.xlsx"))
        page.counts.rejected = 0
        #expect(!importBody(page).text.contains("errors.csv"))
    }

    @Test(arguments: ImportSamples.moments.indices)
    func `exactly one step is the current one`(at moment: Int) {
        let (state, step) = ImportSamples.moments[moment]
        let markup = PagesMarkup(importBody(ImportSamples.page(state, step)))
        #expect(markup.values("aria-current").count { $0 == "step" } == 1)
    }
}

extension StringProtocol {
    /// The parts that follow each occurrence of `mark`.
    func components(after mark: String) -> [Substring] {
        Array(Substring(self).split(separator: mark, omittingEmptySubsequences: false).dropFirst())
    }
}
