import Storage
import Tenancy
import Views

/// Turns records into what pages show of them.
struct Faces: Sendable {
    let pipeline: Pipeline
    let time: LocalTime
    let currency: String
    /// Of everybody in the company, for what says whom something was given to.
    var names: [ID<User>: String] = [:]

    func stage(_ stage: Stage) -> StageName {
        let tone: Tone =
            switch stage.status {
            case .open: .step(stage.position)
            case .onHold: .hold
            case .won: .won
            case .lost: .lost
            }
        return StageName(key: stage.key, label: stage.name, tone: tone)
    }

    func stage(of lead: Lead) -> StageName {
        pipeline[lead.stage].map(stage)
            ?? StageName(key: lead.stage, label: lead.stage, tone: .hold)
    }

    func card(_ lead: Lead, _ may: LeadActs) -> LeadCard {
        let minor = Int(lead.valueMinor ?? 0)
        var card = LeadCard(
            id: lead.id.description, version: lead.version, stage: lead.stage, title: lead.title,
            detail: detail(lead),
            value: (minor, lead.valueMinor.map { Currency.short($0, lead.currency) } ?? ""))
        card.owner = lead.owner.map { Faces.person($0, lead.ownerName ?? "") }
        card.source = Faces.glyph(source: lead.source)
        card.next = nextStep(lead)
        card.isStalled = isStalled(lead)
        card.may = may
        return card
    }

    private func detail(_ lead: Lead) -> String {
        let known = [lead.company == nil ? nil : lead.contactName, lead.product ?? lead.territory]
        let parts = known.compactMap { $0 }
        return parts.isEmpty ? lead.email ?? lead.phoneRaw ?? " " : parts.joined(separator: " · ")
    }

    func isStalled(_ lead: Lead) -> Bool {
        guard let stage = pipeline[lead.stage], stage.status == .open,
            let days = stage.stalledAfterDays
        else { return false }
        return lead.stageEnteredAt < time.now.adding(days: -days)
    }

    func nextStep(_ lead: Lead) -> Views.NextStep {
        // What is decided has nothing to come; what is open and has no next step should.
        guard lead.status == .open || lead.status == .onHold else {
            return .init(kind: nil, text: "", urgency: .none)
        }
        // Who has just come in waits for an answer, whatever is planned.
        if lead.status == .open, let by = lead.respondBy { return reply(by: by) }
        guard let at = lead.nextFollowUpAt else {
            return .init(kind: nil, text: "No next step", urgency: .none)
        }
        return nextStep(lead.nextFollowUpKind, at)
    }

    func nextStep(_ kind: String?, _ moment: Instant) -> Views.NextStep {
        let days = time.day(of: moment).number - time.today.number
        let (text, urgency): (String, Views.NextStep.Urgency) =
            switch days {
            case ..<0: ("\(-days)d late", .late)
            case 0: ("Today", .today)
            case 1: ("Tomorrow", .later)
            default: ("In \(days)d", .later)
            }
        return .init(
            kind: kind.flatMap(Views.ActivityKind.init(rawValue:)), text: text, urgency: urgency)
    }

    /// Until when a first response is due: `18 min left`, `Reply by 14:30`, `Overdue 2 h`.
    func reply(by moment: Instant) -> Views.NextStep {
        let seconds = moment.seconds(since: time.now)
        let (text, urgency): (String, Views.NextStep.Urgency) =
            if moment < time.now {
                ("Overdue \(Self.span(-seconds))", .late)
            } else if seconds < 3600 {
                ("\(seconds / 60 + 1) min left", .today)
            } else {
                switch time.day(of: moment).number - time.today.number {
                case 0: ("Reply by \(time.clock(moment))", .today)
                case 1: ("Reply by tomorrow \(time.clock(moment))", .later)
                default: ("Reply by \(time.short(time.day(of: moment)))", .later)
                }
            }
        return .init(kind: nil, text: text, urgency: urgency, icon: "timer")
    }

    /// `12 min`, `3 h`, `2 d`
    private static func span(_ seconds: Int) -> String {
        switch seconds {
        case ..<3600: "\(max(1, seconds / 60)) min"
        case ..<86_400: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }

    /// `3 days` in the stage.
    func stageAge(_ lead: Lead) -> String {
        let days = stageDays(lead)
        return days == 1 ? "1 day" : "\(days) days"
    }

    func stageDays(_ lead: Lead) -> Int {
        max(0, time.today.number - time.day(of: lead.stageEnteredAt).number)
    }

    static func person(_ id: ID<User>, _ name: String) -> Person {
        Person(id: id.description, name: name, initials: initials(name), hue: hue(name))
    }

    /// A partner, or somebody else who is not of the company.
    static func person(outside name: String) -> Person {
        Person(id: "", name: name, initials: initials(name), hue: hue(name))
    }

    static func initials(_ name: String) -> String {
        let words = name.split(separator: " ")
        let letters = [words.first?.first, words.count > 1 ? words.last?.first : nil]
        return String(letters.compactMap { $0 }).uppercased()
    }

    /// A colour of one's own, the same everywhere and always.
    static func hue(_ text: String) -> Int {
        var hash: UInt32 = 2_166_136_261
        for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
        return Int(hash % 360)
    }

    static func glyph(source: String) -> Glyph {
        switch source {
        case "facebook": Glyph(icon: "facebook", label: "Facebook ad")
        case "web_form", "website": Glyph(icon: "globe", label: "Website form")
        case "manual": Glyph(icon: "pen-line", label: "Entered by hand")
        case "partner": Glyph(icon: "handshake", label: "Partner")
        case "import", "excel": Glyph(icon: "file-spreadsheet", label: "Import")
        case "api": Glyph(icon: "plug", label: "API")
        case "referral": Glyph(icon: "users", label: "Referral")
        default: Glyph(icon: "tag", label: sourceLabel(source))
        }
    }

    /// `trade_fair` → `Trade fair`
    static func sourceLabel(_ source: String) -> String {
        let words = source.replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
