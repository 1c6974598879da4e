import HTTPTypes
import Storage
import Tenancy
import Views
import Web

/// The public face of a form: hosted page, embed script, and where both are posted to.
struct HostedFormRoutes {
    let intake: FormIntake
    let assets: Assets
    /// The source of `js/hosted.js`.
    let runtime: String

    private static let bytesMax = 128 << 10

    var routes: [Route] {
        [
            .page("/f/{token}", "A web form on a page of its own", access: .anyone, handle: page),
            .other(.get, "/f/{token}/embed.js", "Puts a web form into another page", handle: embed),
            .other(.post, "/f/{token}", "Takes what a web form sends", handle: submit),
            .other(
                .options, "/f/{token}", "Tells browsers which pages may send", handle: preflight),
        ]
    }

    private func find(_ call: Call) async throws -> (tenant: TenantProfile, form: Form)? {
        let token = call.parameter("token")
        return try await call.database.translated {
            try await call.database.read { try await Forms.find(token: token, in: $0) }
        }
    }

    private func page(_ call: Call) async throws -> Reply {
        guard let (tenant, form) = try await find(call) else {
            return html(closed(call), call, status: .notFound)
        }
        return html(hosted(form, tenant, call), call)
    }

    private func embed(_ call: Call) async throws -> Reply {
        guard let (_, form) = try await find(call) else { throw Problem.notFound("form") }
        let script = embedScript(
            EmbeddedForm(
                title: form.name, address: call.origin + "/f/\(call.parameter("token"))",
                stamp: intake.stamp(call.now), thankYou: form.thankYou ?? Form.defaultThanks),
            runtime: runtime)
        return .text(script, type: "text/javascript; charset=utf-8")
            .with(.cacheControl, "no-store")
    }

    private func submit(_ call: Call) async throws -> Reply {
        let isJSON = call.header(.contentType)?.hasPrefix("application/json") ?? false
        guard let (tenant, form) = try await find(call) else {
            return isJSON
                ? Problem.notFound("form").reply(instance: call.path)
                : html(closed(call), call, status: .notFound)
        }
        let origin = call.header(.origin)
        guard isAllowed(origin, form, call) else {
            throw Problem.forbidden("This form takes nothing from \(origin ?? "there").")
        }
        do {
            let body = try await call.body(bytesMax: Self.bytesMax)
            let submission = try Submission(
                body, contentType: call.header(.contentType))
            do {
                try await intake.take(submission, for: form, of: tenant, call)
            } catch let problem as Problem where !isJSON {
                return answered(problem, submission, form, tenant, call)
            }
        } catch let problem as Problem {
            return shared(problem.reply(instance: call.path), with: origin)
        }
        let thanks = form.thankYou ?? Form.defaultThanks
        if isJSON {
            return shared(
                .json { $0.object { $0.member("message", thanks) } }, with: origin)
        }
        var page = hosted(form, tenant, call)
        page.state = .thanked(thanks)
        return html(page, call)
    }

    /// The form once more, with what is wrong and what was typed.
    private func answered(
        _ problem: Problem, _ submission: Submission, _ form: Form, _ tenant: TenantProfile,
        _ call: Call
    ) -> Reply {
        let plain = problem.reply(instance: call.path)
        var reply = html(
            refused(problem, submission, form, tenant, call), call, status: plain.status)
        reply.headers[.retryAfter] = plain.headers[.retryAfter]
        return reply
    }

    private func preflight(_ call: Call) async throws -> Reply {
        let origin = call.header(.origin)
        guard let (_, form) = try await find(call), isAllowed(origin, form, call) else {
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

    private func shared(_ reply: Reply, with origin: String?) -> Reply {
        guard let origin else { return reply }
        return reply.with(.accessControlAllowOrigin, origin).with(.vary, "Origin")
    }

    private func hosted(_ form: Form, _ tenant: TenantProfile, _ call: Call) -> HostedForm {
        HostedForm(
            title: form.name, tenant: tenant.name, action: call.path,
            stamp: intake.stamp(call.now))
    }

    private func closed(_ call: Call) -> HostedForm {
        HostedForm(
            title: "Form closed", tenant: "iPerform", action: call.path, stamp: "",
            state: .closed)
    }

    private func refused(
        _ problem: Problem, _ submission: Submission, _ form: Form, _ tenant: TenantProfile,
        _ call: Call
    ) -> HostedForm {
        var page = hosted(form, tenant, call)
        page.state = .refused(problem.detail)
        if case .invalid(let faults) = problem {
            page.state = .refused("Please look at the fields below once more.")
            for fault in faults { page.errors[fault.field] = fault.message }
        }
        for field in submission.fields { page.values[field.name] = field.value }
        return page
    }

    private func html(
        _ form: HostedForm, _ call: Call, status: HTTPResponse.Status = .ok
    ) -> Reply {
        let session = PageSession(csrf: nil, nonce: call.nonce, assets: assets)
        return .html(hostedFormPage(form, session: session), status: status)
    }
}
