import Foundation
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
        let scripts = FormScripts(form: "/** @type {X} */ run(\n  // why\n  1);", proof: "prove();")
        let script = embedScript(HostedFormSamples.embedded, scripts: scripts)
        #expect(script.hasPrefix("self.iPerformForm = {"))
        #expect(script.hasSuffix("};\nrun(\n1);"))
        #expect(script.contains("\"trap\":\"\(HostedForm.honeypotName)\""))
        #expect(!script.contains("</script>"))
    }

    /// As a browser gets it, not compressed.
    @Test func `what a site embeds is less than 6 KB, and keeps nothing in the browser`() throws {
        func source(_ name: String) throws -> String {
            try String(
                contentsOf: Budgets.assets.appending(path: "js/\(name).js"), encoding: .utf8)
        }
        let scripts = FormScripts(form: try source("hosted"), proof: try source("proof"))
        let script = embedScript(HostedFormSamples.embedded, scripts: scripts)
        #expect(script.utf8.count < 6 << 10, "\(script.utf8.count)")
        for word in ["cookie", "localStorage", "sessionStorage", "indexedDB", "/*"] {
            #expect(!script.contains(word), "\(word)")
        }
        var challenged = HostedFormSamples.embedded
        challenged.isChallenged = true
        let whole = embedScript(challenged, scripts: scripts)
        #expect(whole.contains("\nasync function solve("))
        #expect(whole.utf8.count < 7 << 10)
    }

    @Test func `every kind of question has a label, its help and its fault`() {
        let text = page(HostedFormSamples.full)
        #expect(text.contains("enctype=\"multipart/form-data\""))
        #expect(text.contains("<legend>What is it about?</legend>"))
        #expect(text.contains("value=\"Online shop\" checked"))
        #expect(!text.contains("value=\"Point of sale\" checked"))
        #expect(text.contains("<label for=\"f-size\">How many shops? *</label>"))
        #expect(text.contains("accept=\".pdf,.png\""))
        #expect(text.contains("id=\"f-consent-err\">Please agree to go on.</p>"))
        #expect(text.contains("name=\"consent_version\" value=\"3\""))
        #expect(text.contains("name=\"utm_source\" value=\"spring&quot;news\""))
        #expect(text.contains("<noscript>"))
        #expect(text.contains("data-challenge=\"/f/frm_2m8s7c9bqk/challenge\""))
    }

    @Test func `the snippet is one script element that holds up no page`() {
        #expect(
            embedSnippet(token: "frm_1", baseURL: "https://x.example")
                == "<script src=\"https://x.example/f/frm_1/embed.js\" async></script>")
    }
}
