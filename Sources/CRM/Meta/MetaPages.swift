import Meta
import Storage
import Tenancy
import Views

// Page values of the section about Facebook.

extension MetaPage {
    init(
        _ frame: Shells.Frame, _ mailing: Mailing, _ graph: MetaGraph, in scope: Scope
    ) async throws {
        let slug = try await Tenants.find(scope.tenant, in: scope.tx).slug
        self.init(callbackURL: mailing.meta(slug))
        let custom = try await CustomFields(scope).list()
        targets = MetaMapping.choices(custom)
        guard let current = try await MetaConnections.current(in: scope) else { return }
        let report = try await MetaReport(current, mailing, graph, in: scope)
        var panel = MetaConnectionPanel(report, frame.faces.time)
        panel.questions = try await MetaLeads(scope).questions().map { question, sample in
            let target = current.mapping.target(of: question)?.text ?? ""
            return MetaQuestionRow(
                question: question, sample: sample,
                target: current.mapping.targets[question]?.text ?? "",
                label: targets.first { $0.value == target }?.label ?? "Notes")
        }
        connection = panel
    }
}

extension MetaConnectionPanel {
    fileprivate init(_ report: MetaReport, _ time: LocalTime) {
        let current = report.connection
        self.init(pageName: current.pageName ?? "", tokenHint: current.tokenHint)
        if current.state == .reconnectNeeded { fault = current.fault ?? "Nothing more." }
        isResting = current.pausedUntil.map { $0 > time.now } ?? false
        isSubscribed = current.isSubscribed
        checked = current.checkedAt.map(time.ago) ?? ""
        version = report.version
        waiting = report.waiting
        test = MetaTest(report)
        hasLeads = report.counts.values.contains { $0.leads > 0 }
        forms = report.forms.map { form in
            let count = report.counts[form.id]
            var row = MetaFormRow(
                id: form.id, name: form.name ?? "Form \(form.id)", leads: count?.leads ?? 0)
            row.last = count?.last.map(time.ago) ?? ""
            row.read = form.readAt.map(time.ago) ?? ""
            row.fault = form.fault ?? ""
            return row
        }
        let names = Dictionary(forms.map { ($0.id, $0.name) }) { first, _ in first }
        days = report.days.map { day in
            MetaDayRow(
                form: day.form, formName: names[day.form] ?? day.form, day: day.day.text,
                dayName: time.short(day.day), theirs: day.theirs, ours: day.ours)
        }
    }
}

extension MetaTest {
    fileprivate init(_ report: MetaReport) {
        guard report.connection.testLeadgen != nil else {
            self = .none
            return
        }
        guard let test = report.test else {
            self = .asked
            return
        }
        switch test.outcome {
        case .waiting: self = .waiting
        case .created, .merged: self = .came(leadURL: test.lead.map { "/leads/\($0)" } ?? "/inbox")
        case .quarantined, .refused: self = .failed("The inbox says why.")
        }
    }
}

extension MetaMapping {
    /// Where an answer may go, in words.
    static func choices(_ custom: [CustomField]) -> [Choice] {
        Target.Field.allCases.map { Choice($0.rawValue, Faces.sourceLabel($0.rawValue)) }
            + custom.map { Choice("custom.\($0.key)", $0.label) }
            + [Choice("ignore", "Left out")]
    }
}

extension MetaReport {
    /// What keeps leads from being read; nil while nothing does.
    static func warning(in scope: Scope) async throws -> (text: String, url: String)? {
        guard let connection = try await MetaConnections.current(in: scope),
            connection.state == .reconnectNeeded
        else { return nil }
        return ("Facebook leads wait: Facebook lets nothing be read any more.", MetaPanel.path)
    }
}
