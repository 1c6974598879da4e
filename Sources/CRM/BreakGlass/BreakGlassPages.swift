import Storage
import Tenancy
import Views
import Web

/// The page of break-glass access: for operators the way in, for a company's admins who came.
struct BreakGlassPages {
    let shells: Shells
    let authenticator: Authenticator

    var routes: [Route] {
        [.page("/break-glass", "Who got in by break-glass, and the way in", handle: show)]
    }

    private func show(_ call: Call) async throws -> Reply {
        let caller = try call.caller()
        let all = try await authenticator.breakGlasses(for: caller, at: call.now)
        return .html(
            try await call.read { scope in
                let isOperator = caller.isPlatformOperator
                let frame = try await shells.frame(
                    "Break-glass", isOperator ? .breakGlass : .audit, for: call, in: scope)
                let time = frame.faces.time
                var page = BreakGlassPage(rows: all.map { row($0, time) })
                if isOperator {
                    page.side = .operator
                } else {
                    let isForbidden = try await BreakGlasses(scope).forbiddenSince() != nil
                    page.side = .company(
                        isForbidden: isForbidden, canForbid: caller.may(.settingsEdit))
                }
                if call.wantsFragment { return breakGlassBody(page) }
                var shell = frame.shell
                if !isOperator { shell.parent = MenuLink("Audit log", url: "/audit") }
                return breakGlassPage(shell, page)
            })
    }

    private func row(_ glass: BreakGlass, _ time: LocalTime) -> BreakGlassRow {
        let day = time.short(time.day(of: glass.beganAt))
        let end = glass.endedAt ?? glass.endsAt
        var row = BreakGlassRow(
            id: glass.id.description, company: glass.company, who: glass.operatorName,
            email: glass.operatorEmail, reason: glass.reason)
        row.when = "\(day), \(time.clock(glass.beganAt))–\(time.clock(end))"
        row.isOpen = glass.isOpen(at: time.now)
        row.wasEnded = glass.endedAt != nil
        return row
    }
}
