import DatabaseSupport
import Storage
import Tenancy
import Testing

@testable import CRM

/// People who come and go, and what would be their share of the leads.
private struct Crew {
    let weights: [Double]
    var isThere: [Bool]
    var turns: Turns
    var shares: [Double]
    var counts: [Int]

    init(_ weights: [Double]) {
        self.weights = weights
        isThere = weights.map { _ in true }
        turns = Turns(weights.count)
        shares = weights.map { _ in 0 }
        counts = weights.map { _ in 0 }
    }

    mutating func give() {
        let present = weights.indices.filter { isThere[$0] }
        let all = present.reduce(0) { $0 + weights[$1] }
        for place in present { shares[place] += weights[place] / all }
        counts[turns.next(present.map { ($0, weights[$0]) })] += 1
    }

    /// How far anybody is from their share who is there.
    func deviation(of places: some Sequence<Int>) -> Double {
        places.map { abs(Double(counts[$0]) - shares[$0]) }.max() ?? 0
    }

    var present: [Int] { weights.indices.filter { isThere[$0] } }
}

@Suite struct TurnsTests {
    private static let leads = 10_000

    @Test(arguments: [
        [1, 1, 1], [1, 2, 3, 5], [5, 1, 1, 1, 1, 1, 1], [3, 3, 2, 2, 1, 7, 1, 1, 4],
    ])
    func `nobody who is there all the time is ever a turn from their share`(weights: [Double]) {
        var crew = Crew(weights)
        for _ in 0..<Self.leads {
            crew.give()
            #expect(crew.deviation(of: crew.present) <= 1)
        }
    }

    @Test(arguments: 1...20)
    func `after ten thousand leads with people coming and going, all are within one turn`(
        seed: UInt64
    ) {
        var dice = Dice(seed: seed)
        let count = Int.random(in: 3...15, using: &dice)
        let most = seed.isMultiple(of: 2) ? 1 : 6
        var crew = Crew((0..<count).map { _ in Double(Int.random(in: 1...most, using: &dice)) })
        for _ in 0..<Self.leads {
            for place in crew.weights.indices where Int.random(in: 0..<100, using: &dice) == 0 {
                crew.isThere[place].toggle()
            }
            if crew.present.isEmpty { crew.isThere[0] = true }
            crew.give()
            // While those who left just after their turn are away, the others bear it.
            #expect(crew.deviation(of: crew.present) <= 1.5)
        }
        #expect(crew.deviation(of: crew.weights.indices) <= 1)
        #expect(crew.counts.reduce(0, +) == Self.leads)
    }

    @Test func `people of the same weight take turns in one order`() {
        var turns = Turns(3)
        let all = (0..<3).map { (place: $0, weight: 1.0) }
        let order = (0..<9).map { _ in turns.next(all) }
        #expect(order == [0, 1, 2, 0, 1, 2, 0, 1, 2])
    }

    @Test func `who goes away after a turn and comes back gains nothing by it`() {
        var turns = Turns(3)
        var counts = [0, 0, 0]
        var last = -1
        for _ in 0..<900 {
            // The first of them leaves after each lead of theirs, for one lead.
            let present = (0..<3).filter { !($0 == 0 && last == 0) }.map {
                (place: $0, weight: 1.0)
            }
            last = turns.next(present)
            counts[last] += 1
        }
        #expect(counts[0] <= counts[1] && counts[0] <= counts[2])
    }

    @Test
    func `turns missed on leave are given back, not more than ten, and among those of others`() {
        var turns = Turns(3)
        let others = [(place: 1, weight: 1.0), (place: 2, weight: 1.0)]
        for _ in 0..<12 { _ = turns.next(others, away: [(0, 1)]) }
        #expect(abs(turns.standings[0].owed - 4) < 1e-9)
        for _ in 0..<300 { _ = turns.next(others, away: [(0, 1)]) }
        #expect(turns.standings[0].owed == Turns.owedMax)
        let all = (0..<3).map { (place: $0, weight: 1.0) }
        let given = (0..<180).map { _ in turns.next(all) }
        #expect(turns.standings[0].owed == 0)
        let own = given.count { $0 == 0 }
        #expect((69...71).contains(own), "A third of them and ten more, not \(own)")
        let runs = given.split { $0 != 0 }.map(\.count)
        #expect(runs.max() == 2)
    }
}
