import Storage

/// Something that may be done: a noun and a verb. Stored with roles, keys and in the audit log,
/// so a name never changes.
package enum Right: String, Sendable, CaseIterable, SQLConvertible {
    case leadsRead = "leads.read"
    /// What is in custom fields that the company calls sensitive.
    case leadsSensitive = "leads.sensitive"
    case leadsCreate = "leads.create"
    /// Its own fields.
    case leadsEdit = "leads.edit"
    /// Activities, notes, follow-ups, and the stages in between.
    case leadsWork = "leads.work"
    /// To somebody else.
    case leadsAssign = "leads.assign"
    /// Co-owners, watchers, warriors, partners.
    case leadsShare = "leads.share"
    /// Won, lost, and open again.
    case leadsClose = "leads.close"
    case leadsMerge = "leads.merge"
    case customersRead = "customers.read"
    case customersEdit = "customers.edit"
    case messagesRead = "messages.read"
    case messagesSend = "messages.send"
    case documentsRead = "documents.read"
    case documentsEdit = "documents.edit"
    case ticketsRead = "tickets.read"
    case ticketsComment = "tickets.comment"
    case ticketsWork = "tickets.work"
    case campaignsRead = "campaigns.read"
    case campaignsEdit = "campaigns.edit"
    case campaignsApprove = "campaigns.approve"
    case reportsRun = "reports.run"
    case reportsBuild = "reports.build"
    case exportsRun = "exports.run"
    case commissionsRead = "commissions.read"
    case commissionsEdit = "commissions.edit"
    case erpRead = "erp.read"
    case erpEdit = "erp.edit"
    case importsRun = "imports.run"
    case importsUndo = "imports.undo"
    /// With dates and authors of the past.
    case importsHistory = "imports.history"
    case peopleRead = "people.read"
    case peopleEdit = "people.edit"
    /// Stages, fields, assignment, forms.
    case settingsEdit = "settings.edit"
    /// Webhooks and connections, without their secrets.
    case connectionsEdit = "connections.edit"
    case keysEdit = "keys.edit"
    /// Jobs and the ledger.
    case operationsManage = "operations.manage"
    case auditRead = "audit.read"

    /// What it is called in a sentence: “This needs the right to …”.
    package var words: String {
        let parts = rawValue.split(separator: ".")
        let verb = parts[1]
        let noun = parts[0]
        return switch self {
        case .leadsSensitive: "see sensitive fields of leads"
        case .leadsWork: "work on leads"
        case .leadsClose: "win, lose and reopen leads"
        case .importsHistory: "import history with its dates and authors"
        case .erpRead: "read ERP data"
        case .erpEdit: "edit ERP data and mappings"
        case .keysEdit: "manage API keys"
        case .connectionsEdit: "manage connections"
        case .peopleEdit: "manage people, teams and roles"
        case .settingsEdit: "change the company's settings"
        case .operationsManage: "manage jobs and the ledger"
        case .auditRead: "read the audit log"
        case .exportsRun: "export"
        case .ticketsComment: "comment on tickets"
        case .ticketsWork: "work on tickets"
        case .importsRun: "import leads"
        default: "\(verb) \(noun)"
        }
    }

    /// The spans by which it can be had: what is not about somebody's records is had for the whole
    /// company or not at all.
    package var spans: Span {
        switch self {
        case .peopleEdit, .settingsEdit, .connectionsEdit, .keysEdit, .operationsManage,
            .importsHistory:
            .company
        case .peopleRead, .auditRead: [.own, .team, .company]
        case .importsRun, .importsUndo: [.own, .company]
        case .leadsCreate: [.own, .team, .partner, .company]
        default: Span(Span.all.map(\.span))
        }
    }
}
