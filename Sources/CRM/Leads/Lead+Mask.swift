import Storage
import Tenancy

/// What some do not see of a lead that they reach. What is masked is said with the rights, in
/// `Grants`; here stands what each mask means for a lead.
///
/// | who | does not see |
/// |---|---|
/// | who has masks | what these leave out |
/// | who met somebody else's customer | everything but that it is there and whose it is |
extension Lead {
    func masked(for caller: Caller) -> Lead { masked(by: caller.grants.masks) }

    func masked(by masks: Mask) -> Lead {
        guard !masks.isEmpty else { return self }
        var lead = self
        if masks.contains(.internalNotes) {
            lead.notes = nil
            lead.ownerReason = ""
            lead.lostNote = nil
        }
        if masks.contains(.companyFields) {
            lead.custom = "{}"
            lead.tags = "[]"
            lead.attribution = "{}"
            lead.score = nil
            lead.respondBy = nil
            lead.externalID = nil
        }
        if masks.hidesContacts(at: stage) {
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
        caller.grants.masks.isEmpty ? self : map { $0.masked(for: caller) }
    }
}

extension Mask {
    fileprivate func hidesContacts(at stage: String) -> Bool {
        contains(.contacts) || (contains(.contactsOnceTaken) && stage != Stage.first)
    }

    /// The fields of an input that say what is masked of a lead in this stage.
    func fields(at stage: String) -> Set<String> {
        var fields: Set<String> = []
        if contains(.internalNotes) { fields.insert("notes") }
        if contains(.companyFields) {
            fields.formUnion(["tags", "custom", "attribution", "external_id"])
        }
        if hidesContacts(at: stage) { fields.formUnion(["email", "phone"]) }
        return fields
    }
}

extension LeadDraft {
    /// The fields among those of `Mask.fields` that it sets.
    var sensitive: [String] {
        let set = [
            ("email", email != nil), ("phone", phoneRaw != nil), ("notes", notes != nil),
            ("tags", !tags.isEmpty), ("custom", custom != [:]),
            ("attribution", attribution != [:]), ("external_id", externalID != nil),
        ]
        return set.filter(\.1).map(\.0)
    }

    /// Without the contacts, where these are masked of the lead that it is about.
    func masked(by masks: Mask, at stage: String) -> LeadDraft {
        guard masks.hidesContacts(at: stage) else { return self }
        var draft = self
        draft.email = nil
        draft.phone = nil
        draft.phoneRaw = nil
        return draft
    }
}

extension HistoryEntry {
    /// Who does not see notes sees how far the lead is, not what was said inside the company; but
    /// for what they said themselves.
    func masked(for caller: Caller) -> HistoryEntry {
        let masks = caller.grants.masks
        guard !masks.isEmpty else { return self }
        let isOwn = !name.hasPrefix("lead.") && actorID != nil && actorID == caller.user
        guard !isOwn else { return self }
        var entry = self
        let kept = ["from", "to", "kind", "due_at"]
        // What was changed is said field by field: contacts and own fields are among these.
        let dropped = ["before", "after", "attribution"]
        let isKept: (String) -> Bool =
            masks.contains(.internalNotes)
            ? { kept.contains($0) } : { !dropped.contains($0) }
        entry.data = .object((data.object ?? [:]).filter { isKept($0.key) })
        return entry
    }
}

extension Caller {
    /// Whether leads may be looked for by what is masked for this caller.
    ///
    /// - Parameter field: What it is called in a sentence.
    func mustSee(_ masked: Mask, _ field: String) throws {
        guard grants.masks.isDisjoint(with: masked) else {
            throw Problem.forbidden(
                "You do not see the \(field) of leads, so you cannot look for them by it.")
        }
    }

    /// Whether what is to be set is all seen by this caller, of a lead in this stage.
    ///
    /// - Throws: `Problem.forbidden`, naming each field that is not.
    func mustSee(_ fields: some Sequence<String>, at stage: String) throws {
        let hidden = grants.masks.fields(at: stage).intersection(fields).sorted()
        guard hidden.isEmpty else {
            throw Problem.forbidden(
                "You do not see \(hidden.joined(separator: ", ")), so you cannot set it.")
        }
    }
}
