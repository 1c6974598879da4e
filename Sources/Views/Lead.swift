/// Everything about one lead; the same value makes the page and the drawer.
package struct LeadPage: Sendable {
    package var id: String
    package var version: Int
    package var title: String
    /// Under the title, as "Sofia Haddad · North · score 80".
    package var subtitle: String
    package var hue: Int
    package var stage: StageName
    /// Stages of the stepper in order; open ones only.
    package var steps: [StageStep]
    /// As "9 days".
    package var stageAge: String
    /// Until when a first response is due; nil when none is.
    package var reply: NextStep?
    package var score: LeadScore?
    package var value: String
    /// As "5%".
    package var probability: String
    package var banner: LeadBanner?
    /// Addresses for calling and writing; nil hides the button.
    package var contact: ContactLinks
    /// What it may be the same as, and what was merged into it.
    package var twins: [LeadTwin] = []
    /// Nil when the viewer may only look.
    package var composer: Composer?
    /// What the palette and its keys offer.
    package var may: LeadActs
    /// Whether the viewer may change its fields and tags.
    package var canEdit: Bool
    package var followUps: [FollowUpRow]
    package var groups: [FieldGroup]
    package var team: LeadTeam
    package var tags: [String]
    /// What came with it, and what its sender agreed to.
    package var files: [LeadFile]
    package var consents: [LeadConsent]
    package var timeline: [TimelineDay]
    /// Older history (`?part=timeline&after=…`).
    package var olderURL: String?

    package init(id: String, version: Int, title: String, subtitle: String, stage: StageName) {
        self.id = id
        self.version = version
        self.title = title
        self.subtitle = subtitle
        self.stage = stage
        hue = 0
        steps = []
        stageAge = ""
        (reply, score) = (nil, nil)
        value = ""
        probability = ""
        banner = nil
        contact = ContactLinks()
        composer = nil
        (may, canEdit) = (.all, true)
        followUps = []
        groups = []
        team = LeadTeam(owner: nil, why: nil)
        tags = []
        (files, consents) = ([], [])
        timeline = []
        olderURL = nil
    }
}

package struct StageStep: Sendable {
    package enum State: Sendable { case done, current, ahead }
    package var stage: StageName
    package var state: State
    /// A move there is possible from here.
    package var isAllowed: Bool

    package init(_ stage: StageName, _ state: State, isAllowed: Bool) {
        self.stage = stage
        self.state = state
        self.isAllowed = isAllowed
    }
}

/// What is special about a lead that left the pipeline, and the way back.
package struct LeadBanner: Sendable {
    package var weight: Weight
    /// As "Lost on 3 Nov: price too high. “They chose…”".
    package var text: String
    /// The move the button asks for (`open` to reactivate); nil shows no button.
    package var action: (label: String, to: String)?

    package init(_ weight: Weight, _ text: String, action: (label: String, to: String)? = nil) {
        self.weight = weight
        self.text = text
        self.action = action
    }
}

/// Another lead that this one may be, or was.
package enum LeadTwin: Sendable {
    case perhaps(title: String, url: String)
    /// With the id of the merge, to take it back.
    case merged(title: String, merge: String)
}

package struct ContactLinks: Sendable {
    /// tel:, mailto: and https://wa.me/ addresses.
    package var call: String?
    package var email: String?
    package var whatsApp: String?

    package init(call: String? = nil, email: String? = nil, whatsApp: String? = nil) {
        self.call = call
        self.email = email
        self.whatsApp = whatsApp
    }
}

/// Who works the lead, and why them.
package struct LeadTeam: Sendable {
    package var owner: Person?
    package var shares: [LeadShare]
    /// As "Territory rule “North” gave it to team East; Vik was next in turn."
    package var why: String?
    package var canAssign: Bool
    package var canShare: Bool

    package init(
        owner: Person?, shares: [LeadShare] = [], why: String?, canAssign: Bool = false,
        canShare: Bool = false
    ) {
        self.owner = owner
        self.shares = shares
        self.why = why
        self.canAssign = canAssign
        self.canShare = canShare
    }
}

/// Somebody, or a company, who has the lead besides its owner.
package struct LeadShare: Sendable {
    package let id: String
    package let person: Person
    /// As "Co-owner · 30 %" or "Warrior until 3 Dec".
    package let label: String

    package init(id: String, person: Person, label: String) {
        self.id = id
        self.person = person
        self.label = label
    }
}

package func leadPage(_ lead: LeadPage, in shellPage: ShellPage) -> HTML {
    shell(shellPage, body: "<div class=\"record full\">\(record(lead, level: 2))</div>")
}

/// The inside of the drawer; the answer to a fragment request.
package func leadDrawer(_ lead: LeadPage) -> HTML {
    "<div class=\"record\">\(record(lead, level: 2))</div>"
}

