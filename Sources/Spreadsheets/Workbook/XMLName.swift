import CXML2
import Glibc

/// An element's or attribute's name without prefix, valid only during the parser's call.
struct XMLName {
    private let start: UnsafePointer<xmlChar>

    init(_ start: UnsafePointer<xmlChar>) {
        self.start = start
    }

    var text: String { String(cString: start) }

    /// Lets a `switch` compare names without making a `String` for each element.
    static func ~= (name: StaticString, value: XMLName) -> Bool {
        // A first look spares the call for nearly all: sheets consist of <c> and <v>.
        value.start[0] == name.utf8Start[0]
            && strcmp(
                UnsafeRawPointer(value.start).assumingMemoryBound(to: CChar.self),
                UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)) == 0
    }
}

/// An element's attributes, valid only during the parser's call.
struct XMLAttributes {
    /// Five pointers each: name, prefix, namespace, start and end of the value.
    private let fields: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?
    let count: Int

    init(_ fields: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?, _ count: Int) {
        self.fields = fields
        self.count = count
    }

    func visit(_ body: (XMLName, UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
        guard let fields else { return }
        for index in 0..<count {
            let field = fields + index * 5
            guard let name = field[0], let start = field[3], let end = field[4] else { continue }
            try body(XMLName(name), UnsafeBufferPointer(start: start, count: end - start))
        }
    }

    subscript(_ wanted: StaticString) -> String? {
        var found: String?
        visit { name, value in
            if wanted ~= name { found = Self.string(value) }
        }
        return found
    }

    /// The parser leaves an ampersand in a value as this reference, so that the value could be
    /// parsed again; nothing else is left to decode.
    static func string(_ value: UnsafeBufferPointer<UInt8>) -> String {
        let parts = String(decoding: value, as: UTF8.self).split(
            separator: "&#38;", omittingEmptySubsequences: false)
        return parts.joined(separator: "&")
    }
}
