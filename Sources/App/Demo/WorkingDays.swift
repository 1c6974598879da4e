import Storage

/// When the people of the demo company work: weekdays, by the clock of their company, which is
/// UTC. Today is always a working day, so that there is something to do whenever one looks.
struct WorkingDays: Sendable {
    let now: Instant

    private static let opens = 8 * 60 + 30
    private static let closes = 17 * 60 + 30
    private static let minutesADay = 24 * 60

    var today: Day { now.day() }

    func isWorking(_ day: Day) -> Bool {
        // Day 0 was a Thursday; counted from Monday, it is 3.
        day == today || (day.number + 3) % 7 < 5
    }

    /// The day itself, or the first working one after it.
    func working(_ day: Day) -> Day {
        var day = day
        while !isWorking(day) { day = Day(number: day.number + 1) }
        return day
    }

    func moment(_ day: Day, minutes: Int) -> Instant {
        day.start.adding(seconds: minutes * 60)
    }

    /// A half hour of the working day `days` from the one of `moment`; later than it in any case.
    func due(after moment: Instant, days: Int, _ random: inout SplitMix64) -> Instant {
        let halfHours = (Self.closes - Self.opens) / 30
        var day = working(Day(number: moment.day().number + days))
        var due = self.moment(day, minutes: Self.opens + random.within(0...halfHours) * 30)
        if due <= moment {
            day = working(Day(number: day.number + 1))
            due = self.moment(day, minutes: Self.opens + random.within(0...halfHours) * 30)
        }
        return due
    }

    /// The moment so many minutes on, or, when nobody works then, the next morning.
    func atWork(after moment: Instant, minutes: Int, _ random: inout SplitMix64) -> Instant {
        let later = moment.adding(seconds: minutes * 60)
        let day = later.day()
        let minute = later.seconds(since: day.start) / 60
        if isWorking(day), (Self.opens...Self.closes).contains(minute) { return later }
        let isEarly = isWorking(day) && minute < Self.opens
        let next = isEarly ? day : working(Day(number: day.number + 1))
        return self.moment(next, minutes: Self.opens + random.within(3...110))
            .adding(seconds: random.within(0...59))
    }
}