private func record(_ lead: LeadPage, level: Int) -> HTML {
    """
    <article data-lead="\(lead.id)" data-version="\(lead.version)" data-stage="\(lead.stage.key)" \
    data-name="\(lead.title)"\
    \(lead.composer?.suggestion.map { " data-suggestion=\"\($0.key)\"" as HTML })>\
    \(leadHead(lead))\
    <div class="d-body"><div class="d-main" tabindex="0" role="region" aria-label="History">\
    \(lead.twins.map(twin))\(lead.composer.map(composerForm))\(followUpList(lead))\
    <section data-part="timeline" aria-label="Timeline">\(timeline(lead))</section></div>\
    <aside class="d-aside" data-part="details" tabindex="0" aria-label="Details">\
    \(lead.groups.map(fieldGroup))\
    \(lead.score.map(scoreBlock))\(teamSection(lead.team, of: lead.id))\(arrivalSections(lead))\
    \(tagSection(lead))</aside></div></article>
    """
}

private func leadHead(_ lead: LeadPage) -> HTML {
    """
    <header class="d-top" data-part="head" data-version="\(lead.version)" \
    data-stage="\(lead.stage.key)"\(lead.may.lacking)>\
    <div class="d-head">\(emblem(lead.title, hue: lead.hue, .large))\
    <div class="grow"><h2 tabindex="-1">\(lead.title)</h2><p>\(lead.subtitle)</p></div>\
    <button class="btn ghost icon only-drawer desk" type="button" data-step="-1" \
    aria-label="Previous lead (K)">\(icon("chevron-up"))</button>\
    <button class="btn ghost icon only-drawer desk" type="button" data-step="1" \
    aria-label="Next lead (J)">\(icon("chevron-down"))</button>\
    <a class="btn ghost icon only-drawer" href="/leads/\(lead.id)" aria-label="Open full page">\
    \(icon("link-2"))</a>\
    <button class="btn ghost icon only-drawer" type="button" data-close aria-label="Close">\
    \(icon("x"))</button></div>\(lead.banner.map(banner))\(stepper(lead))\(actions(lead))</header>
    """
}

private func twin(_ twin: LeadTwin) -> HTML {
    switch twin {
    case .perhaps(let title, let url):
        """
        <p class="twin">\(icon("copy", small: true))<span>Perhaps the same as \
        <a class="link" href="\(url: url)">\(title)</a></span></p>
        """
    case .merged(let title, let merge):
        """
        <p class="twin">\(icon("merge", small: true))<span>Merged from <b>\(title)</b></span>\
        <button class="btn ghost" type="button" data-unmerge="\(merge)">Undo</button></p>
        """
    }
}

private func banner(_ banner: LeadBanner) -> HTML {
    let button: HTML? = banner.action.map {
        "<button class=\"btn\" type=\"button\" data-move=\"\($0.to)\">\($0.label)</button>"
    }
    let symbol = banner.weight == .good ? "trophy" : banner.weight == .bad ? "circle-x" : "pause"
    return """
        <div class="notice \(banner.weight.rawValue)">\(icon(symbol))<p>\(banner.text)</p>\
        \(button)</div>
        """
}

private func stepper(_ lead: LeadPage) -> HTML {
    """
    <div class="steps-l"><span><b>\(lead.stage.label)</b> · \(lead.stageAge)\
    \(lead.reply.map { " \(nextStepTag($0))" as HTML })</span>\
    <span class="num"><b>\(lead.value)</b> · \(lead.probability)</span></div>\
    <ol class="steps" aria-label="Stage">\(lead.steps.map(stepItem))</ol>
    """
}

private func stepItem(_ step: StageStep) -> HTML {
    let label = step.state == .current ? "\(step.stage.label), now" : "Move to \(step.stage.label)"
    return """
        <li\(when: step.state != .ahead, " class=\"done\"")\
        \(when: step.state == .current, " aria-current=\"step\"")>\
        <button type="button" style="--c:var(\(step.stage.tone.property))" \
        data-move="\(step.stage.key)" aria-label="\(label)" title="\(step.stage.label)"\
        \(when: !step.isAllowed, " disabled")></button></li>
        """
}

private func actions(_ lead: LeadPage) -> HTML {
    let links = [
        contactLink(lead.contact.call, "Call", "phone", logs: "call"),
        contactLink(lead.contact.email, "Email", "mail", logs: "email"),
        contactLink(lead.contact.whatsApp, "WhatsApp", "whatsapp", logs: "whatsapp"),
    ]
    guard lead.composer != nil else { return "<div class=\"acts\">\(links)</div>" }
    return """
        <div class="acts">\(links)<button class="btn" type="button" data-compose-next>\
        \(icon("calendar-clock"))Next step</button>\
        <button class="btn" type="button" data-pick-stage>\(icon("arrow-right-left"))Move</button>\
        \(when: lead.team.canAssign, assignButton)</div>
        """
}

private let assignButton: HTML = """
    <button class="btn" type="button" data-pick-owner>\(icon("user-plus"))Assign</button>
    """

/// Opens the dialler or mail program and readies the form to log what came of it.
private func contactLink(_ url: String?, _ text: String, _ symbol: String, logs: String) -> HTML {
    guard let url else { return "" }
    return """
        <a class="btn" href="\(url: url)" data-compose="\(logs)"\
        \(when: url.hasPrefix("http"), " target=\"_blank\" rel=\"noopener\"")>\
        \(icon(symbol))\(text)</a>
        """
}
