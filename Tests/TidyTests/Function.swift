/// A function, an initialiser or a computed property, measured.
struct Function {
    let name: String
    let line: Int
    /// From the line of its name to the line of its closing brace.
    let lineCount: Int
    /// Zero for an initialiser: it restates the stored properties, however many there are.
    let parameters: Int
    /// The deepest block inside the body; the body itself is level 0.
    let nesting: Int

    /// Every one with a body in `source`.
    static func all(in source: SourceText) -> [Function] {
        FunctionFinder(source: source).functions()
    }
}

private struct FunctionFinder {
    let source: SourceText
    let code: [UInt8]

    init(source: SourceText) {
        self.source = source
        code = source.code
    }

    func functions() -> [Function] {
        var found: [Function] = []
        var offset = 0
        while let word = nextWord(from: offset) {
            offset = word.upperBound
            switch String(decoding: code[word], as: UTF8.self) {
            case "func": found += [function(named: afterSpaces(word.upperBound))].compactMap(\.self)
            case "init" where code[..<word.lowerBound].last != UInt8(ascii: "."):
                found += [function(named: word.lowerBound)].compactMap(\.self)
            case "var": found += [property(at: word.upperBound)].compactMap(\.self)
            default: break
            }
        }
        return found
    }

    private func function(named start: Int) -> Function? {
        guard let open = openParenthesis(after: start),
            let close = match(of: open),
            let body = bodyStart(after: close + 1)
        else { return nil }
        let name = source.text(in: start..<open)
        let count = name.hasPrefix("init") ? 0 : parameterCount(in: code[(open + 1)..<close])
        return measured(name, at: start, body: body, parameters: count)
    }

    /// A computed property: its line ends with the opening brace.
    private func property(at start: Int) -> Function? {
        guard let end = code[start...].firstIndex(of: Byte.newline) else { return nil }
        let line = code[start..<end]
        guard !line.contains(UInt8(ascii: "=")),
            let brace = line.lastIndex(where: { $0 != Byte.space }), line[brace] == Byte.brace
        else { return nil }
        let name = line.split(separator: UInt8(ascii: ":")).first ?? []
        let text = String(decoding: name.filter { $0 != Byte.space }, as: UTF8.self)
        return measured(text, at: start, body: brace, parameters: 0)
    }

    private func measured(
        _ name: String, at start: Int, body: Int, parameters: Int
    ) -> Function {
        var depth = 0
        var deepest = 0
        var end = body
        while end < code.count {
            if code[end] == Byte.brace { depth += 1 }
            if code[end] == Byte.endBrace { depth -= 1 }
            deepest = max(deepest, depth)
            if depth == 0 { break }
            end += 1
        }
        let first = source.line(at: start)
        return Function(
            name: name, line: first, lineCount: source.line(at: end) - first + 1,
            parameters: parameters, nesting: deepest - 1)
    }

    // MARK: Finding one's way

    private func nextWord(from start: Int) -> Range<Int>? {
        guard let first = code[start...].firstIndex(where: isWord) else { return nil }
        let end = code[first...].firstIndex { !isWord($0) } ?? code.count
        return first..<end
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), Byte.backtick, 0x80...:
            true
        default: false
        }
    }

    private func afterSpaces(_ start: Int) -> Int {
        code[start...].firstIndex { $0 != Byte.space && $0 != Byte.newline } ?? code.count
    }

    /// The parenthesis of the parameters, past the generic parameters: a tuple may stand there.
    private func openParenthesis(after start: Int) -> Int? {
        code[start...].firstIndex(of: Byte.open)
    }

    private func match(of open: Int) -> Int? {
        var depth = 0
        for offset in open..<code.count {
            if code[offset] == Byte.open { depth += 1 }
            if code[offset] == Byte.close { depth -= 1 }
            if depth == 0 { return offset }
        }
        return nil
    }

    /// The brace that opens the body, or nil for a requirement of a protocol.
    private func bodyStart(after close: Int) -> Int? {
        var lineStart = close
        while let end = code[lineStart...].firstIndex(where: {
            $0 == Byte.newline || $0 == Byte.brace
        }) {
            if code[end] == Byte.brace { return end }
            let next = afterSpaces(end)
            guard
                ["{", "->", "async", "throws", "where"].contains(where: {
                    code[next...].starts(with: $0.utf8)
                })
            else { return nil }
            lineStart = next
        }
        return nil
    }

    private func parameterCount(in list: ArraySlice<UInt8>) -> Int {
        let comma = UInt8(ascii: ",")
        guard let last = list.last(where: { $0 != Byte.space && $0 != Byte.newline }) else {
            return 0
        }
        var depth = 0
        var count = last == comma ? 0 : 1
        var previous = Byte.space
        for byte in list {
            switch byte {
            case Byte.open, Byte.brace, UInt8(ascii: "["): depth += 1
            case Byte.close, Byte.endBrace, UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "<") where isWord(previous): depth += 1
            case UInt8(ascii: ">") where previous != UInt8(ascii: "-") && depth > 0: depth -= 1
            case comma where depth == 0: count += 1
            default: break
            }
            previous = byte
        }
        return count
    }
}
