/// Where a company's connection to Facebook is set up and looked after.
package enum MetaPanel {
    package static let path = "/settings/connections/meta"
}

/// A form at Facebook.
package struct MetaFormRow: Sendable {
    package var id: String
    /// As Facebook calls it, else its id.
    package var name: String
    package var leads: Int
    /// When the last lead was sent and the list was read, as people say it; empty for never.
    package var last = ""
    package var read = ""
    package var fault = ""

    package init(id: String, name: String, leads: Int) {
        (self.id, self.name, self.leads) = (id, name, leads)
    }
}

/// A question of the forms, and which field of a lead it is.
package struct MetaQuestionRow: Sendable {
    package var question: String
    /// What somebody has answered.
    package var sample: String
    /// As the API has it; empty when it is the usual one, or none.
    package var target: String
    /// What the field is called.
    package var label: String

    package init(question: String, sample: String, target: String, label: String) {
        (self.question, self.sample) = (question, sample)
        (self.target, self.label) = (target, label)
    }
}

/// Facebook's count of a form and day beside ours.
package struct MetaDayRow: Sendable {
    package var form: String
    package var formName: String
    /// `2026-11-22`
    package var day: String
    package var dayName: String
    package var theirs: Int
    package var ours: Int

    package init(
        form: String, formName: String, day: String, dayName: String, theirs: Int, ours: Int
    ) {
        (self.form, self.formName, self.day) = (form, formName, day)
        (self.dayName, self.theirs, self.ours) = (dayName, theirs, ours)
    }
}

/// How a test lead is doing.
package enum MetaTest: Sendable, Equatable {
    case none
    /// Asked for, and nothing has come yet.
    case asked
    case waiting
    case came(leadURL: String)
    case failed(String)
}

/// What is connected.
package struct MetaConnectionPanel: Sendable {
    package var pageName: String
    package var tokenHint: String
    /// Why Facebook lets nothing be read any more; nil when all is well.
    package var fault: String?
    /// Whether Facebook is given a rest.
    package var isResting = false
    package var isSubscribed: Bool?
    package var checked = ""
    package var version = ""
    package var waiting = 0
    package var test = MetaTest.none
    package var hasLeads = false
    package var forms: [MetaFormRow] = []
    package var questions: [MetaQuestionRow] = []
    package var days: [MetaDayRow] = []

    package init(pageName: String, tokenHint: String) {
        (self.pageName, self.tokenHint) = (pageName, tokenHint)
    }
}

/// The page about Facebook's lead ads.
package struct MetaPage: Sendable {
    package var callbackURL: String
    /// Nil until it is connected.
    package var connection: MetaConnectionPanel?
    /// Fields that a question may be.
    package var targets: [Choice] = []

    package init(callbackURL: String, connection: MetaConnectionPanel? = nil) {
        (self.callbackURL, self.connection) = (callbackURL, connection)
    }
}
