import Foundation
import Storage
import Tenancy
import Web

extension [AssignmentMember] {
    static let schema = Schema.named(
        "AssignmentMembers",
        .object([
            .init(
                "members", .list(AssignmentMember.schema, max: AssignmentMembers.max),
                required: true, "Who is left out is as usual.")
        ]))

    /// As the API reads and takes them: what is read can be sent back.
    var whole: WholeList {
        WholeList { writer in
            writer.object { body in
                body.member("members", objects: self) { $1.write(to: &$0) }
            }
        }
    }

    /// - Throws: `Problem.invalid` naming every member that is wrong.
    init(_ input: Fields) throws {
        var faults: [Problem.Fault] = []
        self = (input.list("members") ?? []).enumerated().compactMap { index, input in
            AssignmentMember(input, at: "members[\(index)]", &faults)
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
    }
}

extension AssignmentMember {
    private static let most: ClosedRange<Int64> = 0...100_000

    fileprivate static let schema = Schema.object([
        .init("user", .id, required: true),
        .init("name", .text(max: 200), "Told; what is sent is not heeded."),
        .init("weight", .integer(0...100), "Turns to one of a colleague with 1; 1 unless told."),
        .init("skills", .list(.text(max: 60), max: 50)),
        .init("languages", .list(.text(max: 20), max: 50), "Tags like `en` or `pt-BR`."),
        .init("day_max", .optional(.integer(most)), "Leads by rule a day of the company's clock."),
        .init("week_max", .optional(.integer(most)), "From Monday."),
        .init("open_max", .optional(.integer(most)), "Open leads at which they get no more."),
        .init(
            "paid_back", .boolean,
            "Turns that pass while they are away are given back, "
                + "\(Int(Turns.owedMax)) of them at most, at double pace."),
        .init(
            "week", .optional(weekSchema),
            "Their own working hours, on the company's clock and without its holidays; null for "
                + "the company's."),
    ])

    private static let weekSchema =
        BusinessCalendar.schema.fields.first { $0.name == "week" }?.schema ?? .map(.any)

    fileprivate init?(_ input: Fields, at path: String, _ faults: inout [Problem.Fault]) {
        guard let user: ID<User> = input.id("user") else { return nil }
        self.init(user, name: input.text("name") ?? "")
        weight = input.integer("weight").map { Int($0) } ?? 1
        skills = (input.texts("skills") ?? []).removingDuplicates()
        languages = (input.texts("languages") ?? []).removingDuplicates()
        dayMax = input.integer("day_max").map { Int($0) }
        weekMax = input.integer("week_max").map { Int($0) }
        openMax = input.integer("open_max").map { Int($0) }
        isPaidBack = input.bool("paid_back") ?? false
        guard let week = input.fields("week") else { return }
        do {
            self.week = try BusinessCalendar(Fields(["week": week.json]), zone: .gmt).week
        } catch Problem.invalid(let found) {
            faults += found.map { .init("\(path).\($0.field)", $0.message) }
        } catch {
            faults.append(.init("\(path).week", "These are no working hours."))
        }
    }

    fileprivate func write(to body: inout JSONWriter) {
        body.member("user", user)
        body.member("name", name)
        body.member("weight", weight)
        body.member("skills", .array(skills.map(JSON.string)))
        body.member("languages", .array(languages.map(JSON.string)))
        body.member("day_max", dayMax)
        body.member("week_max", weekMax)
        body.member("open_max", openMax)
        body.member("paid_back", isPaidBack)
        body.member("week", week.map { BusinessCalendar(zone: .gmt, week: $0).weekJSON } ?? .null)
    }
}
