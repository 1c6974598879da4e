import Storage
import Tenancy
import Views
import Web

/// A person's own sign-in: the second step, and where they are signed in.
struct AccountPages {
    let shells: Shells
    let keys: MasterKeys

    var routes: [Route] {
        [
            .page("/account/security", "Your second step and sign-ins", handle: showAll),
            .page(Site.setUpPage, "Sets up the second step", handle: showSetUp).forSetUp,
        ]
    }

    private func showAll(_ call: Call) async throws -> Reply {
        let presented = call.sessionToken.map(Presented.session) ?? .neither
        return .html(
            try await call.read { scope in
                let frame = try await shells.frame(
                    "Sign-in and sessions", nil, for: call, in: scope)
                let page = AccountPage(
                    secondStep: try await panel(frame.faces.time, in: scope),
                    signIns: try await SignIns(scope, presented).list().map {
                        SignInRow($0, frame.faces.time)
                    })
                return call.wantsFragment ? accountBody(page) : accountPage(frame.shell, page)
            })
    }

    /// For who may do nothing else yet, so without the frame of the other pages.
    private func showSetUp(_ call: Call) async throws -> Reply {
        let visitor = try call.visitor()
        return .html(
            try await call.read { scope in
                let zone = try await Tenants.find(scope.tenant, in: scope.tx).timeZone
                let panel = try await panel(LocalTime(now: scope.now, zone: zone), in: scope)
                let session = PageSession(
                    csrf: visitor.csrf, nonce: call.nonce, assets: shells.assets)
                return call.wantsFragment
                    ? setUpBody(panel) : setUpPage(panel, of: visitor.tenantName, session)
            })
    }

    private func panel(_ time: LocalTime, in scope: Scope) async throws -> SecondStepPanel {
        let steps = SecondSteps(scope, keys)
        let own = try await steps.own()
        var panel = SecondStepPanel(state: .off, isRequired: try await steps.isRequired())
        if let own, let since = own.confirmedAt {
            panel.state = .on(
                since: time.short(time.day(of: since)), codesLeft: own.recoveryCodesLeft)
        } else if let code = try await steps.begun() {
            let address = try await code.address(in: scope)
            panel.state = .begun(secret: code.text, picture: QRPicture(of: address))
        }
        return panel
    }
}

extension SignInRow {
    fileprivate init(_ signIn: SignIn, _ time: LocalTime) {
        self.init(
            id: ID<SignIn>(signIn.id).description, name: UserAgent.words(signIn.agent),
            isBrowser: signIn.isBrowser, remote: signIn.remote ?? "Unknown address",
            started: time.short(time.day(of: signIn.startedAt)),
            lastUsed: signIn.isCurrent ? "Now" : time.ago(signIn.lastUsedAt),
            isCurrent: signIn.isCurrent)
    }
}
