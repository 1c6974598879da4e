import Storage
import Tenancy

/// What a draft may be already, before it is made.
package struct DuplicateCheck: Sendable {
    let scope: Scope

    package init(_ scope: Scope) {
        self.scope = scope
    }

    /// The lead that it is, whoever's.
    package func match(_ draft: LeadDraft) async throws -> ID<Lead>? {
        try await Duplicates(scope).find(draft)?.id
    }

    /// The leads that it may be, the likeliest first, of those that the caller reaches.
    package func rivals(of draft: LeadDraft, limit: Int) async throws -> [ID<Lead>] {
        let profile = LeadProfile(
            id: ID(), company: draft.company, person: draft.contactName, email: draft.email,
            phone: draft.phone ?? draft.phoneRaw, taxes: draft.externalID.map { [$0] } ?? [],
            territory: draft.territory)
        return try await DuplicateSearch(scope).rivals(of: profile, limit: limit).map(\.id)
    }
}
