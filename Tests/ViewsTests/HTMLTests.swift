import Testing
import Views

@Suite struct WritingHTML {
    @Test(arguments: [
        ("<script>", "&lt;script&gt;"), ("a & b", "a &amp; b"),
        ("\"quoted\"", "&quot;quoted&quot;"),
        ("it's", "it&#39;s"), ("नमस्ते 👩🏽‍🌾", "नमस्ते 👩🏽‍🌾"), ("", ""),
    ])
    func `interpolated text is escaped`(text: String, expected: String) {
        let html: HTML = "<p title=\"\(text)\">\(text)</p>"
        #expect(html.text == "<p title=\"\(expected)\">\(expected)</p>")
    }

    @Test func `HTML is spliced, alone, in a row and when it is there`() {
        let item: HTML = "<li>\(1 + 1)</li>"
        let missing: HTML? = nil
        let html: HTML = "<ul>\([item, item])\(missing)\(item as HTML?)</ul>"
        #expect(html.text == "<ul><li>2</li><li>2</li><li>2</li></ul>")
    }

    @Test func `an attribute is written only when it holds`() {
        let html: HTML = "<a\(when: true, " aria-current=\"page\"")\(when: false, " hidden")>"
        #expect(html.text == "<a aria-current=\"page\">")
    }

    @Test(arguments: [
        "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)",
        "java\tscript:alert(1)",
        "java\nscript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "\u{1}x:y",
    ])
    func `an unsafe address becomes a hash`(address: String) {
        let html: HTML = "<a href=\"\(url: address)\">"
        #expect(html.text == "<a href=\"#\">")
    }

    @Test(arguments: [
        "/leads/1", "?filter[stage]=open", "#main", "https://example.com/a:b", "mailto:a@b.example",
        "tel:+4912", "/leads?at=10:00", "leads",
    ])
    func `a safe address stays`(address: String) {
        let html: HTML = "\(url: address)"
        #expect(html.text == address)
    }

    @Test func `an address cannot leave its attribute`() {
        let html: HTML = "<a href=\"\(url: "/x\"onclick=\"y")\">"
        #expect(html.text == "<a href=\"/x&quot;onclick=&quot;y\">")
    }

    @Test func `JSON cannot end the script it stands in`() {
        let html: HTML = "\(json: ["b": "</script>\u{2028}\n", "a": "\"\\"])"
        #expect(
            html.text
                == #"{"a":"\"\\","b":"\u003c/script\u003e\u2028\u000a"}"#)
    }
}
