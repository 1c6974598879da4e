import CRM
import DatabaseSupport
import Foundation
import HTTPTypes
import Storage
import TestSupport
import Testing

@Suite struct CalendarRoutesTests {
    private static let path = "/api/v1/calendar"
    private static let week: JSON = [
        "monday": [["from": "09:00", "to": "12:30"], ["from": "13:00", "to": "24:00"]],
        "tuesday": [], "wednesday": [], "thursday": [], "friday": [], "saturday": [], "sunday": [],
    ]

    @Test(arguments: EngineKind.allCases)
    func `a company works the usual week until it says otherwise`(on engine: EngineKind)
        async throws
    {
        try await World.with(engine) { world in
            let usual = try await world.ada.get(Self.path)
            #expect(usual.json["time_zone"] == "UTC")
            #expect(usual.json["week"]?["friday"] == [["from": "09:00", "to": "18:00"]])
            #expect(usual.json["week"]?["sunday"] == [])
            let wanted: JSON = [
                "time_zone": "Europe/Berlin", "week": Self.week,
                "holidays": [["on": "2026-12-25", "name": "Christmas"]],
            ]
            let put = try await world.ada.put(Self.path, wanted)
            #expect(put.status == 200, "\(put.text)")
            #expect(put.json == wanted)
            #expect(try await world.ada.get(Self.path).json == wanted)
            let page = try await world.ada.page("/settings/speed")
            #expect(page.text.contains("value=\"09:00–12:30, 13:00–24:00\""))
            #expect(page.text.contains("2026-12-25 Christmas"))
            #expect(try await world.eve.get(Self.path).json == usual.json)
            let kept = try await world.asking(world.ada) { try await Calendars($0).ofCompany() }
            #expect(kept.zone.identifier == "Europe/Berlin")
            #expect(kept.week[0].map(\.closes) == [750, 1440])
            #expect(kept.holidays.map(\.name) == ["Christmas"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `every wrong member is named, and nobody replaces what they have not seen`(
        on engine: EngineKind
    ) async throws {
        try await World.with(engine) { world in
            let wrong = try await world.ada.put(
                Self.path,
                [
                    "time_zone": "Europe/Nowhere",
                    "week": [
                        "monday": [["from": "9", "to": "24:01"]],
                        "tuesday": [["from": "10:00", "to": "10:00"]],
                        "friday": [
                            ["from": "09:00", "to": "12:00"], ["from": "11:00", "to": "13:00"],
                        ],
                    ],
                    "holidays": [["on": "2026-12-25", "name": " "]],
                ])
            #expect(
                wrong.faults == [
                    "time_zone", "week.monday[0].from", "week.monday[0].to", "week.tuesday[0].to",
                    "week.friday", "holidays[0].name",
                ])
            let empty = try await world.ada.put(Self.path, ["week": [:]])
            #expect(empty.faults == ["week"])
            let stale = try await world.ada.browser.send(
                .put, Self.path, ["week": Self.week], headers: [.ifMatch: "\"1\""])
            #expect(stale.status == 412)
            #expect(try await world.max.put(Self.path, ["week": Self.week]).status == 403)
        }
    }
}
