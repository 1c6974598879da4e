import Foundation

/// Numbers that look random and are the same from the same seed, on every machine and with
/// every version of the language: SplitMix64 (Steele, Lea, Flood 2014).
struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 up to, but not, 1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func within(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    mutating func chance(_ probability: Double) -> Bool { unit() < probability }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[within(0...list.count - 1)] }

    mutating func pick<Element>(_ list: [(weight: Double, Element)]) -> Element {
        var left = unit() * list.reduce(0) { $0 + $1.weight }
        for (weight, element) in list {
            left -= weight
            if left < 0 { return element }
        }
        return list[list.count - 1].1
    }

    /// Of the normal distribution with mean 0 and deviation 1 (Box and Muller 1958).
    mutating func normal() -> Double {
        let (first, second) = (1 - unit(), unit())
        return (-2 * log(first)).squareRoot() * cos(2 * .pi * second)
    }
}
