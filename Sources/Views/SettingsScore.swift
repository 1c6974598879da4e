/// What the company's score goes by, and how good it is.
package struct ScorePage: Sendable {
    package var features: [Choice]
    package var version: Int
    /// Leads won and lost so far, and how many are needed.
    package var decided: Int
    package var needed: Int
    /// As "Made anew 3 h ago"; empty for never.
    package var rebuilt: String
    package var quality: ScoreQualityTable?

    package init(
        features: [Choice], version: Int, decided: Int, needed: Int, rebuilt: String = "",
        quality: ScoreQualityTable? = nil
    ) {
        (self.features, self.version) = (features, version)
        (self.decided, self.needed) = (decided, needed)
        (self.rebuilt, self.quality) = (rebuilt, quality)
    }
}

/// How scores did on leads that they were not made of.
package struct ScoreQualityTable: Sendable {
    /// As "81 %"; nil when there were no pairs to compare.
    package var right: String?
    package var heldOut: Int
    package var rows: [Row]

    package struct Row: Sendable {
        /// As "80 to 90".
        package var scores: String
        package var leads: Int
        package var expectedPercent: Int
        package var wonPercent: Int

        package init(_ scores: String, leads: Int, expectedPercent: Int, wonPercent: Int) {
            (self.scores, self.leads) = (scores, leads)
            (self.expectedPercent, self.wonPercent) = (expectedPercent, wonPercent)
        }
    }

    package init(right: String?, heldOut: Int, rows: [Row]) {
        (self.right, self.heldOut, self.rows) = (right, heldOut, rows)
    }
}

func scoreSection(_ page: ScorePage, canEdit: Bool) -> HTML {
    """
    \(sectionHead("Score",
        "How likely an open lead is won, from 0 to 100, judged by how leads like it ended. It is "
            + "kept up with each outcome and made anew every night."))\
    \(standing(page))\(featuresPanel(page, canEdit: canEdit))\(page.quality.map(qualityPanel))
    """
}

private func standing(_ page: ScorePage) -> HTML {
    guard page.decided < page.needed else { return "" }
    return """
        <div class="notice info">\(icon("info"))\
        <p>Needs \(page.needed) decided leads; you have \(page.decided).</p></div>
        """
}

private func featuresPanel(_ page: ScorePage, canEdit: Bool) -> HTML {
    let boxes = page.features.map { feature -> HTML in
        guard canEdit else { return feature.isSelected ? tag(feature.label) : "" }
        return """
            <label class="check"><input type="checkbox" name="features" value="\(feature.value)"\
            \(when: feature.isSelected, " checked")><span>\(feature.label)</span></label>
            """
    }
    let fields = panel(
        "What it goes by", subtitle: page.rebuilt,
        body: "<div class=\"panel-body\"><div class=\"features\">\(boxes)</div></div>")
    guard canEdit else { return fields }
    return """
        <form class="list-editor" data-list="score" data-path="/score" \
        data-version="\(page.version)" novalidate>\(fields)\
        <footer class="list-foot"><p class="err" data-form-error role="alert" hidden></p>\
        \(unsavedNotice)</footer></form>
        """
}

private func qualityPanel(_ table: ScoreQualityTable) -> HTML {
    let right = table.right.map {
        "Of a lead that was won and one that was lost, the won one had the higher score in \($0) "
            + "of all pairs; guessing has 50 %. "
    }
    return panel(
        "How good it is",
        body: """
            <div class="panel-body"><p>\(right ?? "")Tried on \(grouped(table.heldOut)) decided \
            leads that it was not made of.</p></div>\
            <div class="tablewrap" role="region" aria-label="How good scores are" tabindex="0">\
            <table class="grid all"><thead><tr><th>Score</th><th class="n">Leads</th>\
            <th class="n">Expected won</th><th class="n">Won</th></tr></thead>\
            <tbody>\(table.rows.map(qualityRow))</tbody></table></div>
            """)
}

private func qualityRow(_ row: ScoreQualityTable.Row) -> HTML {
    """
    <tr><td class="num">\(row.scores)</td><td class="n">\(grouped(row.leads))</td>\
    <td class="n">\(row.leads == 0 ? "–" : "\(row.expectedPercent) %")</td>\
    <td class="n">\(row.leads == 0 ? "–" : "\(row.wonPercent) %")</td></tr>
    """
}
