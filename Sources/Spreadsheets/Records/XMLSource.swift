/// Tells a tree what an XML file has: elements, and attributes as if they were elements.
final class XMLSource: RecordSource, XMLHandler {
    private let file: InputFile
    private let limits: SpreadsheetLimits
    private unowned let tree: any RecordTree
    private var parser: XMLPushParser?
    private var offset = 0
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    /// Of the open elements: whether they have elements or attributes of their own.
    private var isInner: [Bool] = []
    private var text: [UInt8] = []

    init(path: String, limits: SpreadsheetLimits, _ tree: any RecordTree) throws {
        file = try InputFile(path: path)
        self.limits = limits
        self.tree = tree
        parser = XMLPushParser(self)
    }

    deinit { buffer.deallocate() }

    func readOn() throws -> Bool {
        let count = try file.read(into: buffer, at: offset)
        offset += count
        try parser?.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count > 0
    }

    func start(_ element: XMLName, _ attributes: XMLAttributes) throws {
        if !isInner.isEmpty { isInner[isInner.count - 1] = true }
        text.removeAll(keepingCapacity: true)
        try tree.open(element.text, isListed: false)
        isInner.append(false)
        try attributes.visit { name, value in
            isInner[isInner.count - 1] = true
            try leaf(name.text, XMLAttributes.string(value))
        }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws {
        guard text.count + bytes.count <= limits.cellBytes else {
            throw SpreadsheetError.malformed(
                row: nil, what: "a text of more than \(limits.cellCharacters) characters")
        }
        text.append(contentsOf: bytes)
    }

    func end(_ element: XMLName) throws {
        let hadChildren = isInner.removeLast()
        let string = String(decoding: text, as: UTF8.self)
        text.removeAll(keepingCapacity: true)
        let isBlank = string.utf8.allSatisfy { $0 <= 0x20 }
        if !hadChildren {
            try tree.value(isBlank ? .empty : .text(string))
        } else if !isBlank {
            try leaf("text", string)
        }
        try tree.close()
    }

    private func leaf(_ name: String, _ string: String) throws {
        try tree.open(name, isListed: false)
        try tree.value(string.isEmpty ? .empty : .text(string))
        try tree.close()
    }
}
