import Foundation
import Storage
import Tenancy

/// Makes a company with ten months of believable history, to look around in, and says how to
/// sign in to it. Done once; asked again, it only says how to sign in.
///
/// The history is the same in every installation, relative to the day it is made on; only ids
/// and the password differ.
package func makeDemo(_ installation: Installation) async throws {
    let signIn = DemoSignIn(directory: installation.directory)
    if try await installation.hasDemo {
        guard let password = signIn.password else {
            throw Refusal(
                "There is a company “\(DemoCompany.slug)”, but no \(signIn.file.path) with its password."
            )
        }
        say("The demo company is there already.")
        return signIn.tell(password)
    }
    // The password is kept before the company exists: interrupted, the next run takes it up.
    let password = try signIn.password ?? signIn.keepNew()
    try await foundDemo(in: installation.database, password: password)
    signIn.tell(password)
}

/// The company and its history, in one transaction: there is all of it or nothing.
package func foundDemo(
    in database: Database, password: String, at now: Instant = .now
) async throws {
    let hash = try await Passwords().hash(password)
    try await database.translated {
        try await database.write { tx in
            let days = WorkingDays(now: now)
            let opened = Day(number: days.today.number - Prospects.openedDaysAgo - 1)
            let company = try await DemoCompany.found(
                passwordHash: hash, in: tx, at: days.moment(opened, minutes: 8 * 60))
            try await DemoHistory.happen(company, days, in: tx)
        }
    }
}

extension Installation {
    fileprivate var hasDemo: Bool {
        get async throws {
            try await database.read {
                try await Tenants.find(slug: DemoCompany.slug, in: $0) != nil
            }
        }
    }
}

/// How to sign in to the demo company. The password is made by chance for each installation
/// and kept in a file that only its owner reads.
private struct DemoSignIn {
    let file: URL

    private static let alphabet = Array("abcdefghjkmnpqrstuvwxyz23456789")

    init(directory: URL) {
        file = directory.appending(path: "demo-sign-in.txt")
    }

    var password: String? {
        let text = try? String(contentsOf: file, encoding: .utf8)
        return text?.split(whereSeparator: \.isNewline).lazy
            .compactMap { $0.hasPrefix("Password: ") ? String($0.dropFirst(10)) : nil }.first
    }

    func keepNew() throws -> String {
        let parts = (0..<3).map { _ in
            String((0..<4).map { _ in Self.alphabet.randomElement() ?? "x" })
        }
        let password = parts.joined(separator: "-")
        let text = lines(password).joined(separator: "\n") + "\n"
        let isKept = FileManager.default.createFile(
            atPath: file.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard isKept else { throw Refusal("The file \(file.path) cannot be written.") }
        return password
    }

    func tell(_ password: String) {
        lines(password).forEach(say)
    }

    private func lines(_ password: String) -> [String] {
        [
            "Company: \(DemoCompany.slug)", "E-mail: \(DemoPerson.asha.email)",
            "Password: \(password)", "With the same password:",
            "  \(DemoPerson.mei.email) (manager of Europe and Asia Pacific)",
            "  \(DemoPerson.lena.email) (salesperson)",
        ]
    }
}
