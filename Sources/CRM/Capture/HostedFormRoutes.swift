import HTTPTypes
import Storage
import Tenancy
import Views
import Web

/// The public face of a form: hosted page, embed script, and where both are posted to.
struct HostedFormRoutes {
    let intake: FormIntake
    let assets: Assets
    let scripts: FormScripts

    private static let bytesMax = 128 << 10
    private static let partsMax = 100
    /// How much of an address is kept that led to the page.
    private static let referrerMax = 500

    var routes: [Route] {
        [
            .page("/f/{token}", "A web form on a page of its own", access: .anyone, handle: page),
            .other(.get, "/f/{token}/embed.js", "Puts a web form into another page", handle: embed),
            .other(
                .get, "/f/{token}/challenge", "Gives a browser its piece of work", handle: challenge
            ),
            .other(.post, "/f/{token}", "Takes what a web form sends", handle: submit),
            .other(
                .options, "/f/{token}", "Tells browsers which pages may send", handle: preflight),
            .page(
                "/f/confirm/{token}", "Asks whether a message is one's own", access: .anyone,
                handle: askWhether),
            .other(
                .post, "/f/confirm/{token}", "Takes it that a message is one's own",
                handle: confirm),
        ]
    }

    /// A form as a request finds it.
    private struct Found {
        let tenant: TenantProfile
        let form: Form
        let custom: [CustomField]
    }

    private func find(_ call: Call) async throws -> Found? {
        let token = call.parameter("token")
        return try await call.database.translated {
            try await call.database.read { tx in
                guard let (tenant, form) = try await Forms.find(token: token, in: tx) else {
                    return nil
                }
                let scope = Scope(caller: .system(tenant.id), tx: tx, now: call.now)
                return Found(
                    tenant: tenant, form: form,
                    custom: try await Forms(scope).custom(for: form))
            }
        }
    }

    private func page(_ call: Call) async throws -> Reply {
        guard let found = try await find(call) else {
            return html(HostedForm.closed(call.path), call, status: .notFound)
        }
        var page = hosted(found, call)
        page.hidden += tracked(call)
        return html(page, call, leadingTo: found.form.definition)
    }

    private func hosted(_ found: Found, _ call: Call) -> HostedForm {
        HostedForm(
            found.form, of: found.tenant, at: call.path,
            stamp: intake.stamp(call.now, of: found.form.id))
    }

    /// What the page's own address and the one before it tell of where the visitor came from.
    private func tracked(_ call: Call) -> [(name: String, value: String)] {
        var found = call.query.pairs.filter {
            Submission.isTracking($0.name) || $0.name == HostedForm.redirectName
        }.prefix(20).map { ($0.name, String($0.value.prefix(Self.referrerMax))) }
        if let before = call.header(.referer), !before.hasPrefix(call.origin) {
            found.append(("referrer", String(before.prefix(Self.referrerMax))))
        }
        return found
    }

    private func embed(_ call: Call) async throws -> Reply {
        guard let found = try await find(call) else { throw Problem.notFound("form") }
        let script = embedScript(
            EmbeddedForm(
                found.form, at: call.origin + "/f/\(call.parameter("token"))",
                stamp: intake.stamp(call.now, of: found.form.id)), scripts: scripts)
        return .text(script, type: "text/javascript; charset=utf-8")
            .with(.cacheControl, "no-store")
    }

    /// A challenge, and a stamp for a page that was open for too long.
    private func challenge(_ call: Call) async throws -> Reply {
        try intake.limitLook(call)
        guard let found = try await find(call) else { throw Problem.notFound("form") }
        let origin = call.header(.origin)
        guard isAllowed(origin, found.form, call) else { throw refusal(of: origin) }
        let given = intake.work(of: found.form.id).challenge(at: call.now).json
        var members = given.object ?? [:]
        members["stamp"] = .string(intake.stamp(call.now, of: found.form.id))
        let answer = JSON.object(members)
        return shared(.json { $0.value(answer) }, with: origin).with(.cacheControl, "no-store")
    }

    private func submit(_ call: Call) async throws -> Reply {
        let wantsJSON = Self.wantsJSON(call)
        do { try intake.limit(call) } catch let problem as Problem where !wantsJSON {
            return tooMany(problem, call)
        }
        guard let found = try await find(call) else {
            return wantsJSON
                ? Problem.notFound("form").reply(instance: call.path)
                : html(HostedForm.closed(call.path), call, status: .notFound)
        }
        let origin = call.header(.origin)
        guard isAllowed(origin, found.form, call) else { throw refusal(of: origin) }
        do {
            try intake.limit(found.form, call)
            return try await take(found, call, wantsJSON: wantsJSON)
        } catch let problem as Problem {
            return shared(problem.reply(instance: call.path), with: origin)
        }
    }

    private static func wantsJSON(_ call: Call) -> Bool {
        let type = call.header(.contentType) ?? ""
        return type.hasPrefix("application/json")
            || call.header(.accept)?.hasPrefix("application/json") ?? false
    }

    private func take(_ found: Found, _ call: Call, wantsJSON: Bool) async throws -> Reply {
        let form = found.form
        let type = call.header(.contentType)
        var files: [String: MultipartForm.File] = [:]
        // What passed has been moved from there.
        defer { intake.files.remove(uploads: files.values) }
        let submission: Submission
        if type?.lowercased().hasPrefix("multipart/form-data") ?? false {
            let parts = try await call.multipart(Self.limits(form)) {
                try intake.files.uploadPath()
            }
            files = parts.files
            submission = try Submission(pairs: parts.pairs)
        } else {
            submission = try Submission(
                try await call.body(bytesMax: Self.bytesMax), contentType: type)
        }
        do {
            var post = FormIntake.Post(
                form: form, tenant: found.tenant, custom: found.custom, submission: submission)
            post.files = try UploadedFile.checked(files, for: form.definition)
            let taken = try await intake.take(post, call)
            return thanks(taken, submission, found, call, wantsJSON: wantsJSON)
        } catch let problem as Problem where !wantsJSON {
            return answered(problem, submission, found, call)
        }
    }

