import Storage
import Tenancy
import Web

/// What some do not see of a lead that they reach.
///
/// | who | does not see |
/// |---|---|
/// | a partner's people | what is noted inside the company; contacts once the lead is taken up |
/// | who met somebody else's customer | everything but that it is there and whose it is |
extension Lead {
    func masked(for caller: Caller) -> Lead {
        guard caller.role == .partner else { return self }
        var lead = self
        lead.notes = nil
        lead.custom = "{}"
        lead.tags = "[]"
        lead.attribution = "{}"
        lead.ownerReason = ""
        lead.lostNote = nil
        lead.score = nil
        lead.externalID = nil
        if stage != Stage.first {
            lead.email = nil
            lead.phone = nil
            lead.phoneRaw = nil
        }
        return lead
    }

    /// What somebody may know of a colleague's lead who has just met the same person.
    func masked(unless seen: Bool) -> Lead {
        guard !seen else { return self }
        var lead = self
        lead.email = nil
        lead.phone = nil
        lead.phoneRaw = nil
        lead.externalID = nil
        lead.valueMinor = nil
        lead.notes = nil
        lead.attribution = "{}"
        lead.custom = "{}"
        lead.tags = "[]"
        return lead
    }
}

extension [Lead] {
    func masked(for caller: Caller) -> [Lead] {
        caller.role == .partner ? map { $0.masked(for: caller) } : self
    }
}

extension HistoryEntry {
    /// A partner's people see how far the lead is, not what was said inside the company.
    func masked(for caller: Caller) -> HistoryEntry {
        guard caller.role == .partner else { return self }
        var entry = self
        let kept = ["from", "to", "kind", "due_at"]
        let members = (data.object ?? [:]).filter { kept.contains($0.key) }
        entry.data = .object(members)
        return entry
    }
}

extension FollowUp {
    /// A partner's people see what is planned and when, not what is noted beside it.
    func masked(for caller: Caller) -> FollowUp {
        guard caller.role == .partner else { return self }
        var followUp = self
        followUp.notes = nil
        return followUp
    }
}

extension Caller {
    /// Whether leads may be looked for by what is masked for this caller.
    func mustSeeContacts(_ field: String) throws {
        guard role != .partner else {
            throw Problem.forbidden("Partners do not look for leads by \(field).")
        }
    }
}
