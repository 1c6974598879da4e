import Storage
import Tenancy
import Web

extension User {
    /// The person as the API gives it. `extra` adds members of the answer it is part of.
    func write(to writer: inout JSONWriter, extra: (inout JSONWriter) -> Void = { _ in }) {
        writer.object { body in
            body.member("id", id)
            body.member("name", name)
            body.member("email", email)
            body.member("role", role.rawValue)
            body.member("custom_role", customRole)
            body.member("team", team)
            body.member("manager", manager)
            body.member("partner", partner)
            body.member("territory", territory)
            body.member("away_until", awayUntil)
            body.member("active", isActive)
            body.member("version", version)
            body.member("created_at", createdAt)
            extra(&body)
        }
    }

    static let fields: [Schema.Field] = [
        .init("id", .id, required: true), .init("name", .text(max: 120), required: true),
        .init("email", .text(max: 254), required: true),
        .init("role", .choice(Role.allCases.map(\.rawValue)), required: true),
        .init(
            "custom_role", .optional(.id), required: true,
            "What your company made of the role, where the person has that."),
        .init("team", .optional(.id), required: true),
        .init("manager", .optional(.id), required: true, "Whom the person reports to."),
        .init("partner", .optional(.id), required: true, "The company of a partner's person."),
        .init("territory", .optional(.text(max: 120)), required: true),
        .init(
            "away_until", .optional(.instant), required: true,
            "Gets no leads by rule until then."),
        .init("active", .boolean, required: true),
        .init("version", .integer(1...Int64.max), required: true),
        .init("created_at", .instant, required: true),
    ]

    static let schema = Schema.named("User", .object(fields))
}

extension Role {
    /// What one may make somebody else: everything but the role above all companies.
    static let grantable = allCases.filter { $0 != .platformOperator }
}

extension NewUser {
    static let schema = Schema.named(
        "NewUser",
        .object([
            .init("name", .text(max: 120), required: true),
            .init("email", .text(max: 254), required: true, "Kept in lower case."),
            .init("role", .choice(Role.grantable.map(\.rawValue)), required: true),
            .init("custom_role", .optional(.id), "One that is made of `role`."),
            .init(
                "password", .text(max: PasswordPolicy.lengths.upperBound),
                "Without one a link to choose it is mailed to the person."),
            .init("team", .optional(.id)), .init("manager", .optional(.id)),
            .init("partner", .optional(.id), "For the role partner only."),
            .init("territory", .optional(.text(max: 120))),
        ]))

    init(_ input: Fields, passwordHash: String?) throws {
        guard let role: Role = input.choice("role") else {
            throw Problem.invalid("role", "Say what the person is.")
        }
        self.init(
            email: input.text("email") ?? "", name: input.text("name") ?? "", role: role,
            passwordHash: passwordHash, team: input.id("team"),
            territory: input.text("territory"))
        customRole = input.id("custom_role")
        manager = input.id("manager")
        partner = input.id("partner")
    }
}

extension UserChange {
    private static let away = Schema.Field(
        "away_until", .optional(.instant),
        "A moment; or the last day of absence, in the company's time zone.")

    static let schema = Schema.named(
        "UserChange",
        .object([
            .init("name", .text(max: 120)), .init("email", .text(max: 254)),
            .init(
                "role", .choice(Role.grantable.map(\.rawValue)),
                "Another one ends the custom role, unless that is given too."),
            .init("custom_role", .optional(.id), "Comes with the role that it is made of."),
            .init("team", .optional(.id)), .init("manager", .optional(.id)),
            .init("partner", .optional(.id)), .init("territory", .optional(.text(max: 120))),
            .init("active", .boolean, "False signs the person out everywhere, API keys included."),
            .init(
                "hand_over", .optional(handOver),
                "With active false: where open leads, follow-ups and shares go. See open-work."),
            away,
        ]))

    private static let handOver = Schema.object([
        .init(
            "to", .choice(["user", "rules", "manager"]), required: true,
            "A person; whom the assignment rules say; or whom they report to."),
        .init("user", .optional(.id), "With `user`: who."),
    ])

    /// What people may change of themselves.
    static let ownSchema = Schema.object([.init("name", .text(max: 120)), away])

    init(_ input: Fields, _ time: LocalTime) {
        self.init(
            // Not `text`: an empty name is refused, not overlooked.
            email: input["email"]?.string, name: input["name"]?.string,
            role: input.choice("role"), active: input.bool("active"))
        if input.has("custom_role") { customRole = .some(input.id("custom_role")) }
        if input.has("team") { team = .some(input.id("team")) }
        if input.has("manager") { manager = .some(input.id("manager")) }
        if input.has("partner") { partner = .some(input.id("partner")) }
        if input.has("territory") { territory = .some(input.text("territory")) }
        if input.has("away_until") {
            awayUntil = .some(input["away_until"]?.string.flatMap(time.endOfAbsence))
        }
    }
}

extension Departure.Choice {
    /// Nil when `hand_over` is not there.
    init?(_ input: Fields) throws {
        guard let input = input.fields("hand_over") else { return nil }
        switch (input.text("to"), input.id("user") as ID<User>?) {
        case ("rules", nil): self = .rules
        case ("manager", nil): self = .superior
        case ("user", let user?): self = .user(user)
        case ("user", nil): throw Problem.invalid("hand_over.user", "Say who gets the work.")
        default: throw Problem.invalid("hand_over.user", "Only with `to` user is it a person's.")
        }
    }
}

extension LocalTime {
    /// When somebody is back who is away until this moment, or until the end of this day.
    func endOfAbsence(_ text: String) -> Instant? {
        Day(text).map { start(of: Day(number: $0.number + 1)) } ?? Instant(text)
    }

    /// The last day of an absence, as `endOfAbsence` takes it.
    func lastDay(ofAbsenceUntil end: Instant) -> Day {
        day(of: end.adding(seconds: -1))
    }
}
