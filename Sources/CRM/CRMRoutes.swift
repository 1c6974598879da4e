import Storage
import Tenancy
import Views
import Web

/// What the CRM's routes are made with.
package struct CRMParts: Sendable {
    package let database: Database
    package let authenticator: Authenticator
    package let passwords: Passwords
    package let cursors: Cursors
    package let shells: Shells
    package let live: LiveFeed
    package let intake: FormIntake
    package let assets: Assets
    /// The source of `js/hosted.js`, which embedded forms run.
    package let formRuntime: String

    package init(
        database: Database, authenticator: Authenticator, passwords: Passwords, cursors: Cursors,
        live: LiveFeed, assets: Assets, formRuntime: String
    ) {
        self.database = database
        self.authenticator = authenticator
        self.passwords = passwords
        self.cursors = cursors
        self.live = live
        self.assets = assets
        self.formRuntime = formRuntime
        shells = Shells(assets: assets)
        intake = FormIntake(database: database, cursors: cursors)
    }
}

/// Every route of the CRM, feature by feature.
package func crmRoutes(_ parts: CRMParts) -> [Route] {
    let (shells, cursors) = (parts.shells, parts.cursors)
    return LeadRoutes(cursors: cursors).routes
        + BulkRoutes().routes
        + ActivityRoutes().routes
        + TimelineRoutes(cursors: cursors).routes
        + SearchRoutes().routes
        + FormRoutes().routes
        + HostedFormRoutes(
            intake: parts.intake, assets: parts.assets, runtime: parts.formRuntime
        ).routes
        + LiveRoutes(feed: parts.live).routes
        + TodayPages(shells: shells, cursors: cursors).routes
        + PipelinePages(shells: shells, cursors: cursors).routes
        + LeadPages(shells: shells, cursors: cursors).routes
}
