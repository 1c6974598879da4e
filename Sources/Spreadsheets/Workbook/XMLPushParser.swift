import CXML2

/// What a part of a workbook is made of, told as the parser meets it.
protocol XMLHandler: AnyObject {
    func start(_ element: XMLName, _ attributes: XMLAttributes) throws
    func end(_ element: XMLName) throws
    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws
}

/// Feeds one XML part to a handler in pieces, in memory that does not grow with the part.
///
/// Elements outside the root's namespace are not told: extensions live there. Document type
/// declarations are refused, and with them every entity that is not one of XML's own five. So is
/// what costs the library time out of proportion and no workbook has: tags without end, elements
/// with hundreds of attributes, thousands of different names.
final class XMLPushParser {
    private let handler: any XMLHandler
    private var context: xmlParserCtxtPtr?
    private var failure: (any Error)?
    /// Of the root. Namespaces are interned, so that equal ones have one address.
    private var namespace: UnsafePointer<xmlChar>?
    private var sawRoot = false
    private var bytesSinceEvent = 0

    private static let bytesPerEventMax = 64 << 10
    private static let attributesMax = 256
    private static let namesMax = 10_000
    private static let sliceBytes = 16 << 10
    private static let library: Void = xmlInitParser()

    init(_ handler: any XMLHandler) {
        _ = Self.library
        self.handler = handler
        var callbacks = Self.callbacks()
        context = xmlCreatePushParserCtxt(
            &callbacks, Unmanaged.passUnretained(self).toOpaque(), nil, 0, nil)
        xmlCtxtUseOptions(
            context,
            Int32(
                XML_PARSE_NONET.rawValue | XML_PARSE_NOERROR.rawValue | XML_PARSE_NOWARNING.rawValue
            ))
    }

    deinit { xmlFreeParserCtxt(context) }

    /// Parses the next bytes, or the end when there are none.
    func feed(_ bytes: UnsafeRawBufferPointer) throws {
        var start = 0
        repeat {
            let end = min(start + Self.sliceBytes, bytes.count)
            try feed(slice: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            start = end
        } while start < bytes.count
    }

    private func feed(slice: UnsafeRawBufferPointer) throws {
        bytesSinceEvent += slice.count
        xmlParseChunk(
            context, slice.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(slice.count),
            slice.isEmpty ? 1 : 0)
        if let failure { throw failure }
        guard let context, context.pointee.wellFormed == 1 else {
            throw SpreadsheetError.malformed(row: nil, what: "broken XML")
        }
        guard bytesSinceEvent <= Self.bytesPerEventMax,
            xmlDictSize(context.pointee.dict) <= Self.namesMax
        else { throw Self.unusual }
    }

    private static var unusual: SpreadsheetError { .malformed(row: nil, what: "unusual XML") }

    private static func parser(_ pointer: UnsafeMutableRawPointer?) -> XMLPushParser? {
        pointer.map { Unmanaged<XMLPushParser>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func callbacks() -> xmlSAXHandler {
        var callbacks = xmlSAXHandler()
        callbacks.initialized = UInt32(XML_SAX2_MAGIC)
        callbacks.startElementNs = {
            parser, name, _, namespace, namespaces, _, count, _, attributes in
            let attributes = XMLAttributes(attributes, Int(count))
            XMLPushParser.parser(parser)?.start(name, namespace, attributes, Int(namespaces))
        }
        callbacks.endElementNs = { parser, name, _, namespace in
            XMLPushParser.parser(parser)?.end(name, namespace)
        }
        callbacks.characters = { parser, bytes, count in
            XMLPushParser.parser(parser)?.text(bytes, Int(count))
        }
        callbacks.cdataBlock = callbacks.characters
        callbacks.ignorableWhitespace = callbacks.characters
        callbacks.internalSubset = { parser, _, _, _ in
            XMLPushParser.parser(parser)?.attempt { _ in
                throw SpreadsheetError.malformed(row: nil, what: "document type declaration")
            }
        }
        return callbacks
    }

    private func start(
        _ name: UnsafePointer<xmlChar>?, _ namespace: UnsafePointer<xmlChar>?,
        _ attributes: XMLAttributes, _ declarations: Int
    ) {
        bytesSinceEvent = 0
        guard attributes.count + declarations <= Self.attributesMax else {
            attempt { _ in throw Self.unusual }
            return
        }
        if !sawRoot {
            sawRoot = true
            self.namespace = namespace
        }
        guard let name, namespace == self.namespace else { return }
        attempt { try $0.start(XMLName(name), attributes) }
    }

    private func end(_ name: UnsafePointer<xmlChar>?, _ namespace: UnsafePointer<xmlChar>?) {
        bytesSinceEvent = 0
        guard let name, namespace == self.namespace else { return }
        attempt { try $0.end(XMLName(name)) }
    }

    private func text(_ bytes: UnsafePointer<xmlChar>?, _ count: Int) {
        bytesSinceEvent = 0
        attempt { try $0.text(UnsafeBufferPointer(start: bytes, count: count)) }
    }

    /// Errors cannot pass through the C parser: the first is kept and the parser stopped.
    private func attempt(_ event: (any XMLHandler) throws -> Void) {
        guard failure == nil else { return }
        do {
            try event(handler)
        } catch {
            failure = error
            xmlStopParser(context)
        }
    }
}

extension XMLHandler {
    /// Reads a whole part.
    func parse(_ part: ZipPart) throws {
        let parser = XMLPushParser(self)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = try part.read(into: buffer)
            try parser.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            if count == 0 { return }
        }
    }
}
