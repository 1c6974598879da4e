import CRM
import Foundation
import Storage
import Tenancy
import Web

/// What it costs to find duplicates among many leads, and how well they are found.
struct DuplicatesCourse: Sendable {
    let directory: URL
    let leads: Int

    static let names = ["duplicates"]

    private static let checks = 2000
    /// Of a hundred leads, twins of another.
    private static let twinsPercent = 3

    func run() async throws -> [Finding] {
        var findings: [Finding] = []
        findings.append(try await quality())
        note("Making \(leads) leads to compare")
        let installation = try await opened("many")
        let admin = try await company(in: installation)
        try await fill(installation.database, as: admin)
        note("Measuring: duplicates")
        findings.append(try await scan(installation.database, as: admin))
        findings.append(try await check(installation.database, as: admin))
        try await installation.close()
        return findings
    }

    private func opened(_ name: String) async throws -> Installation {
        try await Installation.open(
            Settings(dataDirectory: directory.appending(path: name).path), log: quietLog)
    }

    private func company(in installation: Installation) async throws -> Caller {
        let made = try await createTenant(
            installation, name: "Bench", adminEmail: BenchCompany.email,
            adminPassword: BenchCompany.password)
        return Caller(tenant: made.tenant, actor: .user(made.admin), role: .companyAdmin)
    }

    private func quality() async throws -> Finding {
        let installation = try await opened("labelled")
        let admin = try await company(in: installation)
        let cursors = Cursors(key: try await installation.key("cursors"))
        let found = try await DuplicateQuality.measure(
            seed: 1, as: admin, in: installation.database, cursors)
        try await installation.close()
        func percent(_ part: Double) -> String { "\(figure(part * 100, 1)) %" }
        return Finding(
            measure: "duplicates found among \(found.leads) leads with real names",
            figure: "precision \(percent(found.precision)), recall \(percent(found.recall))",
            goal: "≥ 90 %, ≥ 90 %", isMet: found.precision >= 0.9 && found.recall >= 0.9,
            detail: "\(found.pairs) pairs are the same; those called very likely alone: precision "
                + "\(percent(found.likelyPrecision)), recall \(percent(found.likelyRecall))")
    }

    /// Companies of two words and a number of people, three in a hundred met again.
    private func fill(_ database: Database, as admin: Caller) async throws {
        var dice = SplitMix64(seed: 7)
        var last = Self.draft(0, &dice)
        for first in stride(from: 0, to: leads, by: 1000) {
            var drafts: [LeadDraft] = []
            for number in first..<min(first + 1000, leads) {
                var draft = Self.draft(number, &dice)
                if dice.chance(Double(Self.twinsPercent) / 100) {
                    draft.company = last.company.map { $0 + " Ltd" }
                    draft.contactName = last.contactName
                }
                last = draft
                drafts.append(draft)
            }
            let made = drafts
            try await database.write(as: admin) { scope in
                for draft in made { _ = try await Leads(scope).create(draft) }
            }
        }
    }

    private static let syllables = [
        "ba", "co", "da", "fe", "gi", "ha", "jo", "ka", "lu", "mi", "no", "pa", "qui", "ra", "so",
        "ta", "ve", "wi", "xa", "zu", "bri", "cla", "dro", "fla", "gre", "kri", "pla", "sta", "tri",
    ]

    private static func draft(_ number: Int, _ dice: inout SplitMix64) -> LeadDraft {
        func word(_ count: Int) -> String {
            (0..<count).map { _ in dice.pick(syllables) }.joined().capitalized
        }
        var draft = LeadDraft(source: "website", currency: "USD")
        let (company, first, last) = (word(4), word(2), word(3))
        draft.company = "\(company) \(dice.pick(["Trading", "Foods", "Steel", "Systems", "Labs"]))"
        draft.contactName = "\(first) \(last)"
        let domain = dice.chance(0.4) ? "gmail.com" : "\(company.lowercased()).example"
        draft.email = "\(first.lowercased()).\(last.lowercased())\(number)@\(domain)"
        if dice.chance(0.7) {
            draft.phoneRaw = "+9198\(10_000_000 + number)"
            draft.phone = draft.phoneRaw
        }
        return draft
    }

    private func scan(_ database: Database, as admin: Caller) async throws -> Finding {
        func seconds() async throws -> Double {
            let start = ContinuousClock.now
            let walk = DuplicateWalk(database, as: admin) {
                try await database.write(as: admin, isolation: .readCommitted, $0)
            }
            while try await walk.step() {}
            return start.secondsAgo
        }
        let first = try await seconds()
        let scan = try await database.read(as: admin) { try await DuplicateScans($0).last() }
        let again = try await seconds()
        let goal = 300 * Double(leads) / 1_000_000
        return Finding(
            measure: "comparing \(leads) leads with each other", figure: "\(figure(first, 0)) s",
            goal: "< \(figure(goal, 0)) s, as 1,000,000 in 300 s", isMet: first < goal,
            detail: "\(scan?.pairs ?? 0) pairs, \(scan?.crowded ?? 0) keys left out; "
                + "when nothing is new, \(figure(again, 0)) s")
    }

    private func check(_ database: Database, as admin: Caller) async throws -> Finding {
        var dice = SplitMix64(seed: 99)
        var (times, made): ([Double], [Double]) = ([], [])
        for number in 0..<Self.checks {
            let draft = Self.draft(number, &dice)
            var start = ContinuousClock.now
            _ = try await database.read(as: admin) {
                try await DuplicateCheck($0).rivals(of: draft, limit: 10)
            }
            times.append((ContinuousClock.now - start) / .milliseconds(1))
            start = ContinuousClock.now
            _ = try await database.read(as: admin) { try await DuplicateCheck($0).match(draft) }
            made.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        times.sort()
        made.sort()
        let (like, exact) = (times[times.count * 99 / 100], made[made.count * 99 / 100])
        return Finding(
            measure: "duplicate check at creation, among \(leads) leads",
            figure: "\(figure(exact, 2)) ms", goal: "p99 < 5 ms", isMet: exact < 5,
            detail: "by e-mail, phone and external id; for leads that are alike, "
                + "p99 \(figure(like, 2)) ms")
    }
}
