/// What surrounds every signed-in page.
package struct ShellPage: Sendable {
    package var title: String
    /// Where this page belongs, before its title, as "Leads".
    package var parent: MenuLink?
    package var tenant: String
    /// Under the tenant's name, as the user's team.
    package var subtitle: String?
    package var user: Person
    package var nav: ShellNav
    /// What the dialogs and pickers offer.
    package var choices: ShellChoices
    package var session: PageSession
    /// Where an operator looks into another company.
    package var glass: BreakGlassBanner?
    /// Whether the viewer may make leads.
    package var canCreate: Bool

    package init(
        title: String, tenant: String, user: Person, nav: ShellNav, choices: ShellChoices,
        session: PageSession
    ) {
        self.title = title
        self.tenant = tenant
        self.user = user
        self.nav = nav
        self.choices = choices
        self.session = session
        (glass, canCreate) = (nil, true)
    }
}

/// The parts of a page that belong to this one answer.
package struct PageSession: Sendable {
    /// Sent back by the scripts as `X-CSRF-Token`; nil on pages without a session.
    package var csrf: String?
    /// Allows this page's inline scripts in the content security policy.
    package var nonce: String
    package var assets: Assets

    package init(csrf: String?, nonce: String, assets: Assets) {
        self.csrf = csrf
        self.nonce = nonce
        self.assets = assets
    }
}

/// A place in the main navigation.
package enum Place: String, Sendable, CaseIterable {
    case today, inbox, pipeline, leads, duplicates, customers
    case imports, jobs, outbox, audit, settings, developers
    case breakGlass = "break-glass"

    var label: String {
        switch self {
        case .today: "Today"
        case .inbox: "Inbox"
        case .pipeline: "Pipeline"
        case .leads: "Leads"
        case .duplicates: "Duplicates"
        case .customers: "Customers"
        case .imports: "Import"
        case .jobs: "Jobs"
        case .audit: "Audit log"
        case .outbox: "Outbox"
        case .breakGlass: "Break-glass"
        case .settings: "Settings"
        case .developers: "Developers"
        }
    }
    var icon: String {
        switch self {
        case .today: "house"
        case .inbox: "inbox"
        case .pipeline: "kanban"
        case .leads: "users"
        case .duplicates: "copy"
        case .customers: "building-2"
        case .imports: "upload"
        case .jobs: "clipboard-list"
        case .audit: "history"
        case .outbox: "mail"
        case .breakGlass: "eye"
        case .settings: "settings"
        case .developers: "code"
        }
    }
    var url: String {
        switch self {
        case .imports: "/import"
        case .settings: "/settings/users"
        default: "/\(rawValue)"
        }
    }
}

/// The navigation as this user sees it.
package struct ShellNav: Sendable {
    package var current: Place?
    /// The places this user may open.
    package var places: [Place]
    package var counts: [Place: Int]
    /// Places whose count asks for attention.
    package var urgent: Set<Place>
    package var savedViews: [SavedView]

    package init(
        current: Place?, places: [Place] = Place.allCases, counts: [Place: Int] = [:],
        urgent: Set<Place> = [], savedViews: [SavedView] = []
    ) {
        self.current = current
        self.places = places
        self.counts = counts
        self.urgent = urgent
        self.savedViews = savedViews
    }
}

/// A list with its filters, kept under a name.
package struct SavedView: Sendable {
    package var label: String
    package var url: String
    package var count: Int?
    package var weight: Weight

    package init(_ label: String, url: String, count: Int? = nil, weight: Weight = .plain) {
        self.label = label
        self.url = url
        self.count = count
        self.weight = weight
    }
}

/// What a user may choose from in dialogs and pickers on any page.
package struct ShellChoices: Sendable {
    /// Every stage in pipeline order, the ended ones too.
    package var stages: [StageName]
    /// People a lead may be given to.
    package var people: [Choice]
    package var sources: [Choice]
    package var products: [Choice]
    package var territories: [Choice]
    /// ISO code of the tenant's currency, shown beside amounts.
    package var currency: String
    /// Fields of a lead that the viewer does not see, and so is not asked for, as the API calls them.
    package var hidden: Set<String> = []

    package init(
        stages: [StageName], people: [Choice], sources: [Choice] = [], products: [Choice] = [],
        territories: [Choice] = [], currency: String = "USD"
    ) {
        self.stages = stages
        self.people = people
        self.sources = sources
        self.products = products
        self.territories = territories
        self.currency = currency
    }
}

/// The whole document of a signed-in page.
///
/// `tools` is the row under the title bar, `actions` stands in the bar, `extra` holds what
/// lies above the page (bulk bar, own dialogs), `assets` names further modules and stylesheets
/// (`js/board.js`, `css/import.css`).
package func shell(
    _ page: ShellPage, tools: HTML? = nil, actions: HTML? = nil, body: HTML, extra: HTML = "",
    assets: [String] = []
) -> HTML {
    let row: HTML? = tools.map { "<div class=\"tools\">\($0)</div>" }
    let content: HTML = """
        <a class="skip" href="#main">Skip to content</a>\
        \(sidebar(page))\
        <main id="main" tabindex="-1">\(page.glass.map(breakGlassBanner))\
        \(titleBar(page, actions: actions))\(row)\
        <div class="page" id="page">\(body)</div></main>\
        \(tabBar(page))\
        <dialog class="drawer" id="drawer" aria-label="Lead"></dialog>\
        \(paletteDialog)\(extra)\(dialogTemplates(page.choices))\(pickers(page.choices))\
        <div class="offline" id="offline" hidden>\(icon("wifi-off"))\
        You are offline. What you see may be old, and changes cannot be saved.</div>\
        <div class="toasts" id="toasts"></div>\
        <div class="vh" id="status" role="status" aria-live="polite"></div>
        """
    return document(
        title: "\(page.title) · iPerform", session: page.session, body: content,
        assets: Assets.kernel + assets, head: facts(page))
}

/// What the scripts need to know of the viewer.
private func facts(_ page: ShellPage) -> HTML {
    """
    <meta name="user" content="\(page.user.id)">\
    <meta name="currency" content="\(page.choices.currency)">
    """
}

private func titleBar(_ page: ShellPage, actions: HTML?) -> HTML {
    """
    <div class="bar">\(page.parent.map(crumb))<h1>\(page.title)</h1>\
    <span class="grow"></span>\(actions)\
    <button class="btn ghost icon mob" type="button" data-palette aria-label="Search">\
    \(icon("search"))</button>\
    <button class="btn ghost icon" type="button" data-theme-toggle aria-label="Switch theme">\
    \(icon("moon"))</button>\
    <button class="btn ghost icon desk" type="button" data-sheet aria-label="Keyboard shortcuts">\
    \(icon("keyboard"))</button>\
    \(when: page.canCreate, newLeadButton)</div>
    """
}

private let newLeadButton: HTML = """
    <button class="btn primary desk" type="button" data-new>\(icon("plus"))New lead <kbd>C</kbd>\
    </button>
    """

private func crumb(_ link: MenuLink) -> HTML {
    """
    <a class="crumb" href="\(url: link.url)">\(link.label)</a>\(icon("chevron-right", small: true))
    """
}
