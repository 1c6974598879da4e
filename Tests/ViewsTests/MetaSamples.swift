import Views

enum MetaSamples {
    static let callback = "https://crm.vantage.example/hooks/meta/vantage-retail"

    static let targets = [
        Choice("company", "Company"), Choice("contact_name", "Contact name"),
        Choice("custom.make", "Make"), Choice("ignore", "Left out"),
    ]

    static var empty: MetaPage {
        var page = MetaPage(callbackURL: callback)
        page.targets = targets
        return page
    }

    static var page: MetaPage {
        var panel = MetaConnectionPanel(pageName: "Vantage <Retail>", tokenHint: "ZD0x")
        panel.fault = "The session was invalidated. (190)"
        panel.isSubscribed = true
        panel.checked = "12 min ago"
        panel.version = "v25.0"
        panel.waiting = 40
        panel.test = .waiting
        panel.hasLeads = true
        var form = MetaFormRow(id: "77001", name: "Spring form", leads: 1840)
        (form.last, form.read) = ("2 min ago", "8 min ago")
        var gone = MetaFormRow(id: "77002", name: "Form 77002", leads: 3)
        gone.fault = "Unsupported request (100)"
        panel.forms = [form, gone]
        panel.questions = [
            MetaQuestionRow(
                question: "car_make", sample: "Honda", target: "custom.make", label: "Make"),
            MetaQuestionRow(question: "email", sample: "j@x.example", target: "", label: "Email"),
        ]
        panel.days = [
            MetaDayRow(
                form: "77001", formName: "Spring form", day: "2026-11-18", dayName: "18 Nov",
                theirs: 52, ours: 49),
            MetaDayRow(
                form: "77001", formName: "Spring form", day: "2026-11-17", dayName: "17 Nov",
                theirs: 61, ours: 61),
        ]
        var page = MetaPage(callbackURL: callback, connection: panel)
        page.targets = targets
        return page
    }
}
