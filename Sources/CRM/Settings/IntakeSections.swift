import Storage
import Tenancy
import Views
import Web

// Page values of the sections about leads: stages, custom fields, assignment, forms.

extension StagesPage {
    init(_ frame: Shells.Frame, in scope: Scope) async throws {
        self.init(
            stages: frame.faces.pipeline.stages.map { stage in
                StageRow(
                    frame.faces.stage(stage), version: stage.version,
                    probability: stage.probability,
                    stageClass: StageClass(rawValue: stage.status.rawValue) ?? .open,
                    stalledAfterDays: stage.stalledAfterDays,
                    leads: frame.totals[stage.key].leads)
            }, touchGuardHours: try await TouchGuard(scope).hours())
    }
}

extension FieldsPage {
    init(in scope: Scope) async throws {
        let fields = try await CustomFields(scope).list()
        self.init(
            fields: fields.map { field in
                var row = CustomFieldRow(
                    key: field.key, label: field.label,
                    kind: CustomFieldKind(rawValue: field.kind.rawValue) ?? .text,
                    choices: field.choices)
                row.isSensitive = field.isSensitive
                return row
            }, version: fields.whole.version)
    }
}

extension FormsPage {
    init(_ frame: Shells.Frame, _ call: Call, in scope: Scope) async throws {
        self.init(
            forms: try await Forms(scope).list().map { form in
                var row = FormRow(
                    id: form.id.description, version: form.version, name: form.name,
                    source: form.source, tokenHint: form.hint)
                row.product = form.product ?? ""
                row.territory = form.territory ?? ""
                row.origins = form.origins
                row.thankYou = form.thankYou ?? ""
                row.submissions = form.submissions
                row.lastSubmission = form.lastSubmissionAt.map(frame.faces.time.ago) ?? ""
                return row
            }, baseURL: call.origin, sources: frame.sources)
        products = frame.words.products
        territories = frame.words.territories
    }
}

extension Shells.Frame {
    /// Sources that every company has, before the first lead of one has come.
    private static let usual = [
        "web_form", "facebook", "partner", "referral", "manual", "api", "import",
    ]

    var sources: [Choice] {
        let others = words.sources.filter { !Self.usual.contains($0) }
        return (Self.usual + others).map { Choice($0, Faces.glyph(source: $0).label) }
    }
}
