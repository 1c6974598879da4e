import Views

enum HostedFormSamples {
    static let blank = HostedForm(
        title: "Ask for a demo", tenant: "Vantage Retail", action: "/f/frm_2m8s7c9bqk",
        stamp: "1763806000.s1gn")

    static func form(_ state: HostedForm.State) -> HostedForm {
        var form = blank
        form.state = state
        return form
    }

    static var refused: HostedForm {
        var form = form(.refused("Please correct the fields below."))
        form.values = ["company": "Orchard & Sons", "email": "fatima(at)orchard"]
        form.errors = ["email": "This is not an email address."]
        return form
    }

    static let embedded = EmbeddedForm(
        title: "Ask for a </script> demo", address: "https://crm.vantage.example/f/frm_2m8s7c9bqk",
        stamp: "1763806000.s1gn")

    /// Every kind of question, refused, with words to agree to.
    static var full: HostedForm {
        var form = refused
        var topics = HostedField("topics", "What is it about?", .multi)
        topics.choices = ["Point of sale", "Online shop"]
        var size = HostedField("size", "How many shops?", .choice)
        (size.choices, size.isRequired) = (["1–5", "6–50", "More"], true)
        var plan = HostedField("plan", "A floor plan", .file)
        (plan.accept, plan.help) = (".pdf,.png", "PDF, PNG, at most 10 MB.")
        let call = HostedField("call_me", "Call me back", .checkbox)
        form.fields += [size, topics, call, plan]
        form.consent = HostedConsent(
            text: "I agree that Vantage keeps what I send.", version: 3, isRequired: true)
        form.challengeURL = "/f/frm_2m8s7c9bqk/challenge"
        form.hidden = [("utm_source", "spring\"news")]
        form.chosen = ["topics": ["Online shop"]]
        form.errors["consent"] = "Please agree to go on."
        return form
    }
}
