import Storage
import Tenancy

/// A wish to move a lead to another stage, with what the target asks for.
package struct Move: Sendable, Equatable {
    package var to: String
    package var lostReason: LostReason?
    package var lostNote: String?
    package var resumeOn: Day?
    package var demoAt: Instant?
    package var note: String?

    package init(
        to: String, lostReason: LostReason? = nil, lostNote: String? = nil, resumeOn: Day? = nil,
        demoAt: Instant? = nil, note: String? = nil
    ) {
        self.to = to
        self.lostReason = lostReason
        self.lostNote = lostNote
        self.resumeOn = resumeOn
        self.demoAt = demoAt
        self.note = note
    }
}

/// Why a lead was lost.
package enum LostReason: String, Sendable, CaseIterable, SQLConvertible {
    case priceTooHigh = "price_too_high"
    case competitor
    case budget
    case timing
    case featureGaps = "feature_gaps"
    case other

    package var label: String {
        switch self {
        case .priceTooHigh: "Price too high"
        case .competitor: "Went with a competitor"
        case .budget: "Budget constraints"
        case .timing: "Timing not right"
        case .featureGaps: "Feature gaps"
        case .other: "Other reason"
        }
    }
}

extension Pipeline {
    /// How a move goes, when it may.
    package enum Kind: String, Sendable {
        case forward, back, hold, resume, lose, win, reactivate
    }

    /// The table of moves.
    ///
    /// | from \ to | open stage | on hold | won | lost |
    /// |---|---|---|---|---|
    /// | open stage | any later; the one before | yes | yes | yes |
    /// | on hold | the one it was held from | – | – | yes |
    /// | won | – | – | – | – |
    /// | lost | any (reactivation) | – | – | – |
    ///
    /// - Throws: `Problem.conflict` with what would be allowed.
    package func kind(from: Stage, to: Stage, heldFrom: String?) throws -> Kind {
        switch (from.status, to.status) {
        case (.open, .open):
            if to.position > from.position { return .forward }
            if to.key == before(from)?.key { return .back }
        case (.open, .onHold): return .hold
        case (.open, .won): return .win
        case (.open, .lost), (.onHold, .lost): return .lose
        case (.onHold, .open): if to.key == heldFrom { return .resume }
        case (.lost, .open): return .reactivate
        default: break
        }
        throw Problem.conflict(refusal(from: from, to: to, heldFrom: heldFrom))
    }

    private func refusal(from: Stage, to: Stage, heldFrom: String?) -> String {
        if from.key == to.key { return "The lead is in \(to.name) already." }
        switch from.status {
        case .open:
            let before = before(from)?.name
            let back = before.map { ", back to \($0)" } ?? ""
            return "From \(from.name) a lead goes forward\(back), on hold, or to won or lost."
        case .onHold:
            let held = heldFrom.flatMap { self[$0]?.name } ?? "the stage it came from"
            return "A lead on hold goes back to \(held), or is lost."
        case .won: return "A won lead is a customer; it does not move any more."
        case .lost: return "A lost lead is reactivated into an open stage."
        }
    }

    private func before(_ stage: Stage) -> Stage? {
        open.last { $0.position < stage.position }
    }

    /// The open stages that a forward move leaves out.
    package func skipped(from: Stage, to: Stage) -> [Stage] {
        open.filter { $0.position > from.position && $0.position < to.position }
    }
}

extension Move {
    /// What the target asks for and the move does not have. All of it, so that one dialog can
    /// ask for it. `today` is the tenant's.
    package func missing(_ kind: Pipeline.Kind, today: Day) -> [Problem.Fault] {
        var faults: [Problem.Fault] = []
        if to == Stage.demoScheduled, kind != .back, kind != .resume, demoAt == nil {
            faults.append(.init("demo_at", "Say when the demo takes place."))
        }
        switch kind {
        case .lose:
            if lostReason == nil {
                faults.append(.init("lost_reason", "Choose why the lead was lost."))
            }
            if lostReason == .other, lostNote == nil {
                faults.append(.init("lost_note", "Say in a few words why it was lost."))
            }
        case .hold:
            if let resumeOn {
                if resumeOn < today {
                    faults.append(.init("resume_on", "Choose a day that is not over."))
                }
            } else {
                faults.append(.init("resume_on", "Say when to take it up again."))
            }
        case .reactivate:
            if note == nil { faults.append(.init("note", "Say what has changed.")) }
        case .forward, .back, .resume, .win:
            break
        }
        return faults
    }
}
