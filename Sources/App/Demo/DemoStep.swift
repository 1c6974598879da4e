import CRM
import Storage

/// One thing that happens at the demo company.
struct DemoStep: Sendable {
    let at: Instant
    /// The number of the prospect it happens with.
    let prospect: Int
    let deed: Deed

    enum Deed: Sendable {
        /// It becomes a lead by the channel of its source.
        case arrive(message: String?)
        /// It comes in once more, by the web form.
        case returnByForm(message: String)
        /// The owner plans what is first.
        case plan(NextStep)
        /// The owner logs what was done, with what is next and where the lead goes.
        case log(Activity, next: NextStep?, move: Move?)
        /// The owner writes down what the first talk told.
        case fillIn
        case share
        case assign(to: DemoPerson, reason: String)
    }
}

/// The people of the demo company.
enum DemoPerson: String, Sendable, CaseIterable {
    case asha, helena, daniel, mei, sofia, jordan, lena, tomas, vik, aiko

    var name: String {
        switch self {
        case .asha: "Asha Menon"
        case .helena: "Helena Brandt"
        case .daniel: "Daniel Reyes"
        case .mei: "Mei Tanaka"
        case .sofia: "Sofia Alvarez"
        case .jordan: "Jordan Blake"
        case .lena: "Lena Fischer"
        case .tomas: "Tomas Novak"
        case .vik: "Vik Rao"
        case .aiko: "Aiko Sato"
        }
    }

    var email: String { "\(rawValue)@demo.example" }

    /// Of the salespeople.
    var territory: String? {
        switch self {
        case .sofia, .jordan: "North America"
        case .lena, .tomas: "Europe"
        case .vik, .aiko: "Asia Pacific"
        case .asha, .helena, .daniel, .mei: nil
        }
    }

    static func sellers(in territory: String) -> [DemoPerson] {
        allCases.filter { $0.territory == territory }
    }
}
