import Views

/// Audit pages for the tests of views.
enum AuditSamples {
    static let page: AuditPage = {
        var failed = AuditLine(
            number: 42, icon: "shield-alert", what: "Sign in failed", who: "iPerform", when: "10:42"
        )
        (failed.remote, failed.isWarning) = ("192.0.2.7", true)
        failed.subject = "Ada <b>Lind</b>"
        var shared = AuditLine(
            number: 41, icon: "user-plus", what: "Lead shared", who: "Ada Lind", when: "10:40")
        (shared.subject, shared.subjectURL) = ("Lead", "/leads/1")
        shared.detail = ["relation: co_owner"]
        var page = AuditPage(entries: [failed, shared], search: search(words: "lead"))
        page.olderURL = "/audit?cursor=x"
        page.exports = [MenuLink("CSV", url: "/api/v1/audit/export?format=csv", isCurrent: false)]
        page.retention = .init(days: 365)
        return page
    }()

    static let empty = AuditPage(entries: [], search: search())

    private static func search(words: String = "") -> AuditSearch {
        AuditSearch(
            words: words, from: "", to: "", actions: [Choice("sign_in", "Sign-ins")],
            people: [Choice("1", "Ada Lind")], isAll: true)
    }
}