    private static func limits(_ form: Form) -> MultipartForm.Limits {
        var limits = MultipartForm.Limits(fileBytes: form.definition?.fileBytesMax ?? 0)
        limits.files = form.definition?.files.count ?? 0
        limits.allFieldsBytes = bytesMax
        limits.parts = partsMax
        return limits
    }

    private func thanks(
        _ taken: FormIntake.Taken, _ submission: Submission, _ found: Found, _ call: Call,
        wantsJSON: Bool
    ) -> Reply {
        let form = found.form
        let words = form.thankYou ?? Form.defaultThanks
        let next = form.destination(named: submission[HostedForm.redirectName])
        if wantsJSON {
            let reply = Self.told(taken, words, next)
            return shared(reply, with: call.header(.origin))
        }
        if taken == .taken, let next { return .see(next) }
        var page = hosted(found, call)
        page.state = .thanked(words)
        if case .asked(let address) = taken { page.state = .asked(address) }
        return html(page, call)
    }

    private static func told(
        _ taken: FormIntake.Taken, _ words: String, _ next: String?
    ) -> Reply {
        if case .asked(let address) = taken {
            let words = "We have sent a link to \(address). Follow it to confirm."
            return .json {
                $0.object {
                    $0.member("message", words)
                    $0.member("confirming", true)
                }
            }
        }
        return .json {
            $0.object {
                $0.member("message", words)
                if let next { $0.member("redirect", next) }
            }
        }
    }

    /// The form once more, with what is wrong and what was typed.
    private func answered(
        _ problem: Problem, _ submission: Submission, _ found: Found, _ call: Call
    ) -> Reply {
        let plain = problem.reply(instance: call.path)
        var page = hosted(found, call)
        page.refuse(problem, submission)
        var reply = html(
            page, call, status: plain.status, leadingTo: found.form.definition)
        reply.headers[.retryAfter] = plain.headers[.retryAfter]
        return reply
    }

    /// Said before anything was read, so that nothing typed can be shown; the browser has it.
    private func tooMany(_ problem: Problem, _ call: Call) -> Reply {
        let plain = problem.reply(instance: call.path)
        var page = HostedForm.closed(call.path)
        page.state = .later(problem.detail)
        var reply = html(page, call, status: plain.status)
        reply.headers[.retryAfter] = plain.headers[.retryAfter]
        return reply
    }

    // MARK: Confirmation by mail

    private func askWhether(_ call: Call) async throws -> Reply {
        try intake.limitLook(call)
        let token = call.parameter("token")
        let tenant = try await call.database.translated {
            try await call.database.read { tx -> TenantProfile? in
                let found = try await FormConfirmations.find(token, in: tx, at: call.now)
                guard let found else { return nil }
                return try await Tenants.find(found.tenant, in: tx)
            }
        }
        var page = HostedForm.closed(call.path)
        page.state = .ranOut
        guard let tenant else { return html(page, call, status: .notFound) }
        (page.title, page.tenant, page.state) = ("Is this message yours?", tenant.name, .confirming)
        return html(page, call)
    }

    private func confirm(_ call: Call) async throws -> Reply {
        var page = HostedForm.closed(call.path)
        do {
            try intake.limitLook(call)
            let form = try await call.database.translated {
                try await intake.confirm(call.parameter("token"), at: call.now)
            }
            if let next = form?.destination(named: nil) { return .see(next) }
            page.title = "Thank you"
            page.state = .thanked(form?.thankYou ?? Form.defaultThanks)
            return html(page, call)
        } catch Problem.notFound {
            page.state = .ranOut
            return html(page, call, status: .notFound)
        }
    }

    // MARK: Pages of others

    private func preflight(_ call: Call) async throws -> Reply {
        let origin = call.header(.origin)
        guard let form = try await find(call)?.form, isAllowed(origin, form, call) else {
            return Reply(.forbidden)
        }
        return shared(Reply(.noContent), with: origin)
            .with(.accessControlAllowMethods, "POST")
            .with(.accessControlAllowHeaders, "content-type")
            .with(.accessControlMaxAge, "600")
    }

    /// Our own pages, and those of the form's list; a request without `Origin` comes from no
    /// page at all.
    private func isAllowed(_ origin: String?, _ form: Form, _ call: Call) -> Bool {
        guard let origin else { return true }
        return origin == call.origin || form.origins.contains(origin)
    }

    private func refusal(of origin: String?) -> Problem {
        .forbidden("This form takes nothing from \(origin ?? "there").")
    }

    private func shared(_ reply: Reply, with origin: String?) -> Reply {
        guard let origin else { return reply }
        return reply.with(.accessControlAllowOrigin, origin).with(.vary, "Origin")
    }

    /// - Parameter definition: Of a form that may lead elsewhere when it is sent: browsers hold
    ///   that against the page that it was sent from.
    private func html(
        _ form: HostedForm, _ call: Call, status: HTTPResponse.Status = .ok,
        leadingTo definition: FormDefinition? = nil
    ) -> Reply {
        let session = PageSession(csrf: nil, nonce: call.nonce, assets: assets)
        return Reply.html(hostedFormPage(form, session: session), status: status)
            .with(
                .contentSecurityPolicy,
                Site.policy(call.nonce, destinations: definition?.redirectOrigins ?? []))
    }
}
