import Storage
import Tenancy
import Web

extension OpenWork {
    private static let count = Schema.integer(0...Int64.max)

    static let schema = Schema.named(
        "OpenWork",
        .object([
            .init(
                "leads",
                .object(
                    Stage.Status.allCases.map { .init($0.rawValue, count, required: true) }),
                required: true, "That they own, by class; won and lost ones stay theirs."),
            .init("follow_ups", count, required: true, "Open ones, on whosever leads."),
            .init("shares", count, required: true, "Open leads of others that they have too."),
            .init("teams", count, required: true, "That they manage."),
            .init("reports", count, required: true, "People who report to them."),
            .init(
                "manager",
                .optional(
                    .object([
                        .init("id", .id, required: true),
                        .init("name", .text(max: 200), required: true),
                    ])), required: true,
                "Whom they report to, or whose team they are in: gets their teams and people."),
            .init("needs_hand_over", .boolean, required: true, "Whether to say where it goes."),
        ]))

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("leads") { writer in
                writer.object { body in
                    for status in Stage.Status.allCases {
                        body.member(status.rawValue, leads[status, default: 0])
                    }
                }
            }
            body.member("follow_ups", followUps)
            body.member("shares", shares)
            body.member("teams", teams)
            body.member("reports", reports)
            if let superior {
                body.member("manager") { writer in
                    writer.object {
                        $0.member("id", superior.id)
                        $0.member("name", superior.name)
                    }
                }
            } else {
                body.member("manager", JSON.null)
            }
            body.member("needs_hand_over", needsHandOver)
        }
    }
}

extension TeamMembership {
    static let listSchema = Schema.object([
        .init(
            "data",
            .list(
                .object([
                    .init("team", .id, required: true, "Perhaps of a team that is gone."),
                    .init("name", .text(max: 120), required: true),
                    .init("from", .instant, required: true),
                    .init(
                        "until", .optional(.instant), required: true,
                        "Exclusive; null for the team they are in."),
                ]), max: 1000), required: true)
    ])

    func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("team", team)
            body.member("name", teamName)
            body.member("from", from)
            body.member("until", until)
        }
    }
}
