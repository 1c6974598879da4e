import Views

enum SpeedSamples {
    static var speed: SpeedPage {
        return SpeedPage(
            targetMinutes: 60, isActive: true, version: 7,
            calendar: CalendarForm(
                zone: "Europe/Berlin", zones: ["Asia/Kolkata", "Europe/Berlin"],
                days: WeekdayHours.none.map { day in
                    day.key.hasPrefix("s")
                        ? day : WeekdayHours(day.key, hours: "09:00–12:30, 13:00–18:00")
                }, holidays: "2026-12-25 <Christmas>", version: 9))
    }

    static var score: ScorePage {
        ScorePage(
            features: [
                Choice("source", "Source", isSelected: true), Choice("custom.erp", "ERP & more"),
            ], version: 3, decided: 37, needed: 100, rebuilt: "Made anew 3 h ago",
            quality: ScoreQualityTable(
                right: "81 %", heldOut: 1240,
                rows: (0..<10).map { band in
                    .init(
                        "\(band * 10) to \(band * 10 + 10)", leads: band == 4 ? 0 : 124,
                        expectedPercent: band * 10 + 5, wonPercent: band * 10 + 3)
                }))
    }
}
