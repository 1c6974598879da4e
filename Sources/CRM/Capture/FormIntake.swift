import Storage
import Tenancy
import Views
import Web

/// Takes what web forms send: journals it, answers, and makes leads of it.
package struct FormIntake: Sendable {
    let database: Database
    let cursors: Cursors
    let mailing: Mailing
    let files: FormFiles
    private let addresses: RateLimiter
    private let networks: RateLimiter
    private let forms: RateLimiter
    private let looks: RateLimiter

    private static let perAddressAMinute = 20
    private static let perNetworkAMinute = 60
    private static let perFormAMinute = 1200
    private static let looksAMinute = 120
    /// Names that are the form's own: no question, and no line of the notes.
    static let hidden: Set<String> = [
        HostedForm.honeypotName, HostedForm.stampName, HostedForm.consentName,
        HostedForm.consentVersionName, HostedForm.proofName, HostedForm.redirectName,
    ]
    /// Of use for one request alone: not journalled.
    private static let passing: Set<String> = [HostedForm.stampName, HostedForm.proofName]

    package init(database: Database, cursors: Cursors, mailing: Mailing, files: FormFiles) {
        self.database = database
        self.cursors = cursors
        self.mailing = mailing
        self.files = files
        addresses = RateLimiter(limit: Self.perAddressAMinute, perSeconds: 60)
        networks = RateLimiter(limit: Self.perNetworkAMinute, perSeconds: 60)
        forms = RateLimiter(limit: Self.perFormAMinute, perSeconds: 60)
        looks = RateLimiter(limit: Self.looksAMinute, perSeconds: 60)
    }

    /// What is known of a post when it has been read.
    struct Post: Sendable {
        let form: Form
        let tenant: TenantProfile
        let custom: [CustomField]
        let submission: Submission
        var files: [UploadedFile] = []

        var answers: FormAnswers {
            FormAnswers(form: form, submission: submission, custom: custom)
        }
    }

    /// What the sender is told.
    enum Taken: Sendable, Equatable {
        case taken
        /// A link was mailed to this address.
        case asked(String)
    }

    /// Counts a post before anything of it is read.
    ///
    /// - Throws: `Problem.tooMany`
    func limit(_ call: Call) throws {
        try Self.check([
            addresses.take(call.remote, at: call.now),
            networks.take(Self.network(of: call.remote), at: call.now),
        ])
    }

    func limit(_ form: Form, _ call: Call) throws {
        try Self.check([forms.take("\(form.id)", at: call.now)])
    }

    /// Counts what asks for a challenge or follows a link.
    func limitLook(_ call: Call) throws {
        try Self.check([looks.take(call.remote, at: call.now)])
    }

    private static func check(_ standings: [RateStanding]) throws {
        if let spent = standings.first(where: { !$0.isAllowed }) {
            throw Problem.tooMany(
                "That was a lot at once. Try again in \(spent.retryAfterSeconds) seconds.",
                retryAfterSeconds: spent.retryAfterSeconds)
        }
    }

    /// Neighbours who share the first 24 bits of an address, or 64 of a long one, count together.
    private static func network(of remote: String) -> String {
        guard let address = IPAddress(remote) else { return remote }
        return "\(IPRange(of: address, length: address.width == 32 ? 24 : 64))"
    }

    /// Journals a submission and, that being safe, processes it.
    ///
    /// - Throws: `Problem.invalid` with the fields that the person who is still there can put
    ///   right; `tooLarge` when the company has no room for the files.
    func take(_ post: Post, _ call: Call) async throws -> Taken {
        let proof = try accept(post, call.now)
        let suspicion = try suspicion(post, call.now)
        var email: String?
        if suspicion == nil {
            let draft = try post.answers.draft(
                for: post.tenant, files: Set(post.files.map(\.field)))
            if post.form.definition?.confirms ?? false { email = draft.email }
        }
        let caller = Caller.system(post.tenant.id, as: Actor(kind: .form, id: post.form.id.uuid))
        let kept = try await files.take(post.files, caller, at: call.now)
        let admission = Admission(
            post: post, payload: post.submission.without(Self.passing).payload,
            remote: call.remote, suspicion: suspicion, proof: proof, email: email, files: kept)
        let outcome: Admission.Outcome
        do {
            outcome = try await database.write(
                as: caller, at: call.now, isolation: .readCommitted
            ) { [mailing] scope in
                try await admission.enter(scope, mailing)
            }
        } catch {
            await files.letGo(kept, caller, at: call.now)
            throw error
        }
        switch outcome {
        case .again: await files.letGo(kept, caller, at: call.now)
        case .setAside: break
        case .asked: break
        case .entered(let entry):
            // The journal holds it; should this fail, the sweep takes it up.
            try await database.write(
                as: caller, at: call.now, isolation: .readCommitted
            ) { scope in
                try await Inbox(scope).process(entry)
            }
        }
        return email.map(Taken.asked) ?? .taken
    }

    /// The sender of what waits followed the mailed link.
    ///
    /// - Returns: The form; nil when it is gone.
    /// - Throws: `Problem.notFound` for a link that leads nowhere any more.
    func confirm(_ token: String, at now: Instant) async throws -> Form? {
        let found = try await database.read { tx in
            try await FormConfirmations.find(token, in: tx, at: now)
        }
        guard let found else { throw Problem.notFound("form") }
        return try await database.write(as: .system(found.tenant), at: now) { scope in
            try await FormConfirmations(scope).confirm(token)
            let entry = try await Inbox(scope).find(found.entry)
            guard let id = entry.form else { return nil }
            do { return try await Forms(scope).find(id) } catch Problem.notFound { return nil }
        }
    }
}
