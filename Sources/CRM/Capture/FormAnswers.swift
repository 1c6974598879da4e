import Storage
import Tenancy
import Views
import Web

/// What a submission says to the questions of a form.
struct FormAnswers {
    let form: Form
    let submission: Submission
    /// The company's custom fields, where the form asks for any.
    let custom: [CustomField]

    private static let notesMax = 10_000
    /// What browsers and programs send for a box that is checked.
    private static let yes: Set<String> = ["on", "true", "yes", "1"]

    /// Whether the sender agreed to the form's words.
    var agrees: Bool { Self.isYes(submission[HostedForm.consentName]) }

    private static func isYes(_ text: String?) -> Bool {
        text.map { yes.contains($0.lowercased()) } ?? false
    }

    /// The lead that it asks to become.
    ///
    /// - Parameter files: The questions that came with a file; nil where it has been checked
    ///   already that none is missing.
    /// - Throws: `Problem.invalid` with every field that is wrong.
    func draft(for tenant: TenantProfile, files: Set<String>?) throws -> LeadDraft {
        var draft = LeadDraft(source: form.source, currency: tenant.defaultCurrency)
        draft.company = text("company", max: 200)
        draft.contactName = text("contact_name", max: 200)
        draft.product = text("product", max: 120) ?? form.product
        draft.territory = text("territory", max: 120) ?? form.territory
        draft.campaign = text("campaign", max: 200) ?? submission.text("utm_campaign", max: 200)
        draft.setPhone(text("phone", max: 60), region: tenant.defaultRegion)
        draft.attribution = .object(submission.attribution)
        var faults = files.map(faults) ?? []
        let (values, rest) = customValues(&faults)
        draft.custom = .object(values)
        draft.notes = notes(besides: rest)
        do { try draft.setEmail(text("email", max: 320)) } catch Problem.invalid(let found) {
            faults += found
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
        return try draft.checked()
    }

    /// A lead's field as the form has it; nothing when the form does not ask for it.
    private func text(_ name: String, max: Int) -> String? {
        guard let definition = form.definition else { return submission.text(name, max: max) }
        guard let field = definition.fields.first(where: { $0.key == name }) else { return nil }
        return answer(to: field).map { String($0.unicodeScalars.prefix(max)) }
    }

    /// The answer in one text; several choices in a row.
    private func answer(to field: FormField) -> String? {
        switch field.kind {
        case .multi:
            let chosen = submission.all(field.key)
            return chosen.isEmpty ? nil : chosen.joined(separator: ", ")
        case .checkbox: return Self.isYes(submission[field.key]) ? "Yes" : nil
        case .hidden: return submission[field.key] ?? field.value
        case .file: return nil
        default: return submission[field.key]
        }
    }

    private func faults(_ files: Set<String>) -> [Problem.Fault] {
        guard let definition = form.definition else { return [] }
        var faults = definition.fields.compactMap { field -> Problem.Fault? in
            fault(in: field, hasFile: files.contains(field.key)).map { .init(field.key, $0) }
        }
        if let consent = definition.consent, consent.isRequired, !agrees {
            faults.append(.init(HostedForm.consentName, "Please agree to go on."))
        }
        return faults
    }

    private func fault(in field: FormField, hasFile: Bool) -> String? {
        if field.kind == .file {
            return field.isRequired && !hasFile ? "Please choose a file." : nil
        }
        guard let answer = answer(to: field) else {
            guard field.isRequired else { return nil }
            return field.kind == .checkbox ? "Please check this." : "Please fill this in."
        }
        switch field.kind {
        case .choice where !field.choices.contains(answer): return "Please choose one of these."
        case .multi where !submission.all(field.key).allSatisfy(field.choices.contains):
            return "Please choose of these."
        case .email where field.key != "email" && EmailAddress.normalised(answer) == nil:
            return "This is no e-mail address."
        default: return nil
        }
    }

    /// Values of custom fields, and the questions whose answer is to go to the notes: the field
    /// is gone, or has other choices by now.
    private func customValues(
        _ faults: inout [Problem.Fault]
    ) -> (values: [String: JSON], rest: Set<String>) {
        var values: [String: JSON] = [:]
        var rest: Set<String> = []
        for field in form.definition?.fields ?? [] {
            guard let key = field.custom, let answer = answer(to: field) else { continue }
            guard let known = custom.first(where: { $0.key == key }) else {
                rest.insert(field.key)
                continue
            }
            do { values[key] = try known.checked(.string(answer)) } catch {
                if known.kind == .choice {
                    rest.insert(field.key)
                } else {
                    faults.append(.init(field.key, error.message))
                }
            }
        }
        return (values, rest)
    }

    /// The message, and below it whatever else the form asked.
    private func notes(besides rest: Set<String>) -> String? {
        let lines = [text("notes", max: Self.notesMax)].compactMap { $0 } + others(rest)
        return lines.isEmpty
            ? nil : String(lines.joined(separator: "\n").unicodeScalars.prefix(Self.notesMax))
    }

    private func others(_ rest: Set<String>) -> [String] {
        if let definition = form.definition {
            return definition.fields.compactMap { field in
                let isNote = !field.isOfLead && field.custom == nil || rest.contains(field.key)
                guard isNote, let answer = answer(to: field) else { return nil }
                return "\(field.label): \(answer)"
            }
        }
        return submission.fields.compactMap { field in
            let isOther =
                !field.value.isEmpty && !FormField.ofLead.contains(field.name)
                && !FormIntake.hidden.contains(field.name) && !Submission.isTracking(field.name)
            return isOther ? "\(Faces.sourceLabel(field.name)): \(field.value)" : nil
        }
    }
}
