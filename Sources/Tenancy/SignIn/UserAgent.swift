/// A `User-Agent` in words: “Firefox on Windows”. What cannot be told is left out; it is for
/// people who look for a sign-in that is not theirs, and proves nothing.
package enum UserAgent {
    // The first that is found counts: most browsers also name those they stem from.
    private static let browsers = [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
        ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
        ("HeadlessChrome/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
    ]
    private static let systems = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
        ("CrOS", "ChromeOS"), ("Macintosh", "macOS"), ("Linux", "Linux"),
    ]
    private static let charactersMax = 40

    package static func words(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "Unknown program" }
        let browser = browsers.first { text.contains($0.0) }?.1
        let system = systems.first { text.contains($0.0) }?.1
        switch (browser, system) {
        case (let browser?, let system?): return "\(browser) on \(system)"
        case (let browser?, nil): return browser
        case (nil, _):
            // A program: its name, without the version.
            let name = text.prefix { $0 != "/" && $0 != " " }.prefix(charactersMax)
            return name.isEmpty ? "Unknown program" : String(name)
        }
    }
}
