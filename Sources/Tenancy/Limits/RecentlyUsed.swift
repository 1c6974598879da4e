/// A dictionary of bounded size that drops what was not used for longest.
///
/// Two halves: a key that is used moves to the young half, and when that is full the old half
/// is dropped whole. So the order is only approximate, but nothing costs more than a lookup.
struct RecentlyUsed<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]
    private let halfMax: Int

    /// Holds at least half of `capacity` and never more than it.
    init(capacity: Int) {
        halfMax = max(1, capacity / 2)
    }

    var count: Int { young.count + old.count }

    subscript(key: Key) -> Value? {
        mutating get {
            if let value = young[key] { return value }
            guard let value = old.removeValue(forKey: key) else { return nil }
            insert(value, for: key)
            return value
        }
        set {
            old[key] = nil
            if let newValue { insert(newValue, for: key) } else { young[key] = nil }
        }
    }

    mutating func removeAll(where matches: (Value) -> Bool) {
        young = young.filter { !matches($0.value) }
        old = old.filter { !matches($0.value) }
    }

    private mutating func insert(_ value: Value, for key: Key) {
        if young.count >= halfMax && young[key] == nil {
            old = young
            young = [:]
            young.reserveCapacity(halfMax)
        }
        young[key] = value
    }
}
