import Storage
import Tenancy

/// A column of a lead that an event can carry and undo can put back.
private struct Trait: Sendable {
    let name: String
    let read: @Sendable (Lead) -> JSON
    let write: @Sendable (inout Lead, JSON) -> Void
}

extension Lead {
    /// The columns in which two states differ, with the values of each.
    func difference(to other: Lead) -> (old: JSON, new: JSON) {
        var old: [String: JSON] = [:]
        var new: [String: JSON] = [:]
        for trait in Self.traits {
            let (mine, others) = (trait.read(self), trait.read(other))
            guard mine != others else { continue }
            old[trait.name] = mine
            new[trait.name] = others
        }
        return (.object(old), .object(new))
    }

    /// Puts back what an event's `before` holds.
    mutating func restore(_ values: JSON) {
        for trait in Self.traits {
            if let value = values[trait.name] { trait.write(&self, value) }
        }
    }

    /// All columns that an event can carry.
    var traitValues: JSON {
        .object(Dictionary(uniqueKeysWithValues: Self.traits.map { ($0.name, $0.read(self)) }))
    }

    /// Puts back what `old` holds, where it still is what `new` says; traits that go together only
    /// when all of them are.
    ///
    /// - Returns: The names of those that were changed since, and stay.
    mutating func restore(_ old: JSON, where new: JSON) -> [String] {
        let names = old.object?.keys.map(\.self) ?? []
        let changed = Set(
            Self.traits.filter { names.contains($0.name) && $0.read(self) != new[$0.name] }
                .map(\.name))
        let kept = Set(
            names.filter { name in
                let group = Self.together.first { $0.contains(name) } ?? [name]
                return !changed.isDisjoint(with: group)
            })
        restore(.object((old.object ?? [:]).filter { !kept.contains($0.key) }))
        return kept.sorted()
    }

    private static let together: [Set<String>] = [
        ["phone", "phone_raw"], ["value_minor", "currency"], ["owner", "owner_reason"],
    ]

    private static let traits: [Trait] = [
        text("company", \.company), text("contact_name", \.contactName), text("email", \.email),
        text("phone", \.phone), text("phone_raw", \.phoneRaw), text("external_id", \.externalID),
        text("campaign", \.campaign), text("product", \.product), text("territory", \.territory),
        text("notes", \.notes), text("lost_note", \.lostNote), text("held_from", \.heldFrom),
        text("next_follow_up_kind", \.nextFollowUpKind),
        plain("source", \.source), plain("attribution", \.attribution),
        plain("currency", \.currency), plain("owner_reason", \.ownerReason),
        plain("stage", \.stage), plain("tags", \.tags), plain("custom", \.custom),
        instant("demo_at", \.demoAt), instant("closed_at", \.closedAt),
        instant("next_follow_up_at", \.nextFollowUpAt),
        instant("last_activity_at", \.lastActivityAt),
        Trait(
            name: "value_minor", read: { $0.valueMinor.map(JSON.integer) ?? .null },
            write: { $0.valueMinor = $1.integer }),
        Trait(
            name: "owner", read: { $0.owner.map { .string($0.description) } ?? .null },
            write: { $0.owner = $1.string.flatMap(ID<User>.init) }),
        Trait(
            name: "stage_entered_at", read: { .string($0.stageEnteredAt.text) },
            write: { $0.stageEnteredAt = $1.string.flatMap(Instant.init) ?? $0.stageEnteredAt }),
        Trait(
            name: "resume_on", read: { $0.resumeOn.map { .string($0.text) } ?? .null },
            write: { $0.resumeOn = $1.string.flatMap(Day.init) }),
        Trait(
            name: "lost_reason", read: { $0.lostReason.map { .string($0.rawValue) } ?? .null },
            write: { $0.lostReason = $1.string.flatMap(LostReason.init) }),
    ]

    private static func text(
        _ name: String, _ path: any (WritableKeyPath<Lead, String?> & Sendable)
    ) -> Trait {
        Trait(
            name: name, read: { $0[keyPath: path].map(JSON.string) ?? .null },
            write: { $0[keyPath: path] = $1.string })
    }

    private static func plain(
        _ name: String, _ path: any (WritableKeyPath<Lead, String> & Sendable)
    ) -> Trait {
        Trait(
            name: name, read: { .string($0[keyPath: path]) },
            write: { $0[keyPath: path] = $1.string ?? $0[keyPath: path] })
    }

    private static func instant(
        _ name: String, _ path: any (WritableKeyPath<Lead, Instant?> & Sendable)
    ) -> Trait {
        Trait(
            name: name, read: { $0[keyPath: path].map { .string($0.text) } ?? .null },
            write: { $0[keyPath: path] = $1.string.flatMap(Instant.init) })
    }
}
