import Storage
import Tenancy
import Views
import Web

/// The pages of one form under `/settings/forms`, for company admins.
struct FormPages {
    let shells: Shells
    let cursors: Cursors

    var routes: [Route] {
        [
            .page("/settings/forms/{id}", "What a form asks, to be changed") { call in
                try await show(call) { form, _, scope in
                    .form(try await FormBuilderPage(form, call.origin, in: scope))
                }
            },
            .page("/settings/forms/{id}/submissions", "What came by a form") { call in
                try await show(call) { form, frame, scope in
                    try Inbox(scope).checkMaySee()
                    return .submissions(try await submissions(form, call, frame, in: scope))
                }
            },
        ]
    }

    private func show(
        _ call: Call,
        _ fill: @Sendable (Form, Shells.Frame, Scope) async throws -> SettingsContent
    ) async throws -> Reply {
        let id: ID<Form> = try call.id(of: "form")
        return .html(
            try await call.read { scope in
                try scope.caller.must(.settingsEdit)
                let form = try await Forms(scope).find(id)
                let frame = try await shells.frame(form.name, .settings, for: call, in: scope)
                let content = try await fill(form, frame, scope)
                let access = SettingsAccess(sections: SettingsSection.open(to: scope.caller))
                return call.wantsFragment
                    ? settingsBody(access, content)
                    : settingsPage(frame.shell, access, content)
            })
    }

    private func submissions(
        _ form: Form, _ call: Call, _ frame: Shells.Frame, in scope: Scope
    ) async throws -> FormSubmissionsPage {
        let filter = call.query["outcome"].flatMap(InboxOutcome.init(rawValue:))
        let wanted: [(name: String, value: String)] = [
            ("filter[form]", form.id.description),
            filter.map { ("filter[outcome]", $0.rawValue) },
            call.query["cursor"].map { ("cursor", $0) },
        ].compactMap { $0 }
        let request = try ListRequest(Query(pairs: wanted), Inbox.listing)
        let (entries, next) = try await Inbox(scope).page(request, cursors)
        let words = try await EntryWords(entries, frame.faces.time, in: scope)
        var page = FormSubmissionsPage(
            id: form.id.description, name: form.name, entries: entries.map(words.line))
        page.filter = filter
        page.olderURL = next.map {
            LeadFilters.url(
                "/settings/forms/\(form.id)/submissions", filter.map { "outcome=\($0.rawValue)" },
                "cursor=\(Query.encoded($0))")
        }
        return page
    }
}

extension FormBuilderPage {
    init(_ form: Form, _ origin: String, in scope: Scope) async throws {
        let definition = form.definition ?? .plain
        self.init(
            id: form.id.description, version: form.version, name: form.name,
            fields: definition.fields.map(BuilderField.init), baseURL: origin)
        let custom = try await CustomFields(scope).list()
        keys =
            FormField.ofLead.sorted().map { Choice($0, Faces.sourceLabel($0)) }
            + custom.map { Choice("custom.\($0.key)", $0.label) }
        types = FileKind.allCases.map(\.rawValue)
        consent = definition.consent?.text ?? ""
        isConsentRequired = definition.consent?.isRequired ?? true
        consentVersion = definition.consent?.version ?? 0
        redirects = definition.redirects
        confirms = definition.confirms
        isChallenged = definition.isChallenged
    }
}

extension BuilderField {
    init(_ field: FormField) {
        self.init()
        (key, label, kind) = (field.key, field.label, field.kind.rawValue)
        isRequired = field.isRequired
        help = field.help ?? ""
        choices = field.choices
        value = field.value ?? ""
        types = field.types.map(\.rawValue)
        megabytesMax = field.megabytesMax
    }
}
