/// A page under `/settings`.
package func settingsPage(
    _ frame: ShellPage, _ access: SettingsAccess, _ content: SettingsContent
) -> HTML {
    shell(
        frame, body: settingsBody(access, content),
        assets: ["css/settings.css", "js/forms.js", "js/settings.js"] + content.assets)
}

extension SettingsContent {
    /// What a section needs besides.
    fileprivate var assets: [String] {
        switch self {
        case .assignment: ["js/assignment.js"]
        case .form: ["js/builder.js"]
        case .capacity, .territories, .speed, .score, .fields, .stages: []
        default: ["js/people.js"]
        }
    }
}

/// The page without its frame; also the answer to a request for a fragment.
package func settingsBody(_ access: SettingsAccess, _ content: SettingsContent) -> HTML {
    """
    <div class="settings" data-region="settings">\(subNavigation(access, content.section))\
    <div class="leaf">\(section(content, canEdit: access.canEdit))</div>\
    \(when: access.canEdit, confirmDialog)</div>
    """
}

private func section(_ content: SettingsContent, canEdit: Bool) -> HTML {
    switch content {
    case .users(let page): usersSection(page, canEdit: canEdit)
    case .roles(let page): rolesSection(page, canEdit: canEdit)
    case .teams(let page): teamsSection(page, canEdit: canEdit)
    case .stages(let page): stagesSection(page, canEdit: canEdit)
    case .fields(let page): fieldsSection(page, canEdit: canEdit)
    case .assignment(let page): assignmentSection(page, canEdit: canEdit)
    case .capacity(let page): capacitySection(page, canEdit: canEdit)
    case .territories(let page): territoriesSection(page, canEdit: canEdit)
    case .speed(let page): speedSection(page, canEdit: canEdit)
    case .score(let page): scoreSection(page, canEdit: canEdit)
    case .forms(let page): formsSection(page, canEdit: canEdit)
    case .form(let page): formBuilderSection(page, canEdit: canEdit)
    case .submissions(let page): formSubmissionsSection(page)
    case .keys(let page): keysSection(page, canEdit: canEdit)
    case .facebook(let page): metaSection(page, canEdit: canEdit)
    case .signIn(let page): signInSection(page, canEdit: canEdit)
    }
}

private func subNavigation(_ access: SettingsAccess, _ current: SettingsSection) -> HTML {
    let links = access.sections.map { place -> HTML in
        """
        <a href="/settings/\(place.rawValue)"\
        \(when: place == current, " aria-current=\"page\"")>\(icon(place.icon))\(place.label)</a>
        """
    }
    return "<nav class=\"settings-nav\" aria-label=\"Settings\">\(links)</nav>"
}
