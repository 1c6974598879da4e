import Storage

/// Where a company's people and programs may come from: from anywhere, unless it says.
package struct AllowedAddresses: Sendable, Equatable {
    package let ranges: [IPRange]

    package static let countMax = 100
    package static let anywhere = AllowedAddresses(ranges: [])

    private init(ranges: [IPRange]) {
        self.ranges = ranges
    }

    /// - Parameter lines: An address or a range each.
    /// - Throws: `Problem.invalid` naming every line that is wrong.
    package init(_ lines: [String]) throws {
        var faults: [Problem.Fault] = []
        var ranges: [IPRange] = []
        if lines.count > Self.countMax {
            faults.append(.init("addresses", "Give at most \(Self.countMax) of them."))
        }
        for (index, line) in lines.prefix(Self.countMax).enumerated() {
            let line = line.trimmingWhitespace()
            do throws(IPRange.Fault) {
                let range = try IPRange(line)
                if !ranges.contains(range) { ranges.append(range) }
            } catch {
                faults.append(.init("addresses[\(index)]", error.words(of: line)))
            }
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        self.ranges = ranges
    }

    /// Whether somebody at this address is let in. What is no address lies in no range.
    package func contains(_ remote: String) -> Bool {
        guard !ranges.isEmpty else { return true }
        guard let address = IPAddress(remote) else { return false }
        return ranges.contains { $0.contains(address) }
    }

    /// As they are shown and stored.
    package var lines: [String] { ranges.map(\.description) }
}

extension AllowedAddresses: SQLConvertible {
    package var sqlValue: SQLValue { .text(lines.joined(separator: "\n")) }

    /// Lets nobody in by what it cannot read: it throws.
    package static func decode(
        _ source: any RowSource, at column: Int
    ) throws -> AllowedAddresses {
        let lines = source.text(at: column).split(separator: "\n")
        return AllowedAddresses(
            ranges: try lines.map { line in
                do throws(IPRange.Fault) { return try IPRange(String(line)) } catch {
                    throw StorageError.column(column, expected: "ranges of addresses")
                }
            })
    }
}

extension IPRange.Fault {
    fileprivate func words(of line: String) -> String {
        let line = line.prefix(60)
        return switch self {
        case .noAddress:
            "“\(line)” is no address. Give one like 203.0.113.7, 203.0.113.0/24 or 2001:db8::/32."
        case .length(let max): "“\(line)”: behind the slash stands a number up to \(max)."
        case .bitsBehind(let range):
            "“\(line)” begins inside of a range. Give \(range), or the address alone."
        }
    }
}

/// Somebody who is known, and is not let in for a reason that has nothing to do with a right:
/// told as 403, and noted in the company's audit log.
package struct RefusedCaller: Error, Equatable {
    package let caller: Caller
    package let problem: Problem

    package init(_ caller: Caller, _ reason: String) {
        self.caller = caller
        problem = .forbidden(reason)
    }

    /// Who comes from an address that the company does not let in.
    package init(_ caller: Caller, from remote: String) {
        self.init(
            caller,
            "Your company lets nobody in from this address (\(remote)). Ask your administrator.")
    }
}
