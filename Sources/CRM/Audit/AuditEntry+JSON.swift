import Foundation
import Storage
import Tenancy
import Web

extension AuditEntry {
    /// With all that its hash is over.
    func write(to writer: inout JSONWriter, of tenant: ID<Tenant>) {
        writer.object { body in
            body.member("tenant", tenant)
            body.member("number", number)
            body.member("at", at)
            body.member("actor_kind", actor.rawValue)
            body.member("actor", actorID.map(UUIDv7.text))
            body.member("person", person)
            body.member("remote", remote)
            body.member("action", action)
            body.member("subject_kind", subjectKind)
            body.member("subject", subject.map(UUIDv7.text))
            body.member("event", event)
            body.member("detail", detail)
            body.member("previous", previous.hexadecimal)
            body.member("hash", hash.hexadecimal)
        }
    }

    private static let hashSchema = Schema.text(max: 64)

    static let schema = Schema.named(
        "AuditEntry",
        .object([
            .init("tenant", .id, required: true, "The company: its hash is over that as well."),
            .init("number", .integer(1...Int64.max), required: true, "1, 2, 3 … of the company."),
            .init("at", .instant, required: true),
            .init("actor_kind", .choice(Actor.Kind.allCases.map(\.rawValue)), required: true),
            .init("actor", .optional(.id), required: true, "The user, key, form or import."),
            .init("person", .optional(.id), required: true, "Who acted, or whose key did."),
            .init(
                "remote", .optional(.text(max: 200)), required: true, "The address it came from."),
            .init("action", .text(max: 200), required: true, "As sign_in.failed."),
            .init("subject_kind", .optional(.text(max: 200)), required: true),
            .init("subject", .optional(.id), required: true),
            .init("event", .integer(1...Int64.max), required: true, "What it was sealed from."),
            .init(
                "detail", .text(max: 4000), required: true,
                "A JSON object as text: the hash is over these very bytes."),
            .init("previous", hashSchema, required: true, "The hash of the entry before."),
            .init("hash", hashSchema, required: true, "SHA-256, in hexadecimal."),
        ]))
}
