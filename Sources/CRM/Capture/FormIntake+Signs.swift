import Storage
import Tenancy
import Views
import Web

// By what a form tells a person from a machine.
extension FormIntake {
    /// Faster than this nobody fills in a form.
    private static let fillSecondsMin = 3
    /// A page that was open for longer is asked again.
    static let stampSeconds = 86_400
    private static let linksMax = 4

    /// A signed moment that a form carries from when it was shown to when it is sent; good once.
    func stamp(_ now: Instant, of form: ID<Form>) -> String {
        cursors.cursor(
            after: [.integer(now.microseconds), .integer(Int64.random(in: 0...Int64.max))],
            of: Self.stampPurpose(form))
    }

    private static func stampPurpose(_ form: ID<Form>) -> String { "form \(form)" }

    /// The piece of work that a form asks of its sender's browser.
    func work(of form: ID<Form>) -> ProofOfWork {
        ProofOfWork(key: cursors.key(for: "form proof \(form)"))
    }

    /// - Throws: `Problem.invalid` where a form asks for a proof and there is none that holds.
    func accept(_ post: Post, _ now: Instant) throws -> ProofOfWork.Accepted? {
        guard post.form.definition?.isChallenged ?? false else { return nil }
        let given = post.submission[HostedForm.proofName] ?? ""
        guard let accepted = work(of: post.form.id).accept(given, at: now) else {
            throw Self.noProof
        }
        return accepted
    }

    static let noProof = Problem.invalid(
        HostedForm.proofName,
        "Your browser did not do the check against machines. Turn JavaScript on, and send it again."
    )

    /// Why a submission looks like a machine's; nil when it does not.
    ///
    /// - Throws: `Problem.invalid` for a page that was open for too long.
    func suspicion(_ post: Post, _ now: Instant) throws -> String? {
        let submission = post.submission
        if submission[HostedForm.honeypotName] != nil {
            return "The field that nobody sees was filled in."
        }
        var isOld = false
        if let stamp = submission[HostedForm.stampName] {
            let values = try? cursors.values(stamp, of: Self.stampPurpose(post.form.id))
            guard let shown = values?.first?.integer else { return "The form's stamp is not ours." }
            let seconds = now.seconds(since: Instant(microseconds: shown))
            if seconds < Self.fillSecondsMin {
                return "It was filled in within \(Self.fillSecondsMin) seconds."
            }
            isOld = seconds > Self.stampSeconds
        }
        let text = submission.fields
            .filter { !Submission.isTracking($0.name) && !Self.hidden.contains($0.name) }
            .map(\.value).joined(separator: " ").lowercased()
        let links = text.split(separator: "http", omittingEmptySubsequences: false).count - 1
        if links > Self.linksMax { return "It holds \(links) links." }
        guard !isOld else {
            throw Problem.invalid(
                HostedForm.stampName,
                "This page was open for more than a day. Look it over and send it once more.")
        }
        return nil
    }
}

/// A submission that may stand in the journal.
struct Admission: Sendable {
    let post: FormIntake.Post
    let payload: String
    let remote: String
    let suspicion: String?
    let proof: ProofOfWork.Accepted?
    /// Where the link is mailed that confirms it, if that is asked.
    let email: String?
    let files: [KeptFile]

    enum Outcome: Sendable {
        /// It stands there already.
        case again
        case setAside
        case asked
        case entered(Entry)
    }

    private static let sentBefore = "The page that it comes from has sent another before."

    /// Journals it once, with all that it brings.
    ///
    /// - Throws: `Problem.invalid` for a proof that was used before.
    func enter(_ scope: Scope, _ mailing: Mailing) async throws -> Outcome {
        var suspicion = suspicion
        if suspicion == nil, let stamp = post.submission[HostedForm.stampName] {
            let end = scope.now.adding(seconds: FormIntake.stampSeconds)
            switch try await FormUses(scope).take("stamp \(stamp)", with: payload, until: end) {
            case .first: break
            case .same: return .again
            case .other: suspicion = Self.sentBefore
            }
        }
        if let proof {
            let use = try await FormUses(scope).take(
                "proof \(proof.challenge)", with: payload, until: proof.expiresAt)
            if use == .same { return .again }
            guard use == .first else { throw FormIntake.noProof }
        }
        let confirmations = FormConfirmations(scope)
        if suspicion == nil, let email, try await confirmations.isSpent(email) {
            suspicion = "Mail to confirm \(email) was sent often enough today."
        }
        let arrived = Arrived(
            channel: .form, source: post.form.source, payload: payload, remote: remote,
            form: post.form.id)
        let entry = try await Inbox(scope).journal(
            arrived, of: post.form, suspicion: suspicion)
        try await keepConsent(of: entry, in: scope)
        try await EntryFiles(scope).keep(files, with: entry.id)
        if suspicion != nil { return .setAside }
        guard let email else { return .entered(entry) }
        try await confirmations.ask(
            entry.id, of: post.form, email, company: post.tenant.name, mailing)
        return .asked
    }

    /// To the words that the sender was shown, which may be older than the form's are now.
    private func keepConsent(of entry: Entry, in scope: Scope) async throws {
        guard let consent = post.form.definition?.consent, post.answers.agrees else { return }
        let shown = post.submission[HostedForm.consentVersionName].flatMap { Int($0) }
        let isKnown = shown.map { (1...consent.version).contains($0) } ?? false
        try await Consents(scope).give(
            entry.id, form: post.form.id, version: isKnown ? shown! : consent.version, from: remote)
    }
}
