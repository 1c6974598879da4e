import Storage
import Tenancy
import Views
import Web

extension HostedForm {
    init(_ form: Form, of tenant: TenantProfile, at path: String, stamp: String) {
        self.init(title: form.name, tenant: tenant.name, action: path, stamp: stamp)
        guard let definition = form.definition else { return }
        fields = definition.fields.compactMap(HostedField.init)
        consent = definition.consent.map(HostedConsent.init)
        if definition.isChallenged { challengeURL = "\(path)/challenge" }
        hidden = definition.fields.filter { $0.kind == .hidden }
            .map { ($0.key, $0.value ?? "") }
    }

    static func closed(_ path: String) -> HostedForm {
        HostedForm(
            title: "Form closed", tenant: "iPerform", action: path, stamp: "", state: .closed)
    }

    /// Shows what is wrong, and what was typed.
    mutating func refuse(_ problem: Problem, _ submission: Submission) {
        state = .refused(problem.detail)
        let shown = Set(fields.map(\.name) + [HostedForm.consentName])
        if case .invalid(let faults) = problem {
            for fault in faults where shown.contains(fault.field) {
                errors[fault.field] = fault.message
            }
            // What is wrong with what nobody sees is said above all.
            let others = faults.filter { !shown.contains($0.field) }.map(\.message)
            state = .refused(
                others.isEmpty
                    ? "Please look at the fields below once more." : others.joined(separator: " "))
        }
        for field in submission.fields { values[field.name] = field.value }
        for field in fields where field.kind == .multi {
            chosen[field.name] = submission.all(field.name)
        }
        hidden = hidden.map { ($0.name, values[$0.name] ?? $0.value) }
        let known = Set(hidden.map(\.name))
        hidden += submission.fields.filter { field in
            let isKept = Submission.isTracking(field.name) || field.name == HostedForm.redirectName
            return isKept && !known.contains(field.name) && !shown.contains(field.name)
        }
    }
}

extension HostedField {
    /// Nil for a question that nobody sees.
    init?(_ field: FormField) {
        guard let kind = Kind(rawValue: field.kind.rawValue) else { return nil }
        self.init(field.key, field.label, kind)
        isRequired = field.isRequired
        help = field.help
        choices = field.choices
        guard kind == .file else { return }
        accept = field.types.flatMap(\.ends).map { ".\($0)" }.joined(separator: ",")
        let names = field.types.map { $0.rawValue.uppercased() }.joined(separator: ", ")
        help = [field.help, "\(names), at most \(field.megabytesMax) MB."]
            .compactMap { $0 }.joined(separator: " ")
    }
}

extension HostedConsent {
    init(_ consent: FormConsent) {
        self.init(
            text: consent.text, version: consent.version, isRequired: consent.isRequired)
    }
}

extension EmbeddedForm {
    init(_ form: Form, at address: String, stamp: String) {
        self.init(title: form.name, address: address, stamp: stamp)
        guard let definition = form.definition else { return }
        fields = definition.fields.compactMap(HostedField.init)
        consent = definition.consent.map(HostedConsent.init)
        isChallenged = definition.isChallenged
    }
}

extension Form {
    /// Where people are led when they have sent it: the address that their page names, if it is
    /// one of the form's; else the form's first.
    func destination(named name: String?) -> String? {
        let allowed = definition?.redirects ?? []
        return allowed.first { $0 == name } ?? allowed.first
    }
}
