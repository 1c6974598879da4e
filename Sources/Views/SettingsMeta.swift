// Settings → Facebook: connecting in three steps, and how the connection does.

func metaSection(_ page: MetaPage, canEdit: Bool) -> HTML {
    let connection = page.connection
    let body: HTML = """
        <div class="panel-body">\(connection.map(facts))\(steps(page, canEdit: canEdit))\
        \(when: canEdit && connection != nil, connectionActions())</div>
        """
    return """
        \(sectionHead(
            "Facebook",
            "People who send a lead form on Facebook or Instagram are leads here within seconds."))\
        \(connection.flatMap { stopped($0, canEdit: canEdit) })\
        \(panel(
            "Connection", subtitle: connection?.pageName, actions: stateTag(connection),
            body: body))\
        \(connection.map { metaTables($0, canEdit: canEdit) })\
        \(when: canEdit, metaDialogs(page))
        """
}

private func stateTag(_ connection: MetaConnectionPanel?) -> HTML {
    guard let connection else { return tag("Not connected") }
    if connection.fault != nil { return tag("Connect again", .bad, icon: "triangle-alert") }
    if connection.isResting { return tag("Resting", .warn, icon: "pause") }
    return tag("Connected", .good, icon: "check")
}

private func stopped(_ connection: MetaConnectionPanel, canEdit: Bool) -> HTML? {
    guard let fault = connection.fault else { return nil }
    let waiting =
        connection.waiting == 0
        ? "What comes now waits"
        : "\(counted(connection.waiting, "lead waits", "leads wait"))"
    let words = "Facebook lets nothing be read any more. \(waiting), and nothing is lost."
    let write = Write("PUT /connections/meta", said: "Facebook is connected again")
    let again: HTML = """
        <button class="btn" type="button" data-open-form="meta" \(write.attributes)>\
        Give another token</button>
        """
    return notice(
        .bad, "\(words) Facebook says: \(fault)", action: canEdit ? again : nil)
}

private func facts(_ connection: MetaConnectionPanel) -> HTML {
    let tells =
        switch connection.isSubscribed {
        case true?: "Yes"
        case false?: "No: the webhook is not set up"
        case nil: "Not known"
        }
    return """
        <dl class="facts">\(fact("Page", connection.pageName))\
        \(fact("Page token", connection.tokenHint.isEmpty ? "Set" : "…\(connection.tokenHint)"))\
        \(fact("Tells us of leads", tells))\
        \(fact("Waiting for answers", grouped(connection.waiting)))\
        \(fact("Last checked", connection.checked.isEmpty ? "Not yet" : connection.checked))\
        \(fact("Graph API", connection.version))</dl>
        """
}

private func fact(_ name: String, _ value: String) -> HTML? {
    value.isEmpty ? nil : "<div><dt>\(name)</dt><dd>\(value)</dd></div>"
}

// MARK: The steps

private func steps(_ page: MetaPage, canEdit: Bool) -> HTML {
    let connection = page.connection
    let isTold = connection?.isSubscribed == true || connection?.hasLeads == true
    return """
        <ol class="setup-steps">\
        \(step(
            "Give iPerform the keys", isDone: connection != nil,
            text: "The app’s secret, a long-lived token of your page, and verify words of your choice. "
                + "They are stored sealed and never shown again.",
            body: canEdit && connection == nil ? connectButton("Connect", isPrimary: true) : nil))\
        \(step(
            "Give Facebook our address", isDone: connection != nil && isTold,
            text: "In your app under Webhooks choose Page, enter this address and the same words, "
                + "and subscribe to leadgen with Include Values on.",
            body: copyable(page.callbackURL, label: "Callback address")))\
        \(step(
            "Send a test lead", isDone: connection?.test.hasCome ?? false,
            text: "Facebook makes one and tells us of it: the same way that real ones come.",
            body: connection.map { testBody($0, canEdit: canEdit) }))</ol>
        """
}

private func step(_ title: String, isDone: Bool, text: String, body: HTML?) -> HTML {
    """
    <li\(when: isDone, " class=\"done\"")><h3>\(title)\
    \(when: isDone, tag("Done", .good, icon: "check"))</h3><p>\(text)</p>\(body)</li>
    """
}

private func connectButton(_ label: String, isPrimary: Bool = false) -> HTML {
    let write = Write("PUT /connections/meta", said: "Facebook is connected")
    return """
        <div class="row"><button class="btn\(when: isPrimary, " primary")" type="button" \
        data-open-form="meta" \(write.attributes)>\(icon(isPrimary ? "plug" : "pencil"))\(label)\
        </button></div>
        """
}

private func connectionActions() -> HTML {
    let change = Write("PUT /connections/meta", said: "The connection is saved")
    let check = labelled(
        "Check now", "refresh-cw", Write("POST /connections/meta/check", said: "Facebook is asked"))
    let remove = labelled(
        "Disconnect", "trash-2",
        Write("DELETE /connections/meta", said: "Facebook is disconnected"),
        confirm: "No more leads come from Facebook. Those that wait for their answers are refused.")
    return """
        <div class="row"><button class="btn" type="button" data-open-form="meta" \
        \(change.attributes)>\(icon("pencil"))Change keys</button>\(check)\(remove)</div>
        """
}

private func testBody(_ connection: MetaConnectionPanel, canEdit: Bool) -> HTML {
    let state: HTML? =
        switch connection.test {
        case .none: nil
        case .asked: "<span data-look-again>\(tag("On its way", .info, icon: "clock"))</span>"
        case .waiting:
            "<span data-look-again>\(tag("Reading its answers", .info, icon: "clock"))</span>"
        case .came(let url):
            "\(tag("It is a lead", .good, icon: "check"))<a class=\"link\" href=\"\(url: url)\">Open it</a>"
        case .failed(let words): "\(tag("Refused", .bad, icon: "circle-x"))<span>\(words)</span>"
        }
    let button = labelled(
        "Send a test lead", "play",
        Write("POST /connections/meta/test-lead", said: "Facebook was asked for a test lead"),
        body: "{}")
    return "<div class=\"row\">\(when: canEdit, button)\(state)</div>"
}

extension MetaTest {
    fileprivate var hasCome: Bool { if case .came = self { true } else { false } }
}

// MARK: Dialogs

private func metaDialogs(_ page: MetaPage) -> HTML {
    let isNew = page.connection == nil
    let hint = isNew ? nil : "Empty: as it is."
    let keys: [Field] = [
        Field("app_secret", "App secret", .password, isRequired: isNew).with(
            hint: hint ?? "In your app under Settings, Basic.", autocomplete: "new-password"),
        Field("verify_token", "Verify words", .password, isRequired: isNew).with(
            hint: hint ?? "Any words without spaces. Facebook is given the same.",
            autocomplete: "new-password"),
        Field("page_token", "Page token", .password, isRequired: isNew).with(
            hint: hint ?? "A long-lived one, with leads_retrieval and pages_manage_metadata.",
            autocomplete: "new-password"),
    ]
    let target = Field(
        "target", "is", .select([Choice("", "As usual, else in the notes")] + page.targets))
    let question: HTML = """
        \(field(Field("question", "The answer to", isRequired: true), prefix: "question"))\
        \(field(target, prefix: "question"))
        """
    return """
        \(dialog(
            id: "meta", title: isNew ? "Connect Facebook" : "Change keys",
            text: "They are stored sealed and never shown again.", submit: "Save",
            body: "\(keys.map { field($0, prefix: "meta") })"))\
        \(dialog(
            id: "meta-question", title: "Where an answer goes", submit: "Save",
            body: question))
        """
}
