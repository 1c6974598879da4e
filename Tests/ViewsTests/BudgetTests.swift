import Foundation
import Testing
import Views

/// The limits of weight and size that keep pages quick; sizes are after gzip.
@Suite struct Budgets {
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let assets = root.appending(path: "Sources/Views/Assets")

    @Test func `the fullest board stays under 3,500 elements`() {
        var page = Sample.pipeline(cards: 0)
        let count = PipelinePage.cardsPerColumn(columns: page.columns.count)
        for place in page.columns.indices {
            page.columns[place].cards = (0..<count).map { Sample.card($0, stage: place) }
            page.columns[place].moreURL = "/pipeline?part=column"
        }
        let html = pipelinePage(page, in: Sample.shell("Pipeline", at: .pipeline))
        #expect(count == 37)
        #expect(PagesMarkup(html).tags.count <= 3_750)
        #expect(drawnElements(html) <= 3_500)
    }

    @Test func `cards per column never pass 50`() {
        #expect(PipelinePage.cardsPerColumn(columns: 5) == 50)
        #expect(PipelinePage.cardsPerColumn(columns: 0) == 50)
    }

    @Test func `a warm page is at most 25 KB and a drawer 8 KB`() throws {
        let board = pipelinePage(
            Sample.pipeline(cards: 39), in: Sample.shell("Pipeline", at: .pipeline))
        let leads = leadsPage(Sample.leads(rows: 100), in: Sample.shell("Leads", at: .leads))
        #expect(try gzipped(Data(board.bytes)) <= 25_000)
        #expect(try gzipped(Data(leads.bytes)) <= 25_000)
        #expect(try gzipped(Data(leadDrawer(Sample.lead).bytes)) <= 8_000)
    }

    @Test func `the styles stay under 16 KB`() throws {
        let common = try gzipped(
            Assets.stylesheetParts.reduce(Data()) {
                try $0 + Data(contentsOf: Self.assets.appending(path: $1))
            })
        // A page asks for one more at most.
        let further = try Assets.pageStylesheets.map {
            try gzipped(Data(contentsOf: Self.assets.appending(path: $0)))
        }
        #expect(common + (further.max() ?? 0) <= 16_000)
    }

    @Test func `the scripts of each page stay under 40 KB, later ones included`() throws {
        let pages = MainPages.pages.merging(PagesOfIntakeAndSettings.pages) { page, _ in page }
        let sets = Set(pages.values.map { Set(PagesMarkup($0).values("src")) })
        #expect(sets.count > 4)
        for set in sets {
            let names = set.map { String($0.split(separator: "/").last ?? "") }
            let sizes = try modules(reachedFrom: names).map {
                try gzipped(Data(contentsOf: Self.assets.appending(path: "js/\($0)")))
            }
            #expect(sizes.reduce(0, +) <= 40_000)
        }
    }

    @Test func `every stylesheet and every module a page asks for is there`() throws {
        let styles = Set(try files("css").map { "css/\($0.lastPathComponent)" })
        #expect(styles == Set(Assets.stylesheetParts + Assets.pageStylesheets))
        let page = pipelinePage(
            Sample.pipeline(cards: 1), in: Sample.shell("Pipeline", at: .pipeline))
        let sources = PagesMarkup(page).values("src")
        #expect(sources.count == 9)
        for source in sources {
            let path = Self.assets.appending(path: String(source.dropFirst("/assets/".count)))
            #expect(FileManager.default.fileExists(atPath: path.path))
        }
    }

    @Test func `every icon in use is in the list the sprite is made of`() throws {
        let list = try String(
            contentsOf: Self.root.appending(path: "Scripts/icons.txt"), encoding: .utf8)
        let known = Set(list.split(separator: "\n").map(String.init)).union([
            "facebook", "whatsapp",
        ])
        let used = MainPages.markup.values.flatMap { page in
            page.values("href").filter { $0.contains("icons.svg#") }
                .compactMap { $0.split(separator: "#").last.map(String.init) }
        }
        #expect(used.count > 100)
        #expect(Set(used).subtracting(known) == [])
    }

    /// Elements outside templates, which is what a browser lays out.
    private func drawnElements(_ html: HTML) -> Int {
        var text = html.text
        while let start = text.range(of: "<template"), let end = text.range(of: "</template>") {
            text.removeSubrange(start.lowerBound..<end.upperBound)
        }
        return PagesMarkup(HTML(trusted: text)).tags.count
    }

    /// The modules named and all they import, at once or later.
    private func modules(reachedFrom names: [String]) throws -> Set<String> {
        var reached: Set<String> = []
        var waiting = names
        while let name = waiting.popLast() {
            guard reached.insert(name).inserted else { continue }
            let file = Self.assets.appending(path: "js/\(name)")
            let text = try String(contentsOf: file, encoding: .utf8)
            waiting += text.matches(of: /(?:from|import\()\s*"\.\/([\w-]+\.js)"/).map {
                String($0.1)
            }
        }
        return reached
    }

    private func files(_ folder: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: Self.assets.appending(path: folder), includingPropertiesForKeys: nil)
    }

    /// The size after `gzip -6`, which every Linux has.
    private func gzipped(_ data: Data) throws -> Int {
        let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try data.write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/gzip")
        process.arguments = ["-6", "-c", file.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let size = output.fileHandleForReading.readDataToEndOfFile().count
        process.waitUntilExit()
        return size
    }
}
