/// How likely a lead is won, and what speaks for it and against it.
package struct LeadScore: Sendable {
    /// 0 to 100; nil when there is none.
    package var score: Int?
    /// Instead of the score, as "Needs 100 decided leads; you have 37."
    package var text: String
    package var reasons: [Reason]

    package struct Reason: Sendable {
        /// As "Source Referral".
        package var name: String
        /// As "won 41 % of 120, 23 % of all".
        package var text: String
        package var isFor: Bool

        package init(name: String, text: String, isFor: Bool) {
            (self.name, self.text, self.isFor) = (name, text, isFor)
        }
    }

    package init(score: Int?, text: String = "", reasons: [Reason] = []) {
        (self.score, self.text, self.reasons) = (score, text, reasons)
    }
}

func scoreBlock(_ score: LeadScore) -> HTML {
    guard let points = score.score else {
        return score.text.isEmpty ? "" : "<h3>Score</h3><p class=\"why\">\(score.text)</p>"
    }
    let reasons = score.reasons.map { reason -> HTML in
        """
        <li>\(icon(reason.isFor ? "arrow-up" : "arrow-down", small: true))\
        <span><span class="vh">\(reason.isFor ? "For it" : "Against it"): </span>\
        <b>\(reason.name)</b> \(reason.text)</span></li>
        """
    }
    return """
        <h3>Score</h3><div class="score"><b class="num">\(points)</b>\
        \(meter(percent: points, label: "Score \(points) of 100"))</div>\
        \(when: !reasons.isEmpty, "<ul class=\"score-why\">\(reasons)</ul>")
        """
}
