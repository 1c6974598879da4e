import Testing

/// A rule that cannot fail is no rule: each is shown something bad, and something good that
/// looks like it.
@Suite struct TidyRulesTests {
    private func file(_ text: String, at path: String = "Sources/CRM/Sample.swift") -> SourceFile {
        SourceFile(path: path, text: text)
    }

    // MARK: Reading a source

    @Test func `comments and texts are not code`() {
        let source = SourceText(
            #"""
            let a = "try! \(b("}") as! C)" // as! never
            let r = /"{/; /* { /* nested */ */ let c = #"\("#
            """#)
        let code = String(decoding: source.code, as: UTF8.self)
        #expect(code.contains("as! C"), "an interpolation is code")
        #expect(!code.contains("try!") && !code.contains("never") && !code.contains("{"))
        #expect(code.contains("let c ="))
        #expect(source.literals.map(\.text).contains("}"))
    }

    @Test func `a literal of several lines knows where it begins`() {
        let source = SourceText("let a = 1\nlet b = \"\"\"\n    SELECT \"x\"\n    \"\"\"\n")
        #expect(source.literals.map(\.line) == [2])
        #expect(source.literals[0].text.contains("SELECT \"x\""))
    }

    // MARK: Shape

    @Test func `a long file and a long line are found`() {
        let long = String(repeating: "let a = 1\n", count: 401)
        #expect(ShapeRules.sizes(path: "Sources/A.swift", text: long).count == 1)
        #expect(ShapeRules.sizes(path: "Tests/A.swift", text: long).isEmpty)
        let wide = String(repeating: "x", count: 111)
        #expect(ShapeRules.sizes(path: "Sources/A.swift", text: "a\n\(wide)\n").map(\.line) == [2])
    }

    @Test func `a long function is found, a requirement without a body is not`() {
        let body = String(repeating: "    work()\n", count: 59)
        let sample = "protocol P {\n    func a()\n    func b() -> Int\n}\nfunc long() {\n\(body)}\n"
        let faults = ShapeRules.functions(file(sample))
        #expect(faults.map(\.line) == [5])
        #expect(faults.first?.text == "long: 61 lines, 60 allowed")
    }

    @Test(arguments: [
        ("func f(a: Int, b: Int, c: Int, d: Int, e: Int, f: Int, g: Int) {}", 7),
        ("func f<T>(a: [T: (T, T)], b: Pair<T, T>, c: (T) -> T = { $0 },) where T: A {}", 3),
        ("static func < (a: A, b: A) -> Bool { true }", 2),
        ("func f() async throws -> [Int: Int]\n    where A: B\n{}", 0),
        ("init(a: Int, b: Int, c: Int, d: Int, e: Int, f: Int, g: Int) {}", 0),
    ])
    func `parameters are counted`(sample: String, count: Int) {
        #expect(Function.all(in: SourceText(sample)).map(\.parameters) == [count])
    }

    @Test func `deep nesting is found`() {
        let four = "func f() { if a { for b in c { while d { if e { g() } } } } }"
        let five = "var f: Int {\nif a { for b in c { while d { if e { g { h() } } } } }\n}"
        #expect(ShapeRules.functions(file(four)).isEmpty)
        #expect(
            ShapeRules.functions(file(five)).map(\.text) == ["f: 5 levels of nesting, 4 allowed"])
    }

    @Test(arguments: [
        "final class LeadManager {}", "enum DateUtils {}", "package struct MailService {}",
        "protocol Core {}", "actor SyncHelper {}",
    ])
    func `an empty name is refused`(sample: String) {
        #expect(ShapeRules.names(file(sample)).count == 1)
    }

    @Test func `a domain name passes, and so does a banned word in a text`() {
        let sample = "struct Lead {}\nlet a = \"struct LeadManager\"\nstruct Managers {}\n"
        #expect(ShapeRules.names(file(sample)).isEmpty)
        #expect(ShapeRules.names(file("", at: "Sources/CRM/String+Utils.swift")).count == 1)
    }

    // MARK: Code

    @Test(arguments: [
        "print(a)", "let a = try! b()", "let a = b as! C", "fatalError()",
        "struct A: @unchecked Sendable {}", "nonisolated(unsafe) var a = 1",
    ])
    func `an unsafe word needs its reason`(sample: String) {
        #expect(CodeRules.reasons(file("let z = 1\n\(sample)\n")).map(\.line) == [2])
        #expect(CodeRules.reasons(file("// The file is ours alone.\n\(sample)\n")).isEmpty)
    }

    @Test func `words that only look unsafe pass`() {
        let sample = "pretty.print(a)\nfingerprint(a)\nlet a = \"try! it\"\nfunc reprint() {}\n"
        #expect(CodeRules.reasons(file(sample)).isEmpty)
    }

    @Test func `unfinished work and swallowed errors are found`() {
        #expect(CodeRules.leftovers(file("let a = 1 // TO" + "DO: more\n")).count == 1)
        #expect(CodeRules.leftovers(file("let a = \"TO" + "DO\"\n")).isEmpty)
        #expect(CodeRules.emptyCatches(file("do { a() } catch {\n}\n")).map(\.line) == [1])
        #expect(CodeRules.emptyCatches(file("do { a() } catch { /* gone already */ }\n")).isEmpty)
    }

    @Test func `a path of one machine is found`() {
        let home = "/ho" + "me/"
        #expect(
            CodeRules.homePaths(path: "README.md", text: "a\ncd \(home)ada/x\n").map(\.line) == [2])
        #expect(CodeRules.homePaths(path: "README.md", text: "GET /homeowners\n").isEmpty)
    }

    // MARK: Edges

    @Test func `a foreign import is found`() {
        let sample =
            "import Foundation\npackage import Storage\nimport GRDB\n@testable import App\n"
        #expect(ImportRules.faults(file(sample)).map(\.line) == [3, 4])
        #expect(
            ImportRules.faults(file("import Storage", at: "Sources/Views/A.swift")).count == 1)
        #expect(ImportRules.faults(file("", at: "Sources/Unknown/A.swift")).count == 1)
    }

    @Test func `a statement without its tenant is found`() {
        let rule = TenantRule(migrations: [
            "CREATE TABLE leads (\n tenant_id TEXT NOT NULL,\n id TEXT\n);\nCREATE TABLE tenants (id TEXT);"
        ])
        #expect(rule.tables == ["leads"])
        let bad = "tx.all(\n\"\"\"\nSELECT id\nFROM leads\nWHERE id = \\(id)\n\"\"\")\n"
        #expect(rule.faults(file(bad)).map(\.line) == [2])
        let good = bad.replacing("WHERE", with: "WHERE tenant_id = \\(tenant) AND")
        #expect(rule.faults(file(good)).isEmpty)
        #expect(rule.faults(file("// tenant: the sweep of all companies.\n" + bad)).isEmpty)
        #expect(rule.faults(file("let a = \"SELECT id FROM tenants\"\n")).isEmpty)
        #expect(rule.faults(file("let a = \"Move it from leads to won\"\n")).isEmpty)
    }

    // MARK: Documents

    @Test func `a dead link and a long document are found`() {
        let text =
            "[a](docs/a.md) [b](docs/b.md#part) [c](https://example.org/x) [d](../README.md)\n"
        let faults = DocumentRules.links(path: "README.md", text: text) { $0 == "docs/a.md" }
        #expect(faults.map(\.text) == ["no docs/b.md", "no ../README.md"])
        let nested = DocumentRules.links(path: "docs/x/a.md", text: "[d](../b.md)\n") {
            $0 == "docs/b.md"
        }
        #expect(nested.isEmpty)
        let long = String(repeating: "a\n", count: 151)
        #expect(DocumentRules.length(path: "dev", text: long).count == 1)
    }
}
