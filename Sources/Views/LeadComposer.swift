/// The one form that logs what happened, schedules what comes next and moves the stage.
package struct Composer: Sendable {
    /// Stages the lead may move to from where it is.
    package var stages: [StageName]
    package var current: StageName
    /// Offered as one key; never taken silently, because that would spoil the pipeline's data.
    package var suggestion: StageName?
    /// What a colleague did a short while ago, as "Asha called 2 h ago: “No answer”".
    package var recentTouch: String?

    package init(
        stages: [StageName], current: StageName, suggestion: StageName?, recentTouch: String? = nil
    ) {
        self.stages = stages
        self.current = current
        self.suggestion = suggestion
        self.recentTouch = recentTouch
    }
}

/// What can come of an activity, and the next step it usually asks for.
private struct Outcome {
    let key: String
    let label: String
    /// The value of the next-step select it presets.
    let next: String
}

private let outcomes: [(ActivityKind, [Outcome])] = [
    (
        .call,
        [
            Outcome(key: "connected", label: "Connected", next: "call:3d"),
            Outcome(key: "no_answer", label: "No answer", next: "call:1d"),
            Outcome(key: "left_message", label: "Left message", next: "call:2d"),
        ]
    ),
    (
        .email,
        [
            Outcome(key: "sent", label: "Sent", next: "call:3d"),
            Outcome(key: "replied", label: "They replied", next: "call:1d"),
        ]
    ),
    (
        .whatsapp,
        [
            Outcome(key: "sent", label: "Sent", next: "call:2d"),
            Outcome(key: "replied", label: "They replied", next: "call:1d"),
        ]
    ),
    (
        .meeting,
        [
            Outcome(key: "held", label: "Held", next: "email:1d"),
            Outcome(key: "no_show", label: "No show", next: "call:1d"),
        ]
    ),
    (.note, []),
]

/// The moments the select offers; the browser turns them into times of the user's own zone.
private let nextSteps = [
    Choice("", "No next step"),
    Choice("call:1d", "Call tomorrow 10:00"),
    Choice("call:2d", "Call in 2 days"),
    Choice("call:3d", "Call in 3 days", isSelected: true),
    Choice("call:7d", "Call next week"),
    Choice("email:1d", "Email tomorrow"),
    Choice("whatsapp:1d", "WhatsApp tomorrow"),
    Choice("meeting:7d", "Meeting next week"),
    Choice("pick", "Pick a time…"),
]

func composerForm(_ composer: Composer) -> HTML {
    let stages = [Choice("", "Keep \(composer.current.label)")] + composer.stages.map(stageChoice)
    return """
        <form class="comp" id="log" data-part="composer">\(composer.recentTouch.map(touchNote))\
        <div class="row kinds">\(kindRadios)</div>\
        <textarea name="notes" aria-label="What happened?" \
        placeholder="What happened? Notes stay on the timeline…"></textarea>\
        <div class="row" data-outcomes>\(outcomes.map { outcomeRadios($0, $1) })\
        \(composer.suggestion.map(suggestionButton))</div>\
        <div class="row line"><select class="pick" name="next" aria-label="Next step">\
        \(options(nextSteps))</select>\
        <input class="pick" type="datetime-local" name="next_at" aria-label="When" hidden>\
        <select class="pick" name="stage" aria-label="Stage afterwards">\(options(stages))</select>\
        <span class="grow"></span><button class="btn primary" type="submit">\
        <span data-submit>Log call</span> <kbd data-mod>↵</kbd></button></div>\
        <p class="err" data-form-error hidden></p></form>
        """
}

private func touchNote(_ text: String) -> HTML {
    "<p class=\"touch\">\(icon("history", small: true))\(text)</p>"
}

private func stageChoice(_ stage: StageName) -> Choice { Choice(stage.key, "→ \(stage.label)") }

private func suggestionButton(_ stage: StageName) -> HTML {
    """
    <button class="chip" type="button" data-suggest="\(stage.key)" aria-pressed="false" \
    title="Also with ⌘ or Ctrl, ⇧ and ↵">→ \(stage.label)</button>
    """
}

private let kindRadios: HTML = {
    let labels = ActivityKind.allCases.map { kind -> HTML in
        """
        <label title="\(kind.label)"><input type="radio" name="kind" value="\(kind.rawValue)"\
        \(when: kind == .call, " checked")>\(icon(kind.icon, small: true))<span>\(kind.label)</span>\
        </label>
        """
    }
    return """
        <span class="radio" role="radiogroup" aria-label="What">\(labels)</span>
        """
}()

private func outcomeRadios(_ kind: ActivityKind, _ outcomes: [Outcome]) -> HTML {
    guard !outcomes.isEmpty else { return "" }
    let labels = outcomes.enumerated().map { index, outcome -> HTML in
        """
        <label><input type="radio" name="outcome-\(kind.rawValue)" value="\(outcome.key)" \
        data-next="\(outcome.next)"\(when: index == 0, " checked")>\(outcome.label)</label>
        """
    }
    return """
        <span class="radio" role="radiogroup" aria-label="Outcome" data-kind="\(kind.rawValue)"\
        \(when: kind != .call, " hidden")>\(labels)</span>
        """
}
