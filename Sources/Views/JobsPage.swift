/// The jobs of one kind, as a line.
package struct JobQueueLine: Sendable {
    package var name: String
    package var waiting: Int
    package var scheduled: Int
    package var running: Int
    package var dead: Int
    /// How long the first has waited, as people say it; empty when none waits.
    package var oldest: String
    package var doneLately: Int
    package var failedLately: Int
    /// How long one takes, as people say it.
    package var mean: String

    package init(name: String) {
        self.name = name
        (waiting, scheduled, running, dead) = (0, 0, 0, 0)
        (doneLately, failedLately) = (0, 0)
        (oldest, mean) = ("", "")
    }
}

/// One job that is not done.
package struct JobLine: Sendable {
    package enum State: String, Sendable, CaseIterable {
        case dead, running, waiting, scheduled, cancelled

        var label: String {
            switch self {
            case .dead: "Failed"
            case .running: "Running"
            case .waiting: "Waiting"
            case .scheduled: "Planned"
            case .cancelled: "Cancelled"
            }
        }

        fileprivate var weight: Weight {
            switch self {
            case .dead: .bad
            case .running: .info
            case .waiting: .warn
            case .scheduled, .cancelled: .plain
            }
        }

        fileprivate var icon: String {
            switch self {
            case .dead: "triangle-alert"
            case .running: "loader-circle"
            case .waiting: "clock"
            case .scheduled: "calendar-clock"
            case .cancelled: "circle-x"
            }
        }
    }

    package var id: String
    package var name: String
    package var state: State
    /// When it runs, ran or was given up; a phrase.
    package var when: String
    package var failures: Int
    package var error: String
    package var payload: String

    package init(id: String, name: String, state: State, when: String) {
        (self.id, self.name, self.state, self.when) = (id, name, state, when)
        (failures, error, payload) = (0, "", "")
    }
}

/// The page at `/jobs`.
package struct JobsPage: Sendable {
    package var queues: [JobQueueLine]
    package var jobs: [JobLine]
    /// `?state=`; nil is all.
    package var filter: JobLine.State?
    package var olderURL: String?
    /// There are more jobs than were counted.
    package var isMore: Bool

    package init(
        queues: [JobQueueLine], jobs: [JobLine], filter: JobLine.State?, olderURL: String?,
        isMore: Bool
    ) {
        (self.queues, self.jobs, self.filter, self.olderURL) = (queues, jobs, filter, olderURL)
        self.isMore = isMore
    }

    /// "63" when that is all, "100,000+" when not all were counted.
    fileprivate func count(_ number: Int) -> String {
        isMore ? "\(grouped(number))+" : grouped(number)
    }
}

package func jobsPage(_ frame: ShellPage, _ page: JobsPage) -> HTML {
    shell(frame, body: jobsBody(page), assets: ["js/forms.js"])
}

/// The page without its frame; also the answer to a request for a fragment.
package func jobsBody(_ page: JobsPage) -> HTML {
    """
    <div class="leaf" data-region="jobs">\(queuesPanel(page))\(jobsPanel(page))</div>
    """
}

private func queuesPanel(_ page: JobsPage) -> HTML {
    let table: HTML =
        page.queues.isEmpty
        ? emptyState(
            "Nothing was done in the background yet",
            "Imports, reminders and syncs are counted here once there are some.", icon: "clock")
        : """
        <div class="tablewrap" role="region" aria-label="Jobs by kind" tabindex="0">\
        <table class="grid all stacked"><thead><tr><th>Work</th><th class="n">Waiting</th>\
        <th>Oldest</th><th class="n">Running</th><th class="n">Planned</th><th class="n">Failed</th>\
        <th class="n">Done, 24 h</th><th class="n">Errors, 24 h</th><th class="n">Takes</th></tr>\
        </thead><tbody>\(page.queues.map { queueRow($0, page) })</tbody></table></div>
        """
    return """
        <section class="panel flush" aria-labelledby="queues-title"><header>\
        <h2 id="queues-title">Work in the background</h2></header>\(table)</section>
        """
}

