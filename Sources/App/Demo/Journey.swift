import CRM
import Storage

/// What happens with one prospect, from its arrival until it is won, lost, or waits for what
/// is due next.
///
/// A walk through the pipeline: at each stage something is done, and by chance the lead goes
/// on, stays, is put on hold, is lost or is won. What would be done after now is not done; it
/// stands as the open follow-up, which is how some are due today and some later. A few are
/// forgotten, and so overdue.
struct Journey {
    let prospect: Prospect
    let days: WorkingDays
    private(set) var steps: [DemoStep] = []
    var random: SplitMix64
    var stage = "open"
    /// Where it was when it was put on hold.
    var held = "connected"
    /// Tries at this stage.
    var tries = 0
    private var isKnown: Bool

    private static let stepsMax = 40
    /// The few that the founder takes over herself.
    private static let founders = (longAgo: 0.02, lately: 0.13)
    private static let managers = (longAgo: 0.03, lately: 0.1)

    static func steps(of prospect: Prospect, _ days: WorkingDays) -> [DemoStep] {
        var journey = Journey(prospect: prospect, days: days)
        journey.walk()
        return journey.steps
    }

    private init(prospect: Prospect, days: WorkingDays) {
        self.prospect = prospect
        self.days = days
        random = SplitMix64(seed: UInt64(prospect.number) &* 7919 &+ 42)
        isKnown = ![.facebook, .webForm].contains(prospect.source)
    }

    private mutating func walk() {
        arrive()
        if let imported = prospect.imported {
            stage = imported.stage
            guard imported.closedAt == nil else { return }
        }
        var due: Instant? = firstTouch()
        plan(due)
        while steps.count < Self.stepsMax, let planned = due, let moment = done(planned) {
            due = act(at: moment)
        }
    }

    private mutating func arrive() {
        let message: String? =
            switch prospect.source {
            case .webForm: random.pick(DemoPhrases.formMessages)
            case .manual: random.pick(DemoPhrases.manualNotes)
            case .referral: random.pick(DemoPhrases.referralNotes)
            case .facebook, .partner, .importRun: nil
            }
        add(.arrive(message: message.map(filled)), at: prospect.arrivedAt)
        if random.chance(0.06) {
            let again = prospect.arrivedAt.adding(seconds: random.within(2...40) * 80_000)
            if again < days.now {
                add(.returnByForm(message: filled(random.pick(DemoPhrases.again))), at: again)
            }
        }
        reassign()
    }

    private mutating func reassign() {
        let soon = prospect.arrivedAt.adding(seconds: random.within(300...2400))
        guard soon < days.now, prospect.imported == nil else { return }
        let isLate = days.today.number - prospect.arrivedAt.day().number < 45
        if random.chance(isLate ? Self.founders.lately : Self.founders.longAgo) {
            add(.assign(to: .asha, reason: random.pick(DemoPhrases.founderReasons)), at: soon)
        } else if random.chance(isLate ? Self.managers.lately : Self.managers.longAgo) {
            let isWest = prospect.territory == "North America"
            add(
                .assign(
                    to: isWest ? .daniel : .mei, reason: random.pick(DemoPhrases.managerReasons)),
                at: soon)
        }
    }

    /// Some look at what came in and put the first call into their day.
    private mutating func plan(_ due: Instant?) {
        let seen = days.atWork(after: prospect.arrivedAt, minutes: random.within(15...70), &random)
        guard let due, due > seen, seen < days.now, random.chance(0.75) else { return }
        let kind = random.pick([(5, NextStep.Kind.call), (2, .email), (1, .whatsapp)])
        let notes = random.chance(0.3) ? random.pick(DemoPhrases.firstSteps) : nil
        // People plan by the half hour.
        let half = Instant(microseconds: due.microseconds / 1_800_000_000 * 1_800_000_000)
        add(.plan(NextStep(kind: kind, at: max(half, seen), notes: notes)), at: seen)
    }

    private mutating func firstTouch() -> Instant {
        // Some answer within minutes, some the next day.
        let minutes = random.pick([(5, 6), (5, 25), (5, 90), (5, 360), (5, 1500)])
        return days.atWork(
            after: prospect.arrivedAt, minutes: minutes + random.within(0...minutes), &random)
    }

    /// When what was planned gets done; nil when it is not done yet.
    private mutating func done(_ planned: Instant) -> Instant? {
        let isSlow = random.chance(0.1)
        let moment = planned.adding(seconds: random.within(30...2300))
        let late = isSlow ? days.atWork(after: moment, minutes: 1440, &random) : moment
        let ageDays = days.today.number - planned.day().number
        let forgotten = random.unit()
        guard late <= days.now else { return nil }
        let probability = ageDays == 0 ? 0.65 : ageDays < 6 ? 0.2 : ageDays < 26 ? 0.05 : 0
        return forgotten < probability ? nil : late
    }

    mutating func add(_ deed: DemoStep.Deed, at moment: Instant) {
        steps.append(DemoStep(at: moment, prospect: prospect.number, deed: deed))
    }

    /// Logs a talk and returns when the next is due.
    mutating func log(
        _ talk: DemoTalk, at moment: Instant, next days: ClosedRange<Int>? = nil, move: Move? = nil
    ) -> Instant? {
        let due = days.map { self.days.due(after: moment, days: random.within($0), &random) }
        let next = due.map { NextStep(kind: talk.nextKind(&random), at: $0, notes: nextNote()) }
        add(
            .log(talk.activity(at: moment, notes: note(talk), &random), next: next, move: move),
            at: moment)
        if let move {
            stage = move.to
            tries = 0
        } else {
            tries += 1
        }
        return due
    }

    /// What the first real talk tells is written into the lead, once.
    mutating func learn(at moment: Instant) {
        guard !isKnown else { return }
        isKnown = true
        add(.fillIn, at: moment)
    }

    private mutating func note(_ talk: DemoTalk) -> String? {
        guard let phrases = DemoPhrases.notes[talk.topic], random.chance(talk.noted) else {
            return nil
        }
        return filled(random.pick(phrases))
    }

    private mutating func nextNote() -> String? {
        guard random.chance(0.45) else { return nil }
        return (DemoPhrases.nextNotes[stage] ?? DemoPhrases.nextNotes["open"]).map {
            random.pick($0)
        }
    }

    /// The phrase with this prospect's names in it.
    func filled(_ phrase: String) -> String {
        phrase.replacing("{first}", with: prospect.givenName)
            .replacing("{company}", with: prospect.company)
            .replacing(
                "{erp}", with: prospect.erp == "None yet" ? "their spreadsheets" : prospect.erp
            )
            .replacing("{product}", with: prospect.product)
    }
}
