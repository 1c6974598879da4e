import Storage

/// What a person is in a company. Nine roles; what each may do is the table in `Grants`.
package enum Role: String, Sendable, CaseIterable, SQLConvertible {
    case platformOperator = "platform_operator"
    case companyAdmin = "company_admin"
    case executive
    case manager
    case salesperson
    case warrior
    case partner
    case supportAgent = "support_agent"
    case operationsAnalyst = "operations_analyst"

    package var label: String {
        switch self {
        case .platformOperator: "Platform operator"
        case .companyAdmin: "Company admin"
        case .executive: "Executive"
        case .manager: "Manager"
        case .salesperson: "Salesperson"
        case .warrior: "Warrior"
        case .partner: "Partner"
        case .supportAgent: "Support agent"
        case .operationsAnalyst: "Operations analyst"
        }
    }
}
