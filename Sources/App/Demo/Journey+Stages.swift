import CRM
import Storage

extension Journey {
    /// Does what the stage asks for and returns when the next is due; nil at the end.
    mutating func act(at moment: Instant) -> Instant? {
        switch stage {
        case "open": approach(moment)
        case "first_contact": chase(moment)
        case "connected": qualify(moment)
        case "demo_scheduled": demonstrate(moment)
        case "demo_given": propose(moment)
        case "proposal_sent": negotiate(moment)
        case "negotiation": approve(moment)
        case "integration_approved": close(moment)
        case "on_hold": resume(moment)
        default: nil
        }
    }

    private mutating func approach(_ moment: Instant) -> Instant? {
        if random.chance(0.34) {
            learn(at: moment)
            return log(.call(.connected), at: moment, next: 1...4, move: Move(to: "connected"))
        }
        let talk: DemoTalk = random.pick([
            (4, .call(.noAnswer)), (2, .call(.leftMessage)), (3, .email(.introduction)),
            (3, .whatsApp(.introduction)),
        ])
        return log(talk, at: moment, next: 1...5, move: Move(to: "first_contact"))
    }

    private mutating func chase(_ moment: Instant) -> Instant? {
        if random.chance(0.44) {
            learn(at: moment)
            let talk: DemoTalk = random.chance(0.7) ? .call(.connected) : .whatsApp(.replied)
            return log(talk, at: moment, next: 2...5, move: Move(to: "connected"))
        }
        if tries >= 3 {
            return lose(moment, .call(.noAnswer), [(3, .timing), (4, .other), (1, .budget)])
        }
        let talk: DemoTalk = random.pick([
            (4, .call(.noAnswer)), (3, .email(.chase)), (3, .whatsApp(.chase)),
        ])
        return log(talk, at: moment, next: 2...6)
    }

    private mutating func qualify(_ moment: Instant) -> Instant? {
        switch random.unit() {
        case ..<0.49:
            let demo = days.due(after: moment, days: random.within(4...15), &random)
            _ = log(.call(.booked), at: moment, move: Move(to: "demo_scheduled", demoAt: demo))
            if random.chance(0.12) { add(.share, at: moment) }
            return demo
        case ..<0.61:
            return lose(
                moment, .call(.declined),
                [(3, .budget), (3, .timing), (2, .featureGaps), (1, .other)])
        case ..<0.66: return hold(moment)
        default:
            let talk: DemoTalk = random.pick([
                (4, .call(.callback)), (3, .email(.details)), (2, .whatsApp(.replied)),
            ])
            return log(talk, at: moment, next: 3...8)
        }
    }

    private mutating func demonstrate(_ moment: Instant) -> Instant? {
        if random.chance(0.86) {
            return log(.meeting(.demo), at: moment, next: 2...6, move: Move(to: "demo_given"))
        }
        if random.chance(0.5) {
            return lose(moment, .call(.declined), [(3, .competitor), (2, .timing)])
        }
        return log(.call(.postponed), at: moment, next: 2...5)
    }

    private mutating func propose(_ moment: Instant) -> Instant? {
        switch random.unit() {
        case ..<0.52:
            return log(.email(.proposal), at: moment, next: 4...11, move: Move(to: "proposal_sent"))
        case ..<0.66:
            return lose(
                moment, .call(.declined), [(3, .featureGaps), (3, .competitor), (2, .budget)])
        case ..<0.72: return hold(moment)
        default:
            let talk: DemoTalk = random.chance(0.5) ? .call(.questions) : .email(.details)
            return log(talk, at: moment, next: 3...7)
        }
    }

    private mutating func negotiate(_ moment: Instant) -> Instant? {
        switch random.unit() {
        case ..<0.40:
            return log(.call(.price), at: moment, next: 5...11, move: Move(to: "negotiation"))
        case ..<0.46: return win(moment)
        case ..<0.62:
            return lose(
                moment, .call(.declined), [(5, .priceTooHigh), (3, .competitor), (2, .budget)])
        case ..<0.66: return hold(moment)
        default:
            let talk: DemoTalk = random.pick([
                (4, .email(.chase)), (3, .call(.questions)), (2, .whatsApp(.chase)),
            ])
            return log(talk, at: moment, next: 5...11)
        }
    }

    private mutating func approve(_ moment: Instant) -> Instant? {
        switch random.unit() {
        case ..<0.45:
            return log(
                .meeting(.integration), at: moment, next: 6...14,
                move: Move(to: "integration_approved"))
        case ..<0.58:
            return lose(
                moment, .call(.declined), [(5, .priceTooHigh), (2, .competitor), (1, .other)])
        default:
            let talk: DemoTalk = random.chance(0.6) ? .call(.price) : .email(.contract)
            return log(talk, at: moment, next: 4...10)
        }
    }

    private mutating func close(_ moment: Instant) -> Instant? {
        switch random.unit() {
        case ..<0.58: win(moment)
        case ..<0.64: lose(moment, .call(.declined), [(2, .budget), (1, .other)])
        default: log(.email(.contract), at: moment, next: 6...14)
        }
    }

    private mutating func win(_ moment: Instant) -> Instant? {
        _ = log(.call(.signed), at: moment, move: Move(to: "won"))
        let later = days.due(after: moment, days: 1, &random)
        if later < days.now, random.chance(0.5) { _ = log(.note(.handover), at: later) }
        return nil
    }

    private mutating func lose(
        _ moment: Instant, _ talk: DemoTalk, _ reasons: [(weight: Double, LostReason)]
    ) -> Instant? {
        let reason = random.pick(reasons)
        let phrases = DemoPhrases.lost[reason.rawValue] ?? []
        let note = reason == .other || random.chance(0.6) ? filled(random.pick(phrases)) : nil
        _ = log(talk, at: moment, move: Move(to: "lost", lostReason: reason, lostNote: note))
        guard random.chance(0.07) else { return nil }
        let back = days.due(after: moment, days: random.within(24...70), &random)
        guard back < days.now else { return nil }
        let why = filled(random.pick(DemoPhrases.reactivated))
        return log(.email(.details), at: back, next: 1...3, move: Move(to: "connected", note: why))
    }

    private mutating func hold(_ moment: Instant) -> Instant? {
        held = stage
        let day = days.working(Day(number: moment.day().number + random.within(18...55)))
        let why = filled(random.pick(DemoPhrases.held))
        _ = log(
            .call(.callback), at: moment, move: Move(to: "on_hold", resumeOn: day, note: why))
        return days.moment(day, minutes: 9 * 60)
    }

    private mutating func resume(_ moment: Instant) -> Instant? {
        guard random.chance(0.6) else {
            return lose(moment, .call(.declined), [(3, .timing), (2, .budget), (2, .competitor)])
        }
        return log(.call(.connected), at: moment, next: 2...5, move: Move(to: held))
    }
}
