import Crypto
import Foundation
import Storage

/// One line of a company's audit log, chained to the one before it.
package struct AuditEntry: Sendable, Equatable {
    /// 1, 2, 3 … in each company.
    package let number: Int64
    package let at: Instant
    package let actor: Actor.Kind
    package let actorID: UUID?
    /// Who acted, or whose API key did.
    package let person: ID<User>?
    /// The address that it came from, where it is known.
    package let remote: String?
    package let action: String
    package let subjectKind: String?
    package let subject: UUID?
    /// The number of the event that it was sealed from.
    package let event: Int64
    /// A JSON object. The hash is over this very text.
    package let detail: String
    /// The hash of the entry before it.
    package let previous: [UInt8]
    package let hash: [UInt8]

    /// What the first entry has before it.
    package static let noHash = [UInt8](repeating: 0, count: 32)

    /// Puts a draft behind the entry of hash `previous`.
    init(
        _ draft: AuditDraft, _ number: Int64, by person: ID<User>?, behind previous: [UInt8],
        of tenant: ID<Tenant>
    ) {
        let open = AuditEntry(draft, number, person, previous, hash: [])
        self.init(draft, number, person, previous, hash: open.digest(in: tenant))
    }

    private init(
        _ draft: AuditDraft, _ number: Int64, _ person: ID<User>?, _ previous: [UInt8],
        hash: [UInt8]
    ) {
        self.number = number
        at = draft.at
        actor = draft.actor
        actorID = draft.actorID
        self.person = person
        remote = draft.remote
        action = draft.action
        subjectKind = draft.subjectKind
        subject = draft.subject
        event = draft.place.number
        detail = draft.detail
        self.previous = previous
        self.hash = hash
    }
}

extension AuditEntry {
    /// Names this way of writing an entry down; another way gets another name.
    private static let encoding = "iperform-audit-1"

    /// SHA-256 over all of the entry: the fields below in this order, each as the number of its
    /// UTF-8 bytes, a colon, the text and a comma, or as `-,` when there is none. Ids are in
    /// their lower-case 36 characters, the moment in microseconds since 1970, hashes in
    /// lower-case hexadecimal.
    func digest(in tenant: ID<Tenant>) -> [UInt8] {
        let fields: [String?] = [
            Self.encoding, tenant.description, String(number), String(at.microseconds),
            actor.rawValue, actorID.map(UUIDv7.text), person?.description, remote, action,
            subjectKind, subject.map(UUIDv7.text), String(event), detail, previous.hexadecimal,
        ]
        var bytes: [UInt8] = []
        for field in fields {
            guard let field else {
                bytes += "-,".utf8
                continue
            }
            bytes += "\(field.utf8.count):\(field),".utf8
        }
        return Array(SHA256.hash(data: bytes))
    }
}

extension AuditEntry: RowDecodable {
    package static let columns: SQL = """
        number, at, actor_kind, actor_id, person_id, remote, action, subject_kind, subject_id,
        event_seq, detail, previous, hash
        """

    package init(row: inout Row) throws {
        number = try row.next()
        at = try row.next()
        actor = try row.next()
        actorID = try row.next()
        person = try row.next()
        remote = try row.next()
        action = try row.next()
        subjectKind = try row.next()
        subject = try row.next()
        event = try row.next()
        detail = try row.next()
        previous = try row.next()
        hash = try row.next()
    }

    /// In the order of `columns`.
    var values: [SQLValue] {
        [
            number.sqlValue, at.sqlValue, actor.sqlValue, actorID?.sqlValue ?? .null,
            person?.sqlValue ?? .null, remote?.sqlValue ?? .null, action.sqlValue,
            subjectKind?.sqlValue ?? .null, subject?.sqlValue ?? .null, event.sqlValue,
            detail.sqlValue, previous.sqlValue, hash.sqlValue,
        ]
    }
}

extension [UInt8] {
    package var hexadecimal: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
