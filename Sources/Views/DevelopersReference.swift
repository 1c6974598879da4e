/// One group of operations.
func groupSection(_ group: APIGroup, _ page: DevelopersPage) -> HTML {
    """
    <section class="dev-group" data-group><h2>\(group.name)</h2>\
    \(when: !group.summary.isEmpty, "<p>\(group.summary)</p>")\
    \(group.operations.map { operationSection($0, page.baseURL) })</section>
    """
}

private func operationSection(_ operation: APIOperation, _ baseURL: String) -> HTML {
    """
    <details class="op" id="\(operation.id)" data-operation \
    data-words="\(operation.method) \(operation.path) \(operation.summary)">\
    <summary>\(methodTag(operation.method))<code>\(operation.path)</code>\
    <span>\(operation.summary)</span></summary>\
    <div class="op-body">\(when: !operation.detail.isEmpty, "<p>\(operation.detail)</p>")\
    \(parameterTable(operation.parameters))\(bodyTable(operation))\
    \(answerTable(operation.answers))\
    <h3>Example</h3>\(copyable(curl(operation, baseURL), label: "Example"))</div></details>
    """
}

private func parameterTable(_ parameters: [APIParameter]) -> HTML? {
    guard !parameters.isEmpty else { return nil }
    let rows = parameters.map { parameter -> HTML in
        let type = "\(parameter.type), in the \(parameter.place.rawValue)"
        return """
            <dt>\(parameter.name)</dt>\
            \(meaning(type, parameter.summary, isRequired: parameter.isRequired))
            """
    }
    return "<h3>Parameters</h3><dl class=\"op-list\">\(rows)</dl>"
}

private func bodyTable(_ operation: APIOperation) -> HTML? {
    guard let type = operation.bodyType else { return nil }
    let rows = operation.body.map { part -> HTML in
        let depth: HTML? = part.depth > 0 ? " style=\"--depth:\(part.depth)\"" : nil
        return """
            <dt\(depth)>\(part.name)</dt>\
            \(meaning(part.type, part.summary, isRequired: part.isRequired))
            """
    }
    return "<h3>Body <small>\(type)</small></h3><dl class=\"op-list\">\(rows)</dl>"
}

/// Few elements on purpose: this stands some thousand times on the page.
private func meaning(_ type: String, _ summary: String, isRequired: Bool) -> HTML {
    """
    <dd><small>\(type)\(when: isRequired, ", <b>required</b>")</small> \(summary)</dd>
    """
}

private func answerTable(_ answers: [APIAnswer]) -> HTML {
    let rows = answers.map { answer -> HTML in
        let weight: Weight = answer.status < 300 ? .good : answer.status < 400 ? .info : .warn
        return """
            <dt class="\(weight.rawValue)">\(answer.status)</dt>\
            \(meaning(answer.schema ?? "", answer.summary, isRequired: false))
            """
    }
    return "<h3>Answers</h3><dl class=\"op-list\">\(rows)</dl>"
}

/// A command that sends the operation; `$TOKEN` stands for the reader's own token.
func curl(_ operation: APIOperation, _ baseURL: String) -> String {
    var lines = [
        operation.method == "GET" ? "curl" : "curl -X \(operation.method)",
        quotedForShell(baseURL + operation.path),
    ]
    if operation.needsToken { lines.append("-H \"Authorization: Bearer $TOKEN\"") }
    if let versioned = operation.parameters.first(where: { $0.name == "If-Match" }) {
        lines.append("-H '\(versioned.name): \"1\"'")
    }
    if let type = operation.bodyType, type.hasPrefix("multipart/") {
        lines.append("-F file=@leads.csv")
    } else if let example = operation.bodyExample {
        lines.append("-H 'Content-Type: \(operation.bodyType ?? "application/json")'")
        lines.append("-d \(quotedForShell(example))")
    }
    return lines[0] + " " + lines.dropFirst().joined(separator: " \\\n  ")
}

/// One word of a POSIX shell, whatever it holds.
private func quotedForShell(_ text: String) -> String {
    let parts = text.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.joined(separator: "'\\''") + "'"
}
