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
        stamp: "1763806000.s1gn", thankYou: "Thank you. We will be in touch soon.")
}
