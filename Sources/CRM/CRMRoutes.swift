import Meta
import OpenID
import Storage
import Tenancy
import Views
import Web

/// What the CRM's routes are made with.
package struct CRMParts: Sendable {
    package let database: Database
    package let authenticator: Authenticator
    package let passwords: Passwords
    package let masterKeys: MasterKeys
    package let cursors: Cursors
    package let shells: Shells
    package let live: LiveFeed
    package let intake: FormIntake
    package let imports: ImportFiles
    package let mailing: Mailing
    package let relyingParty: RelyingParty
    package let graph: MetaGraph
    package let assets: Assets
    package let formFiles: FormFiles
    /// What embedded forms run.
    package let formScripts: FormScripts
    package let version: String
    /// Whether the session cookie is sent over https only.
    package let secureCookies: Bool

    package init(
        database: Database, authenticator: Authenticator, passwords: Passwords,
        masterKeys: MasterKeys, cursors: Cursors, live: LiveFeed, imports: ImportFiles,
        formFiles: FormFiles, mailing: Mailing, relyingParty: RelyingParty, graph: MetaGraph,
        assets: Assets, formScripts: FormScripts,
        version: String, secureCookies: Bool
    ) {
        self.database = database
        self.authenticator = authenticator
        self.passwords = passwords
        self.masterKeys = masterKeys
        self.cursors = cursors
        self.live = live
        self.imports = imports
        self.mailing = mailing
        self.relyingParty = relyingParty
        self.graph = graph
        self.assets = assets
        self.formFiles = formFiles
        self.formScripts = formScripts
        self.version = version
        self.secureCookies = secureCookies
        shells = Shells(assets: assets)
        intake = FormIntake(
            database: database, cursors: cursors, mailing: mailing, files: formFiles)
    }
}

/// Every route of the CRM, feature by feature; `DevelopersPages` shows those of the API.
package func crmRoutes(_ parts: CRMParts) -> [Route] {
    let routes = leadRoutes(parts) + captureRoutes(parts) + companyRoutes(parts)
    return routes
        + DevelopersPages(routes, version: parts.version, shells: parts.shells).routes
}

private func leadRoutes(_ parts: CRMParts) -> [Route] {
    let (shells, cursors) = (parts.shells, parts.cursors)
    let routes =
        LeadRoutes(cursors: cursors).routes
        + ShareRoutes().routes
        + BulkRoutes().routes
        + LeadLineRoutes().routes
        + ActivityRoutes().routes
        + TouchRoutes().routes
        + TimelineRoutes(cursors: cursors).routes
        + SearchRoutes().routes
        + PersonalViewRoutes().routes
        + LiveRoutes(feed: parts.live).routes
        + TodayPages(shells: shells, cursors: cursors).routes
        + PipelinePages(shells: shells, cursors: cursors).routes
        + LeadPages(shells: shells, cursors: cursors).routes
        + AccessPages(shells: shells).routes
    return routes.followingMerges + DuplicateRoutes(cursors: cursors).routes + MergeRoutes().routes
        + DuplicatePages(shells: shells, cursors: cursors).routes
}

private func captureRoutes(_ parts: CRMParts) -> [Route] {
    let (shells, cursors) = (parts.shells, parts.cursors)
    return FormRoutes().routes
        + FormPages(shells: shells, cursors: cursors).routes
        + HostedFormRoutes(
            intake: parts.intake, assets: parts.assets, scripts: parts.formScripts
        ).routes
        + EntryFileRoutes(files: parts.formFiles).routes
        + ImportRoutes(files: parts.imports, cursors: cursors).routes
        + ImportPages(shells: shells, cursors: cursors, files: parts.imports).routes
        + InboxRoutes(cursors: cursors).routes
        + MetaHookRoutes(keys: parts.masterKeys).routes
        + MetaRoutes(keys: parts.masterKeys, graph: parts.graph, mailing: parts.mailing).routes
        + DoorRoutes().routes
        + InboxPages(shells: shells, cursors: cursors).routes
}

private func companyRoutes(_ parts: CRMParts) -> [Route] {
    let (authenticator, cursors) = (parts.authenticator, parts.cursors)
    return doorRoutes(parts)
        + signInRoutes(parts)
        + AccountPages(shells: parts.shells, keys: parts.masterKeys).routes
        + UserRoutes(
            authenticator: authenticator, passwords: parts.passwords, mailing: parts.mailing,
            cursors: cursors
        ).routes
        + TeamRoutes().routes
        + PartnerRoutes().routes
        + RoleRoutes(authenticator: authenticator).routes
        + AccessRoutes().routes
        + APIKeyRoutes(authenticator: authenticator).routes
        + StageRoutes().routes
        + CustomFieldRoutes().routes
        + AssignmentRoutes().routes
        + SimulationRoutes().routes
        + TerritoryRoutes().routes
        + CalendarRoutes().routes
        + ClockRoutes().routes
        + ScoreRoutes().routes
        + SettingsPages(
            shells: parts.shells, keys: parts.masterKeys, mailing: parts.mailing,
            graph: parts.graph
        ).routes
        + AuditRoutes(cursors: cursors).routes
        + AuditPages(shells: parts.shells, cursors: cursors).routes
        + BreakGlassRoutes(
            authenticator: authenticator, mailing: parts.mailing,
            secureCookies: parts.secureCookies
        ).routes
        + BreakGlassPages(shells: parts.shells, authenticator: authenticator).routes
        + JobRoutes(cursors: cursors).routes
        + JobPages(shells: parts.shells, cursors: cursors).routes
        + OutboxRoutes(cursors: cursors, mailing: parts.mailing).routes
        + OutboxPages(shells: parts.shells, cursors: cursors, mailing: parts.mailing).routes
}

/// How people sign in: their own second step and sessions, and what the company asks of all.
private func signInRoutes(_ parts: CRMParts) -> [Route] {
    let authenticator = parts.authenticator
    return SignInRoutes(authenticator: authenticator).routes
        + SecondStepRoutes(authenticator: authenticator, keys: parts.masterKeys).routes
        + OpenIDSettingRoutes(
            authenticator: authenticator, keys: parts.masterKeys,
            relyingParty: parts.relyingParty, mailing: parts.mailing
        ).routes
        + AddressRoutes(authenticator: authenticator).routes
}

/// Who is not signed in comes in here.
private func doorRoutes(_ parts: CRMParts) -> [Route] {
    let (authenticator, passwords) = (parts.authenticator, parts.passwords)
    return AccountRoutes(
        authenticator: authenticator, secureCookies: parts.secureCookies
    ).routes
        + SignInPages(authenticator: authenticator, assets: parts.assets).routes
        + OpenIDRoutes(
            authenticator: authenticator, relyingParty: parts.relyingParty,
            mailing: parts.mailing, secureCookies: parts.secureCookies
        ).routes
        + OpenIDPages(
            authenticator: authenticator, relyingParty: parts.relyingParty,
            mailing: parts.mailing, assets: parts.assets, secureCookies: parts.secureCookies
        ).routes
        + DoorPages(authenticator: authenticator, assets: parts.assets).routes
        + InvitationRoutes(
            authenticator: authenticator, passwords: passwords, mailing: parts.mailing,
            secureCookies: parts.secureCookies
        ).routes
        + PasswordResetRoutes(
            authenticator: authenticator, passwords: passwords, mailing: parts.mailing
        ).routes
}
