import CRM
import Storage
import Tenancy

/// What comes by a web form and is no lead: machines, and one that cannot be used.
struct DemoJunk: Sendable {
    let at: Instant
    let fields: [(name: String, value: String)]
    /// Why it is quarantined; nil for what is tried, and refused for what is wrong with it.
    let suspicion: String?

    static func all(_ days: WorkingDays) -> [DemoJunk] {
        func ago(_ hours: Int) -> Instant { days.now.adding(seconds: -hours * 3600 - 947) }
        let trap = "The field that nobody sees was filled in."
        let fast = "It was filled in within 2 seconds."
        return [
            DemoJunk(
                at: ago(26 * 24),
                fields: [
                    ("contact_name", "Rankings Fast"), ("email", "seo@top-rank.example"),
                    ("notes", "We put your site on page one in 14 days, guaranteed."),
                ], suspicion: trap),
            DemoJunk(
                at: ago(19 * 24),
                fields: [
                    ("contact_name", "qHfWtYpL"), ("email", "qhfwtypl@mailbox.example"),
                    (
                        "notes",
                        "http://a.example http://b.example http://c.example http://d.example http://e.example"
                    ),
                ], suspicion: "It holds 5 links."),
            DemoJunk(
                at: ago(11 * 24),
                fields: [
                    ("company", "asdf"), ("contact_name", "asdf"), ("email", "asdf@asdf.example"),
                ],
                suspicion: fast),
            DemoJunk(
                at: ago(6 * 24),
                fields: [
                    ("company", "Hollybank Stores"), ("contact_name", "Deirdre Quinlan"),
                    ("email", "deirdre.quinlan(at)hollybank"),
                    ("notes", "Please call about Loyalty."),
                ], suspicion: nil),
            DemoJunk(
                at: ago(52),
                fields: [
                    ("contact_name", "Loan Desk"), ("email", "offers@quick-loan.example"),
                    ("notes", "Pre-approved business loan, answer today."),
                ], suspicion: trap),
            DemoJunk(
                at: ago(5),
                fields: [
                    ("company", "Marlow Exports"), ("contact_name", "Joyce Marlow"),
                    ("email", "joyce@marlow-exports.example"), ("notes", "Is there a trial?"),
                ], suspicion: fast),
        ]
    }

    func arrive(at company: DemoCompany, in tx: any Transaction) async throws {
        let form = company.forms[0]
        let caller = Caller.system(company.tenant, as: Actor(kind: .form, id: form.id.uuid))
        let inbox = Inbox(Scope(caller: caller, tx: tx, now: at))
        let payload = JSON.array(
            fields.map { .array([.string($0.name), .string($0.value)]) }
        ).text
        let arrived = Arrived(
            channel: .form, source: form.source, payload: payload, remote: "198.51.100.23",
            form: form.id)
        let entry = try await inbox.journal(arrived, of: form, suspicion: suspicion)
        if suspicion == nil { try await inbox.process(entry) }
    }
}
