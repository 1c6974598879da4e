import Storage
import Tenancy
import Views
import Web

/// The page that says who may do what with a lead, and why.
struct AccessPages {
    let shells: Shells

    var routes: [Route] {
        [.page("/leads/{id}/access", "Why one may do something with a lead", handle: show)]
    }

    private static let rights: [Right] = [
        .leadsRead, .leadsSensitive, .leadsWork, .leadsEdit, .leadsClose, .leadsAssign, .leadsShare,
        .leadsMerge,
    ]

    private func show(_ call: Call) async throws -> Reply {
        let id: ID<Lead> = try call.id(of: "lead")
        return .html(
            try await call.read { scope in
                let lead = try await Leads(scope).find(id)
                let frame = try await shells.frame("Access", .leads, for: call, in: scope)
                let asked = call.query["user"].flatMap { ID<User>($0) }
                guard let user = asked ?? scope.caller.user else {
                    throw Problem.notFound("person")
                }
                let explainer = try await Explainer(of: user, on: id, in: scope)
                let lines = Self.rights.map { right in
                    let told = explainer.explain(right)
                    return AccessPage.Line(
                        right: right.words.replacing("leads", with: "it"),
                        isAllowed: told.isAllowed,
                        reasons: told.isAllowed ? told.because : told.missing)
                }
                let people = scope.caller.may(.peopleEdit) ? frame.people : []
                var shell = frame.shell
                shell.parent = MenuLink(lead.title, url: "/leads/\(id)")
                return accessPage(
                    shell,
                    AccessPage(
                        lead: lead.title, leadURL: "/leads/\(id)",
                        person: Faces.person(user, explainer.person.name),
                        role: explainer.held.label, lines: lines,
                        people: people.map {
                            Choice($0.id.description, $0.name, isSelected: $0.id == user)
                        }))
            })
    }
}
