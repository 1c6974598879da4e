import Storage

/// A lead as Facebook tells it.
package struct GraphLead: Sendable, Equatable {
    package let id: String
    package let form: String?
    package let sentAt: Instant?
    /// What was answered, by question, in the form's order.
    package let answers: [Answer]
    /// Ticks below the form that are no questions: `""` for one that was left out.
    package let ticks: [(key: String, value: String)]
    /// Whence it came: ids and names of ad, ad set and campaign, and where it was shown.
    package let origin: [(key: String, value: String)]
    package let json: JSON

    package struct Answer: Sendable, Equatable {
        package let question: String
        package let values: [String]
        package var text: String { values.joined(separator: ", ") }

        package init(question: String, values: [String]) {
            self.question = question
            self.values = values
        }
    }

    private static let answersMax = 200
    private static let valueMax = 10_000
    private static let originMax = 500
    private static let ids = ["ad_id", "adset_id", "campaign_id"]
    private static let words = ["ad_name", "adset_name", "campaign_name", "platform"]

    /// - Returns: Nil for what is no lead.
    package init?(_ json: JSON) {
        guard let id = GraphID.read(json["id"]), let data = json["field_data"]?.array else {
            return nil
        }
        self.id = id
        self.json = json
        form = GraphID.read(json["form_id"])
        sentAt = GraphTime.read(json["created_time"])
        answers = data.prefix(Self.answersMax).compactMap { field in
            guard let name = field["name"]?.string, !name.isEmpty else { return nil }
            let values = (field["values"]?.array ?? []).map(Self.text).filter { !$0.isEmpty }
            return Answer(question: String(name.prefix(Self.originMax)), values: values)
        }
        ticks = (json["custom_disclaimer_responses"]?.array ?? []).prefix(Self.answersMax)
            .compactMap { tick in
                guard let key = tick["checkbox_key"]?.string else { return nil }
                let value = tick["is_checked"].map(Self.text) ?? ""
                return (String(key.prefix(100)), String(value.prefix(Self.originMax)))
            }
        var origin: [(key: String, value: String)] = Self.ids.compactMap { key in
            GraphID.read(json[key]).map { (key, $0) }
        }
        origin += Self.words.compactMap { key in
            guard let text = json[key]?.string, !text.isEmpty else { return nil }
            return (key, String(text.prefix(Self.originMax)))
        }
        if case .bool(let isOrganic) = json["is_organic"] {
            origin.append(("is_organic", isOrganic ? "true" : "false"))
        }
        self.origin = origin
    }

    private static func text(_ json: JSON) -> String {
        let text = json.string ?? (json == .null ? "" : json.text)
        return String(
            text.unicodeScalars.filter { $0 != "\0" }.prefix(valueMax).map(Character.init))
    }

    package static func == (left: GraphLead, right: GraphLead) -> Bool { left.json == right.json }
}
