import Testing

/// The house rules, held against the whole repository. STYLE.md says why each exists.
@Suite struct TidyTests {
    /// Files that may break a rule for now: path → reason. It only ever gets shorter.
    static let excused: [String: String] = [
        "Sources/Web/Route.swift": "a route is a table row: labelled columns, most with defaults"
    ]

    @Test func `files and lines keep their limits`() {
        let languages = [".swift", ".js", ".py", ".cpp", ".h"]
        let files = ["Sources", "Tests", "Scripts"].flatMap(Repository.files)
            .filter { path in languages.contains { path.hasSuffix($0) } }
        #expect(files.count > 10, "the repository was not found")
        expectNone(files.flatMap { ShapeRules.sizes(path: $0, text: Repository.text(of: $0)) })
    }

    @Test func `functions keep their limits`() {
        expectNone(Repository.swift.flatMap(ShapeRules.functions))
    }

    @Test func `types are named after what they are`() {
        expectNone(Repository.swift.flatMap(ShapeRules.names))
    }

    @Test func `a target imports only what its row allows`() {
        expectNone(Repository.swift.flatMap(ImportRules.faults))
    }

    @Test func `every statement on a tenant's table names the tenant`() {
        let migrations = Repository.files(in: "Sources/App/Migrations").filter {
            $0.hasSuffix(".sql")
        }
        let rule = TenantRule(migrations: migrations.map(Repository.text))
        #expect(!rule.tables.isEmpty, "no migration was found")
        expectNone(Repository.swift.flatMap(rule.faults))
    }

    @Test func `no route or page holds a statement`() {
        expectNone(Repository.swift.flatMap(CodeRules.statements))
    }

    @Test func `unsafe words have their reason above them`() {
        expectNone(Repository.swift.flatMap(CodeRules.reasons))
    }

    @Test func `nothing is left unfinished or swallowed`() {
        expectNone(Repository.swift.flatMap(CodeRules.leftovers))
        expectNone(Repository.swift.flatMap(CodeRules.emptyCatches))
    }

    @Test func `no file knows the machine it was written on`() {
        let files = ["Sources", "Tests", "Scripts", "docs"].flatMap(Repository.files)
            .filter { !$0.hasSuffix(".woff2") && !$0.hasSuffix(".xlsx") && !$0.hasSuffix(".png") }
        let paths = files + Array(DocumentRules.limits.keys)
        expectNone(paths.flatMap { CodeRules.homePaths(path: $0, text: Repository.text(of: $0)) })
    }

    @Test(arguments: DocumentRules.limits.keys.sorted())
    func `a document is there and short`(path: String) {
        #expect(Repository.exists(path))
        expectNone(DocumentRules.length(path: path, text: Repository.text(of: path)))
    }

    @Test func `links in the documents lead somewhere`() {
        let documents = DocumentRules.limits.keys.sorted() + Repository.files(in: "docs")
        for path in documents where path.hasSuffix(".md") {
            let text = Repository.text(of: path)
            expectNone(DocumentRules.links(path: path, text: text, exists: Repository.exists))
        }
    }

    @Test func `what the security page says is held is held by a test that is there`() {
        let path = "docs/security.md"
        let tests = Repository.swift.map(\.text).joined(separator: "\n")
        let faults = DocumentRules.tests(path: path, text: Repository.text(of: path)) { name in
            name.hasSuffix(".py")
                ? Repository.exists("Scripts/checks/\(name)") : tests.contains("func `\(name)`")
        }
        expectNone(faults)
    }

    @Test func `an excuse that is no longer needed is removed`() {
        let rules: [(SourceFile) -> [Fault]] = [
            { ShapeRules.sizes(path: $0.path, text: $0.text) },
            ShapeRules.functions, ShapeRules.names, ImportRules.faults, CodeRules.reasons,
        ]
        let faulty = Set(
            Repository.swift.filter { file in rules.contains { !$0(file).isEmpty } }.map(\.path))
        #expect(Self.excused.keys.filter { !faulty.contains($0) }.isEmpty)
    }

    private func expectNone(
        _ faults: [Fault], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for fault in faults where Self.excused[fault.file] == nil {
            Issue.record("\(fault)", sourceLocation: sourceLocation)
        }
    }
}
