/// What two leads must have in common for it to be worth comparing them: a number made of a kind
/// and a text, 64 bits of FNV-1a. That two texts share one costs a comparison and nothing else.
struct BlockingKey: Hashable, Sendable {
    let number: Int64

    /// What a key is made of. The letters go into the number, so they never change.
    enum Kind: UInt8 {
        case email = 0x65
        case domain = 0x64
        case phone = 0x70
        case tax = 0x74
        case companyWords = 0x77
        case companyBeginning = 0x63
        case initials = 0x69
        case person = 0x6E
    }

    init(number: Int64) {
        self.number = number
    }

    init(_ kind: Kind, _ parts: [UInt8]...) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func add(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        add(kind.rawValue)
        for part in parts {
            for byte in part { add(byte) }
            add(0)
        }
        number = Int64(bitPattern: hash)
    }
}

extension LeadProfile {
    /// Letters of a whole name that a key is made of, by sound.
    private static let beginning = 5
    private static let telling = 3
    /// Whether or not an area code stands before them.
    private static let phoneDigits = 8
    private static let localLeast = 5

    /// At most eleven: of the company up to five, of the person one, and one each of address,
    /// domain, phone and tax numbers, of which two at most.
    var keys: Set<BlockingKey> {
        var keys: Set<BlockingKey> = []
        if let email {
            if email.isPublic {
                if email.local.count >= Self.localLeast {
                    keys.insert(BlockingKey(.email, email.local))
                }
            } else {
                keys.insert(BlockingKey(.domain, Array(email.domain.utf8)))
            }
        }
        if let phone { keys.insert(BlockingKey(.phone, Array(phone.suffix(Self.phoneDigits)))) }
        for tax in taxes.sorted(by: { $0.text < $1.text }).prefix(2) {
            keys.insert(BlockingKey(.tax, Array(tax.text.utf8)))
        }
        if let company { keys.formUnion(Self.keys(of: company)) }
        if let person {
            let sounds = person.words.filter { $0.count > 1 }.map { Sound.of($0) }
            if sounds.count > 1 {
                keys.insert(
                    BlockingKey(.person, sounds.sorted(by: Self.before).flatMap { $0 + [0] }))
            }
        }
        return keys
    }

    /// Each two of the words that tell most, by sound, in either order; and how the whole begins.
    private static func keys(of company: CompanyName) -> Set<BlockingKey> {
        var keys: Set<BlockingKey> = []
        let sounds = company.telling.prefix(telling).map { Sound.of($0) }.sorted(by: before)
        for (place, sound) in sounds.enumerated() {
            for other in sounds.dropFirst(place + 1) {
                keys.insert(BlockingKey(.companyWords, sound, other))
            }
        }
        if sounds.count == 1 { keys.insert(BlockingKey(.companyWords, sounds[0])) }
        keys.insert(BlockingKey(.companyBeginning, Sound.of(company.joined, max: beginning)))
        if let initials = company.initials { keys.insert(BlockingKey(.initials, initials)) }
        return keys
    }

    private static func before(_ first: [UInt8], _ second: [UInt8]) -> Bool {
        first.lexicographicallyPrecedes(second)
    }
}
