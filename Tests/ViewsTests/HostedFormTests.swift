import Testing
import Views

@Suite struct PublicForms {
    private func page(_ form: HostedForm) -> String {
        let session = PageSession(csrf: nil, nonce: "n", assets: Assets(urls: [:]))
        return hostedFormPage(form, session: session).text
    }

    @Test func `the form posts by itself, with the stamp the server gave`() {
        let text = page(HostedFormSamples.blank)
        #expect(text.contains("method=\"post\" action=\"/f/frm_2m8s7c9bqk\""))
        #expect(text.contains("name=\"rendered_at\" value=\"1763806000.s1gn\""))
        #expect(!text.contains("name=\"csrf\""))
        #expect(!text.contains("type=\"module\""))
    }

    @Test func `people and screen readers never meet the honeypot`() throws {
        let form = page(HostedFormSamples.blank)
        let trap = try #require(form.components(after: "class=\"trap\"").first)
        #expect(trap.hasPrefix(" aria-hidden=\"true\""))
        #expect(trap.contains("name=\"\(HostedForm.honeypotName)\" tabindex=\"-1\""))
    }

    @Test func `a refusal keeps what was typed and says what is wrong where`() {
        let text = page(HostedFormSamples.refused)
        #expect(text.contains("value=\"Orchard &amp; Sons\""))
        #expect(
            text.contains("<p class=\"err\" id=\"f-email-err\">This is not an email address.</p>"))
        #expect(text.contains("Please correct the fields below."))
    }

    @Test(arguments: [HostedForm.State.thanked("We call you."), .closed])
    func `an ended form has no field left`(in state: HostedForm.State) {
        #expect(!page(HostedFormSamples.form(state)).contains("<form"))
    }

    @Test func `the embed script carries its settings, and none can end a script element`() {
        let script = embedScript(HostedFormSamples.embedded, runtime: "run();")
        #expect(script.hasPrefix("self.iPerformForm = {"))
        #expect(script.hasSuffix(";\nrun();"))
        #expect(script.contains("\"trap\":\"\(HostedForm.honeypotName)\""))
        #expect(!script.contains("</script>"))
    }

    @Test func `the snippet is one script element that holds up no page`() {
        #expect(
            embedSnippet(token: "frm_1", baseURL: "https://x.example")
                == "<script src=\"https://x.example/f/frm_1/embed.js\" async></script>")
    }
}
