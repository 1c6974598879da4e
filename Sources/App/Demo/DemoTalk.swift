import CRM
import Storage

/// A kind of activity and what it was about: what decides its outcome, length and notes.
struct DemoTalk: Sendable {
    enum Topic: Sendable {
        case connected, noAnswer, leftMessage, introduction, chase, replied, booked, declined
        case callback, details, demo, postponed, questions, proposal, price, integration
        case contract, signed, handover
    }

    let kind: Activity.Kind
    let topic: Topic

    static func call(_ topic: Topic) -> DemoTalk { DemoTalk(kind: .call, topic: topic) }
    static func email(_ topic: Topic) -> DemoTalk { DemoTalk(kind: .email, topic: topic) }
    static func whatsApp(_ topic: Topic) -> DemoTalk { DemoTalk(kind: .whatsapp, topic: topic) }
    static func meeting(_ topic: Topic) -> DemoTalk { DemoTalk(kind: .meeting, topic: topic) }
    static func note(_ topic: Topic) -> DemoTalk { DemoTalk(kind: .note, topic: topic) }

    /// How often something is written down.
    var noted: Double {
        switch topic {
        case .noAnswer, .leftMessage: 0.25
        case .introduction, .chase: 0.5
        default: 0.92
        }
    }

    func activity(at moment: Instant, notes: String?, _ random: inout SplitMix64) -> Activity {
        Activity(
            kind: kind, outcome: outcome, notes: kind == .note ? notes ?? "Handed over." : notes,
            durationMinutes: minutes(&random), at: moment)
    }

    /// What is next is mostly a call; after mail, sometimes mail.
    func nextKind(_ random: inout SplitMix64) -> NextStep.Kind {
        random.pick([(6, .call), (kind == .email ? 4 : 2, .email), (2, .whatsapp)])
    }

    private var outcome: String? {
        switch (kind, topic) {
        case (.call, .noAnswer): "no_answer"
        case (.call, .leftMessage): "left_message"
        case (.call, _): "connected"
        case (.whatsapp, .replied): "replied"
        case (.email, _), (.whatsapp, _): "sent"
        case (.meeting, _): "held"
        case (.note, _): nil
        }
    }

    private func minutes(_ random: inout SplitMix64) -> Int? {
        switch (kind, topic) {
        case (.call, .noAnswer), (.call, .leftMessage): nil
        case (.call, _): random.within(3...24)
        case (.meeting, _): random.pick([30, 45, 45, 60])
        default: nil
        }
    }
}
