import Testing
import Views

@Suite struct DuplicatesPages {
    private static let text = duplicatesBody(DuplicatesSamples.page).text

    @Test func `only where both say something else is there a choice, and it is the survivor's`() {
        let markup = PagesMarkup(duplicatesBody(DuplicatesSamples.page))
        #expect(Set(markup.values("name")) == ["into", "company", "custom.size"])
        #expect(Self.text.contains("name=\"company\" value=\"second\" data-field checked"))
        #expect(Self.text.contains("name=\"into\" value=\"second\" checked"))
    }

    @Test func `what leads are called is text`() {
        #expect(Self.text.contains("Orchard Trading &lt;b&gt;Ltd&lt;/b&gt;"))
        #expect(!Self.text.contains("<b>Ltd</b>"))
    }

    @Test func `why is said in words, and what cannot be done is not offered`() {
        #expect(Self.text.contains("Different phone numbers"))
        var page = DuplicatesSamples.page
        page.current?.obstacle = "Both are customers."
        let text = duplicatesBody(page).text
        #expect(text.contains("Both are customers."))
        #expect(text.contains("type=\"submit\" disabled"))
    }

    @Test func `an empty queue says what happens by itself`() {
        #expect(duplicatesBody(DuplicatesSamples.empty).text.contains("once a night"))
    }
}
