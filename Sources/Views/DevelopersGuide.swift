/// The sections of the guide: anchor and title, as the list on the left shows them.
let guideSections: [(id: String, title: String)] = [
    ("guide-token", "Get a token"), ("guide-lists", "Lists, filters, cursors"),
    ("guide-changes", "Changes and versions"), ("guide-repeat", "Repeating safely"),
    ("guide-errors", "Errors"), ("guide-limits", "Rate limits"),
]

/// What holds for every operation.
func guide(_ page: DevelopersPage) -> HTML {
    let bodies = [
        tokenGuide(page), listGuide(page.baseURL), changeGuide, repeatGuide, errorGuide, limitGuide,
    ]
    let parts = zip(guideSections, bodies).map { section, body -> HTML in
        "<section id=\"\(section.id)\"><h3>\(section.title)</h3>\(body)</section>"
    }
    return """
        <header class="dev-head"><div><h2>iPerform API</h2>\
        <p>JSON over HTTP. Everything the app does goes through it. Version \(page.version).</p>\
        </div><a class="btn" href="/api/v1/openapi.json">\(icon("braces"))OpenAPI 3.1</a></header>\
        <div class="guide">\(parts)</div>
        """
}

private func tokenGuide(_ page: DevelopersPage) -> HTML {
    let sample = """
        curl '\(page.baseURL)/api/v1/tokens' \\
          -H 'Content-Type: application/json' \\
          -d '{"tenant":"\(page.tenant)","email":"you@example.com","password":"…"}'
        """
    return """
        <p>For a system, make a key under <a class="link" href="/settings/keys">Settings, API \
        keys</a> and send it as <code>Authorization: Bearer …</code>. For a person, trade the \
        password for an access token; it lasts 15 minutes and is renewed with the refresh token \
        that comes with it.</p>\(copyable(sample, label: "Get a token"))\
        <p id="code-needed">Who has a second step is answered 401 with the <code>type</code> \
        <code>/developers#code-needed</code>: send the same with a <code>code</code> of the app, or a \
        recovery code.</p>\
        <p id="set-up-needed">Where the company requires a second step, who has none is answered 403 \
        with <code>/developers#set-up-needed</code> until they have set it up in the browser.</p>
        """
}

private func listGuide(_ baseURL: String) -> HTML {
    let sample = """
        curl -g '\(baseURL)/api/v1/leads?filter[stage]=demo_given&sort=-created_at&limit=50' \\
          -H "Authorization: Bearer $TOKEN"
        """
    return """
        <p>A list answers <code>{"data": […], "next": "…"}</code>. Send <code>next</code> back as \
        <code>cursor</code> for the following page; it is <code>null</code> on the last one. \
        <code>filter[field]=value</code> keeps what is equal, \
        <code>filter[created_at][gte]=2026-11-01</code> what is not before a day, \
        <code>sort=-created_at,id</code> puts the newest first.</p>\
        \(copyable(sample, label: "List leads"))
        """
}

private let changeGuide: HTML = """
    <p>Every record carries an <code>ETag</code>. Send it back as <code>If-Match</code> with a \
    <code>PATCH</code>: when somebody changed the record in the meantime the answer is 412 and \
    nothing is written; without the header it is 428. Times are RFC 3339 in UTC. Money is an \
    integer in minor units beside an ISO 4217 currency.</p>
    """

private let repeatGuide: HTML = """
    <p>Give a <code>POST</code> an <code>Idempotency-Key</code> of your own. Sent again with the \
    same key, it answers what it answered the first time and does nothing twice.</p>
    """

private let errorGuide: HTML = """
    <p>Errors are <code>application/problem+json</code> (RFC 9457): <code>status</code>, \
    <code>title</code>, a <code>detail</code> written for people, and for 422 a list \
    <code>errors</code> with <code>field</code> and <code>message</code>. What belongs to another \
    company is 404, as if it were not there.</p>
    """

private let limitGuide: HTML = """
    <p>Answers carry <code>RateLimit-*</code> headers. Above the limit the answer is 429 with \
    <code>Retry-After</code> in seconds.</p>
    """
