import Crypto
import Foundation
import Storage
import Tenancy

/// Signs the places where lists go on, so that a client can neither make nor bend one.
package struct Cursors: Sendable {
    private let key: SymmetricKey

    private static let tagBytes = 12

    package init(key: [UInt8]) {
        self.key = SymmetricKey(data: key)
    }

    /// The opaque text of a row's sort values, for this query only.
    package func cursor(after values: [JSON], of query: String) -> String {
        let payload = Array(JSON.array(values).text.utf8)
        return Data(tag(payload, query) + payload).base64URL
    }

    /// A key of its own for something else that is signed here.
    package func key(for purpose: String) -> SymmetricKey {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array("key for \(purpose)".utf8))
        return SymmetricKey(data: Data(code.finalize()))
    }

    /// - Throws: `Problem.invalid` when the cursor is not one of ours, or of another query.
    package func values(_ cursor: String, of query: String) throws -> [JSON] {
        guard let data = Data(base64URL: cursor), data.count > Self.tagBytes,
            cursor.utf8.count <= 2000
        else { throw Self.fault }
        let payload = Array(data.dropFirst(Self.tagBytes))
        guard tag(payload, query) == Array(data.prefix(Self.tagBytes)),
            let values = try? JSON(parsing: payload).array
        else { throw Self.fault }
        return values
    }

    private static var fault: Problem {
        .invalid("cursor", "This cursor is not of this list. Start again without one.")
    }

    private func tag(_ payload: [UInt8], _ query: String) -> [UInt8] {
        var code = HMAC<SHA256>(key: key)
        code.update(data: Array(query.utf8))
        code.update(data: [0])
        code.update(data: payload)
        return Array(code.finalize().prefix(Self.tagBytes))
    }
}

extension Data {
    /// RFC 4648 §5, without padding.
    package var base64URL: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    package init?(base64URL text: String) {
        let plain = text.replacing("-", with: "+").replacing("_", with: "/")
        self.init(
            base64Encoded: plain + String(repeating: "=", count: (4 - plain.utf8.count % 4) % 4))
    }
}