private func queueRow(_ queue: JobQueueLine, _ page: JobsPage) -> HTML {
    """
    <tr><td class="strong">\(queue.name)</td>\(cell(page.count(queue.waiting), "Waiting"))\
    <td data-label="Oldest">\(queue.oldest.isEmpty ? "–" : queue.oldest)</td>\
    \(cell(page.count(queue.running), "Running"))\(cell(page.count(queue.scheduled), "Planned"))\
    \(cell(page.count(queue.dead), "Failed"))\(cell(grouped(queue.doneLately), "Done, 24 h"))\
    \(cell(grouped(queue.failedLately), "Errors, 24 h"))\
    <td class="n" data-label="Takes">\(queue.mean.isEmpty ? "–" : queue.mean)</td></tr>
    """
}

private func cell(_ count: String, _ label: String) -> HTML {
    "<td class=\"n\(when: count == "0", " zero")\" data-label=\"\(label)\">\(count)</td>"
}

private func jobsPanel(_ page: JobsPage) -> HTML {
    """
    <section class="panel flush" aria-labelledby="jobs-title"><header>\
    <h2 id="jobs-title">What is not done</h2></header>\(jobTabs(page))\(jobList(page))</section>
    """
}

private func jobTabs(_ page: JobsPage) -> HTML {
    let counts: [JobLine.State: Int] = [
        .dead: page.queues.reduce(0) { $0 + $1.dead },
        .running: page.queues.reduce(0) { $0 + $1.running },
        .waiting: page.queues.reduce(0) { $0 + $1.waiting },
        .scheduled: page.queues.reduce(0) { $0 + $1.scheduled },
    ]
    let all = MenuLink("All", url: "/jobs", isCurrent: page.filter == nil)
    let rest = JobLine.State.allCases.map { state -> (MenuLink, count: String?) in
        let link = MenuLink(
            state.label, url: "/jobs?state=\(state.rawValue)", isCurrent: state == page.filter)
        return (link, count: counts[state].map(page.count))
    }
    return tabs([(all, count: nil)] + rest, label: "Jobs by state")
}

private func jobList(_ page: JobsPage) -> HTML {
    guard !page.jobs.isEmpty else {
        return page.filter == .dead
            ? emptyState(
                "Nothing has failed", "What fails for good waits here for you.", icon: "check")
            : emptyState("Nothing here", "Everything that was to be done is done.", icon: "check")
    }
    return """
        <ul class="entries">\(page.jobs.map(jobEntry))</ul>\(page.olderURL.map(olderLink))
        """
}

private func jobEntry(_ job: JobLine) -> HTML {
    let tries: HTML? =
        job.failures == 0
        ? nil : " · failed \(job.failures == 1 ? "once" : "\(job.failures) times")"
    return """
        <li class="entry" id="job-\(job.id)"><span class="entry-mark">\(icon(job.state.icon))</span>\
        <div class="entry-main"><p class="entry-line"><b>\(job.name)</b>\
        \(tag(job.state.label, job.state.weight))</p>\
        <p class="entry-note">\(job.when)\(tries)</p>\
        \(when: !job.error.isEmpty, "<p class=\"entry-why\">\(job.error)</p>")\
        <details class="raw"><summary>What it is about</summary><pre tabindex="0">\(job.payload)\
        </pre></details></div>\(jobActions(job))</li>
        """
}

private func jobActions(_ job: JobLine) -> HTML? {
    let retry = Write("POST /jobs/\(job.id)/retry", said: "It is run again")
    let cancel = Write("POST /jobs/\(job.id)/cancellation", said: "Given up")
    let giveUp = button("Cancel", "circle-x", cancel, job)
    switch job.state {
    case .dead, .scheduled:
        let label = job.state == .dead ? "Retry" : "Run now"
        return acts([button(label, "rotate-cw", retry, job), giveUp])
    case .waiting: return acts([giveUp])
    case .cancelled: return acts([button("Retry", "rotate-cw", retry, job)])
    case .running: return nil
    }
}

private func acts(_ buttons: [HTML]) -> HTML {
    "<div class=\"entry-acts\">\(buttons)</div>"
}

private func button(_ label: String, _ symbol: String, _ write: Write, _ job: JobLine) -> HTML {
    """
    <button class="btn" type="button" data-do \(write.attributes) \
    aria-label="\(label): \(job.name)">\(icon(symbol))\(label)</button>
    """
}
