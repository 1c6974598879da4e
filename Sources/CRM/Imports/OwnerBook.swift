import Foundation
import Storage
import Tenancy

/// The people of a tenant as files name them: by e-mail or by name, letter case aside.
struct OwnerBook: Sendable {
    private var byEmail: [String: User] = [:]
    private var byName: [String: [User]] = [:]

    enum Answer: Equatable {
        case found(ID<User>)
        case unknown
        /// With the end of a sentence that begins with the name.
        case refused(String)
    }

    init(_ people: [User] = []) {
        for user in people { add(user) }
    }

    init(in scope: Scope) async throws {
        self.init(try await Users(scope).list())
    }

    mutating func add(_ user: User) {
        byEmail[user.email] = user
        byName[Self.plain(user.name), default: []].append(user)
    }

    func answer(_ text: String) -> Answer {
        let word = Self.plain(text)
        let people = byEmail[word].map { [$0] } ?? byName[word] ?? []
        let active = people.filter(\.isActive)
        if active.count == 1 { return .found(active[0].id) }
        if active.count > 1 { return .refused("is the name of several people; give the e-mail") }
        return people.isEmpty ? .unknown : .refused("has left; give it to somebody who is there")
    }

    /// Makes a salesperson of somebody whom a file names. Without an e-mail of the person
    /// nobody can sign in as them until an admin gives one.
    mutating func create(_ text: String, slug: String, in scope: Scope) async throws -> ID<User> {
        var new = NewUser(email: text, name: text, role: .salesperson)
        if let email = EmailAddress.normalised(text) {
            new.email = email
            new.name = email.prefix { $0 != "@" }.split { ".-_".contains($0) }
                .map(\.capitalized).joined(separator: " ")
        } else {
            new.email = placeholder(for: text, slug)
        }
        let user = try await Users(scope).create(new)
        add(user)
        return user.id
    }

    /// An address that reaches nobody (RFC 2606 keeps `.invalid` free for that).
    private func placeholder(for name: String, _ slug: String) -> String {
        let folded = name.decomposedStringWithCompatibilityMapping.lowercased().unicodeScalars
        let words = folded.filter { $0.properties.canonicalCombiningClass == .notReordered }
            .split { !(("a"..."z").contains($0) || ("0"..."9").contains($0)) }
            .map { String(String.UnicodeScalarView($0)) }
        let base = words.isEmpty ? "owner" : String(words.joined(separator: ".").prefix(50))
        let local = base.hasSuffix(".") ? String(base.dropLast()) : base
        var email = "\(local)@\(slug).invalid"
        var number = 2
        while byEmail[email] != nil {
            email = "\(local).\(number)@\(slug).invalid"
            number += 1
        }
        return email
    }

    private static func plain(_ text: String) -> String {
        text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
