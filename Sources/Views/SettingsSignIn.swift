/// The identity provider by which people sign in.
package struct ProviderPanel: Sendable {
    package var issuer: String
    package var clientID: String
    package var label: String
    /// `everybody` or `admins`.
    package var passwords: String
    /// `here` or `provider`.
    package var secondStep: String

    package init(
        issuer: String, clientID: String, label: String, passwords: String, secondStep: String
    ) {
        (self.issuer, self.clientID, self.label) = (issuer, clientID, label)
        (self.passwords, self.secondStep) = (passwords, secondStep)
    }
}

/// What the company asks of sign-ins.
package struct SignInPolicyPage: Sendable {
    package var isSecondStepRequired: Bool
    /// Active people, and how many of them have a second step.
    package var people: Int
    package var peopleWithSecondStep: Int
    /// Nil when people sign in by password alone.
    package var provider: ProviderPanel?
    /// To be registered with the provider.
    package var redirectURL = ""
    /// Where people may come from; from anywhere when it is empty.
    package var addresses: [String] = []
    /// Where the reader is.
    package var ownAddress = ""

    package init(isSecondStepRequired: Bool, people: Int, peopleWithSecondStep: Int) {
        self.isSecondStepRequired = isSecondStepRequired
        (self.people, self.peopleWithSecondStep) = (people, peopleWithSecondStep)
    }
}

func signInSection(_ page: SignInPolicyPage, canEdit: Bool) -> HTML {
    let isOn = page.isSecondStepRequired
    let state = isOn ? tag("Required", .good, icon: "check") : tag("Up to each person")
    let next =
        isOn
        ? "Everybody else must set that up before they can do anything else."
        : "Require it, and everybody else must set it up before they can go on."
    let body: HTML = """
        <div class="panel-body"><p>\(page.peopleWithSecondStep) of \(page.people) people are asked \
        for a code as well as their password. \(next) API keys are not affected.</p>\
        \(when: canEdit, "<div class=\"row\">\(requireButton(isOn: isOn))</div>")</div>
        """
    return """
        \(sectionHead("Sign-in", "What your company asks of everybody who signs in."))\
        \(panel("Second step", actions: state, body: body))\
        \(providerPanel(page, canEdit: canEdit))\(addressesPanel(page, canEdit: canEdit))\
        \(when: canEdit, signInDialogs(page))
        """
}

private func requireButton(isOn: Bool) -> HTML {
    isOn
        ? labelled(
            "Stop requiring", "lock",
            Write("PUT /sign-in-policy", said: "The second step is up to each person"),
            body: "{\"totp_required\":false}",
            confirm: "Who has set it up keeps it, and may turn it off.")
        : labelled(
            "Require for everybody", "lock",
            Write("PUT /sign-in-policy", said: "The second step is required"),
            body: "{\"totp_required\":true}",
            confirm: "Who has none is led to set it up at once, also where they are signed in now.")
}
