import Foundation
import Storage
import Tenancy
import Web

extension BusinessCalendar {
    static let weekdays = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]
    static let slotsMax = 6
    static let holidaysMax = 500
    private static let nameMax = 80

    static let schema = Schema.named(
        "BusinessCalendar",
        .object([
            .init(
                "time_zone", .optional(.text(max: 60)),
                "IANA name; left out or null, it is the company's."),
            .init(
                "week",
                .object(
                    weekdays.map { .init($0, .list(slotSchema, max: slotsMax)) }),
                required: true, "A day that is left out is free."),
            .init(
                "holidays",
                .list(
                    .object([
                        .init("on", .day, required: true),
                        .init("name", .text(max: nameMax), required: true),
                    ]), max: holidaysMax), "Days on which nobody works."),
        ]))

    private static let slotSchema = Schema.object([
        .init("from", .text(max: 10), required: true, "`09:00`"),
        .init("to", .text(max: 10), required: true, "`18:00`; `24:00` is the end of the day."),
    ])

    /// As the API reads and takes it: what is read can be sent back.
    var whole: WholeList {
        WholeList { writer in
            writer.object { body in
                body.member("time_zone", zoneName)
                body.member("week", weekJSON)
                body.member("holidays", holidaysJSON)
            }
        }
    }

    /// IANA name. Foundation calls UTC by another.
    var zoneName: String { zone.identifier == "GMT" ? "UTC" : zone.identifier }

    /// As it is kept, too.
    var weekJSON: JSON {
        let days = zip(Self.weekdays, week).map { name, slots in
            let times = slots.map { slot -> JSON in
                [
                    "from": .string(Self.time(slot.opens)), "to": .string(Self.time(slot.closes)),
                ]
            }
            return (name, JSON.array(times))
        }
        return .object(Dictionary(days) { first, _ in first })
    }

    var holidaysJSON: JSON {
        .array(
            holidays.map { ["on": .string($0.day.text), "name": .string($0.name)] })
    }

    /// `09:00`
    static func time(_ minutes: Int) -> String {
        let (hour, minute) = (minutes / 60, minutes % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    /// Minutes since midnight; nil for what is no time of a day.
    private static func minutes(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard bytes.count == 5, bytes[2] == UInt8(ascii: ":") else { return nil }
        let digits = [0, 1, 3, 4].map { Int(bytes[$0]) - 48 }
        guard digits.allSatisfy((0...9).contains) else { return nil }
        let (hour, minute) = (digits[0] * 10 + digits[1], digits[2] * 10 + digits[3])
        let minutes = hour * 60 + minute
        return minute < 60 && minutes <= 1440 ? minutes : nil
    }

    /// From the columns that keep it.
    init(zone: TimeZone, weekJSON: String?, holidaysJSON: String?) throws {
        guard let weekJSON else {
            self = .usual(zone: zone)
            return
        }
        let kept = Fields([
            "week": try JSON(parsing: weekJSON),
            "holidays": try JSON(parsing: holidaysJSON ?? "[]"),
        ])
        self = try BusinessCalendar(kept, zone: zone)
    }

    /// - Parameter zone: The one that is meant when none is named.
    /// - Throws: `Problem.invalid` naming every member that is wrong.
    init(_ input: Fields, zone: TimeZone) throws {
        var faults: [Problem.Fault] = []
        var meant = zone
        if let name = input.text("time_zone") {
            if TimeZone.knownTimeZoneIdentifiers.contains(name) || name == "UTC",
                let named = TimeZone(identifier: name)
            {
                meant = named
            } else {
                faults.append(.init("time_zone", "Give an IANA name like Europe/Berlin."))
            }
        }
        let days = input.fields("week") ?? Fields([:])
        let week = Self.weekdays.map { Self.slots(days.list($0) ?? [], of: $0, &faults) }
        if faults.isEmpty, week.allSatisfy(\.isEmpty) {
            faults.append(.init("week", "Give at least one slot, or nothing is ever due."))
        }
        let holidays = (input.list("holidays") ?? []).enumerated().compactMap { index, input in
            Self.holiday(input, at: "holidays[\(index)]", &faults)
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        self.init(zone: meant, week: week, holidays: holidays)
    }

    private static func slots(
        _ list: [Fields], of day: String, _ faults: inout [Problem.Fault]
    ) -> [Slot] {
        var slots: [Slot] = []
        for (index, input) in list.enumerated() {
            let path = "week.\(day)[\(index)]"
            let opens = input.text("from").flatMap(minutes)
            let closes = input.text("to").flatMap(minutes)
            if opens == nil { faults.append(.init("\(path).from", "Give a time like 09:00.")) }
            if closes == nil { faults.append(.init("\(path).to", "Give a time like 18:00.")) }
            guard let opens, let closes else { continue }
            if closes <= opens {
                faults.append(.init("\(path).to", "A slot ends after it begins."))
            }
            slots.append(Slot(opens, closes))
        }
        let ordered = slots.sorted { $0.opens < $1.opens }
        if zip(ordered, ordered.dropFirst()).contains(where: { $0.closes > $1.opens }) {
            faults.append(.init("week.\(day)", "No slot may lie over another."))
        }
        return ordered
    }

    private static func holiday(
        _ input: Fields, at path: String, _ faults: inout [Problem.Fault]
    ) -> Holiday? {
        let name = input.text("name") ?? ""
        if name.isEmpty { faults.append(.init("\(path).name", "A name is needed.")) }
        return input.day("on").map { Holiday($0, name) }
    }
}
