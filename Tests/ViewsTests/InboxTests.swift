import Testing
import Views

@Suite struct InboxPages {
    @Test func `a balanced ledger says so`() {
        #expect(InboxSamples.ledger.difference == 0)
        #expect(inboxBody(InboxSamples.page).text.contains("Balanced"))
    }

    @Test func `a ledger that does not balance names the difference in red`() {
        let text = inboxBody(InboxSamples.unbalanced).text
        let panel = text.prefix(upTo: text.firstRange(of: "By source")!.lowerBound)
        #expect(panel.contains("<span class=\"tag bad\">"))
        #expect(panel.contains("1 unaccounted for"))
        #expect(!panel.contains("Balanced"))
    }

    @Test func `the bar holds every outcome that happened, in proportion`() {
        let text = inboxBody(InboxSamples.page).text
        for part in ["--n:4102", "--n:588", "--n:84", "--n:31", "--n:7"] {
            #expect(text.contains(part))
        }
        #expect(!inboxBody(InboxSamples.empty).text.contains("--n:"))
    }

    @Test func `a quarantined entry can be released and a refused one tried again`() {
        let sends = PagesMarkup(inboxBody(InboxSamples.page)).values("data-send")
        #expect(sends == ["POST /inbox/e2/release", "POST /inbox/e3/replay"])
    }

    @Test func `what arrived is shown as text, whatever it is`() {
        let text = inboxBody(InboxSamples.page).text
        #expect(text.contains("BUY CHEAP SEO &lt;b&gt;now&lt;/b&gt;"))
        #expect(!text.contains("<b>now</b>"))
    }

    @Test func `the tab of the filter in force is marked`() {
        var page = InboxSamples.page
        page.filter = .refused
        #expect(inboxBody(page).text.contains("?outcome=refused\" aria-current=\"page\">"))
    }
}
