import Storage
import Tenancy

/// Somebody who takes leads: what they can take, and how much they have had.
struct Taker: Sendable, Equatable {
    let user: ID<User>
    let name: String
    /// Turns to one of a colleague with weight 1; with 0 they get none by turns.
    var weight = 1
    var skills: Set<String> = []
    var languages: Set<String> = []
    var dayMax: Int?
    var weekMax: Int?
    var openMax: Int?
    var awayUntil: Instant?
    /// Whether turns that pass while they are away are given back.
    var isPaidBack = false
    /// Their own; nil for the company's.
    var week: [[BusinessCalendar.Slot]]?
    var hours: BusinessCalendar?
    var dayLeads = 0
    var weekLeads = 0
    var openLeads = 0
    /// Leads given since they were loaded.
    var taken = 0
}

/// Why somebody is passed over.
enum Obstacle: Sendable, Equatable {
    case away, offHours, takesNoTurns, hadItBefore
    case dayFull(Int), weekFull(Int), openFull(Int)
    case lacks(String)
    case language(String)

    var words: String {
        switch self {
        case .away: "away"
        case .offHours: "outside working hours"
        case .takesNoTurns: "takes no turns"
        case .hadItBefore: "had it before"
        case .dayFull(let most): "\(most) of \(most) today"
        case .weekFull(let most): "\(most) of \(most) this week"
        case .openFull(let most): "\(most) of \(most) open leads"
        case .lacks(let skill): "lacks \(skill)"
        case .language(let language): "does not speak \(language)"
        }
    }
}

extension Taker {
    /// Nil for who can take the lead now.
    func obstacle(
        _ manner: AssignmentRule.Manner, _ draft: LeadDraft, at now: Instant
    ) -> Obstacle? {
        if isAway(at: now) { return .away }
        if manner.method == .weighted, weight == 0 { return .takesNoTurns }
        if let dayMax, dayLeads >= dayMax { return .dayFull(dayMax) }
        if let weekMax, weekLeads >= weekMax { return .weekFull(weekMax) }
        if let openMax, openLeads >= openMax { return .openFull(openMax) }
        if let skill = manner.skills.first(where: { !skills.contains($0.lowercased()) }) {
            return .lacks(skill)
        }
        if manner.speaksLanguage {
            let spoken = draft.languages
            if let first = spoken.first, languages.isDisjoint(with: spoken) {
                return .language(first)
            }
        }
        return nil
    }

    func isAway(at now: Instant) -> Bool { awayUntil.map { $0 > now } ?? false }

    /// What was counted of a day or a week that is over does not count.
    mutating func see(_ day: Day, become today: Day) {
        if day != today { dayLeads = 0 }
        if day.monday != today.monday { weekLeads = 0 }
    }

    mutating func beginAnew() {
        (awayUntil, dayLeads, weekLeads, openLeads, taken) = (nil, 0, 0, 0, 0)
    }

    mutating func take() {
        dayLeads += 1
        weekLeads += 1
        openLeads += 1
        taken += 1
    }
}

/// Whose turn it is among some people: a pure value, so that one lead, a chunk of an import, a
/// simulation and the tests all run the same code.
///
/// Each has a credit: the leads that would be their share so far, less those that they got. Who
/// could take a lead gains their part of it, and the one with the most credit gets it and pays
/// one. So over any stretch everybody has their share but for a part of a turn (decision 0024).
struct Turns: Sendable, Equatable {
    /// How somebody stands.
    struct Standing: Sendable, Equatable {
        var credit = 0.0
        /// Turns of an absence that are still to be given back.
        var owed = 0.0
    }

    /// More than this is not given back.
    static let owedMax = 10.0
    /// Who is owed turns goes at so many times their pace until they have them: not all at once.
    private static let paybackPace = 2.0

    var standings: [Standing]

    init(_ count: Int) {
        standings = Array(repeating: Standing(), count: count)
    }

    /// - Parameters:
    ///   - weights: Of those who can take it, by place; at least one of them above 0.
    ///   - away: Weights of those who are away and get their turns back.
    /// - Returns: The place of who gets it.
    mutating func next(
        _ weights: [(place: Int, weight: Double)], away: [(place: Int, weight: Double)] = []
    ) -> Int {
        let shares = weights.reduce(0) { $0 + $1.weight }
        let paces = weights.map { one in
            one.weight * (standings[one.place].owed > 0 ? Self.paybackPace : 1)
        }
        let pace = paces.reduce(0, +)
        var best: (place: Int, credit: Double)?
        for ((place, weight), own) in zip(weights, paces) {
            standings[place].credit += own / pace
            if standings[place].owed > 0 {
                let gain = own / pace - weight / shares
                standings[place].owed = max(0, standings[place].owed - gain)
            }
            let credit = standings[place].credit
            // Sums of fractions differ in their last digits, which decide nothing.
            if credit > (best?.credit ?? -.infinity) + 1e-9 { best = (place, credit) }
        }
        for (place, weight) in away {
            let missed = standings[place].owed + weight / (shares + weight)
            standings[place].owed = min(Self.owedMax, missed)
        }
        let place = best?.place ?? weights[0].place
        standings[place].credit -= 1
        return place
    }
}

/// Those among whom a rule chooses.
struct Roster: Sendable, Equatable {
    /// Of the team; nil for one person.
    let name: String?
    /// Places among the takers of the rota, in order of their ids.
    let takers: [Int]
    /// By place in `takers`.
    var turns: Turns
    var isChanged = false

    init(_ name: String?, _ takers: [Int]) {
        self.name = name
        self.takers = takers
        turns = Turns(takers.count)
    }
}

extension Day {
    /// The first day of its week.
    var monday: Day { Day(number: number - (number + 3) % 7) }
}

extension [[BusinessCalendar.Slot]] {
    /// These hours with the zone and the holidays of a company.
    func calendar(like company: BusinessCalendar) -> BusinessCalendar {
        BusinessCalendar(zone: company.zone, week: self, holidays: company.holidays)
    }
}
