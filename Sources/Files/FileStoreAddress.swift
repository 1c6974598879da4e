import Foundation
import Logging

/// Where files are to be kept, as a setting says it.
///
/// - A directory: `var/files`, `file:///srv/files`.
/// - A bucket: `s3://bucket/prefix?endpoint=http://127.0.0.1:5000&region=us-east-1&style=path`.
///   Prefix and parameters may be left out: then it is Amazon's, in `us-east-1`. The style is
///   `path` or `host`, by itself `host` at Amazon and `path` elsewhere.
///
/// Credentials are no part of it, since addresses are logged.
package enum FileStoreAddress: Hashable, Sendable {
    case directory(URL)
    case s3(S3Place)

    package init(_ text: String) throws(FileStoreAddressFault) {
        if !text.contains("://") {
            guard !text.isEmpty else { throw FileStoreAddressFault("The address is empty.") }
            self = .directory(URL(fileURLWithPath: text, isDirectory: true))
            return
        }
        guard let parts = URLComponents(string: text) else {
            throw FileStoreAddressFault("The address cannot be read.")
        }
        switch parts.scheme {
        case "file":
            guard parts.path.hasPrefix("/"), ["", nil].contains(parts.host) else {
                throw FileStoreAddressFault("A directory is file:///path, from the root.")
            }
            self = .directory(URL(fileURLWithPath: parts.path, isDirectory: true))
        case "s3": self = .s3(try S3Place(parts))
        default:
            throw FileStoreAddressFault("Files are kept under a path, file:// or s3://.")
        }
    }

    /// Opens the store; nothing is asked of it yet.
    package func store(
        _ credentials: S3Credentials?, log: Logger
    ) throws(FileStoreAddressFault) -> any FileStore {
        switch self {
        case .directory(let root): return DirectoryStore(root)
        case .s3(let place):
            guard let credentials else {
                throw FileStoreAddressFault("A bucket needs an access key and a secret key.")
            }
            return S3Store(place, credentials, log: log)
        }
    }
}

/// What is wrong with an address, in a sentence that repeats nothing of it.
package struct FileStoreAddressFault: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension S3Place {
    fileprivate init(_ address: URLComponents) throws(FileStoreAddressFault) {
        guard address.user == nil, address.password == nil else {
            throw FileStoreAddressFault("Credentials do not belong into an address.")
        }
        guard let bucket = address.host,
            bucket.wholeMatch(of: /[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/) != nil,
            address.port == nil
        else { throw FileStoreAddressFault("A bucket's name is 3 to 63 of a-z, 0-9, . and -.") }
        var given: [String: String] = [:]
        for item in address.queryItems ?? [] {
            guard ["endpoint", "region", "style"].contains(item.name), let value = item.value,
                given.updateValue(value, forKey: item.name) == nil
            else {
                throw FileStoreAddressFault("Only endpoint, region and style are known, once each.")
            }
        }
        let region = given["region"] ?? "us-east-1"
        guard region.wholeMatch(of: /[a-z0-9-]+/) != nil else {
            throw FileStoreAddressFault("A region is of a-z, 0-9 and -.")
        }
        let style = given["style"].map { Style(rawValue: $0) }
        guard style != .some(nil) else { throw FileStoreAddressFault("The style is path or host.") }
        let path = address.path.split(separator: "/").joined(separator: "/")
        let prefix = FileKey(path)
        guard prefix != nil || path.isEmpty else {
            throw FileStoreAddressFault("A prefix is of a-z, 0-9, . _ and -, between slashes.")
        }
        let place = S3Place(
            bucket: bucket, prefix: prefix, endpoint: given["endpoint"], region: region,
            style: style ?? nil)
        guard let place else {
            throw FileStoreAddressFault("An endpoint is http:// or https://, a host and a port.")
        }
        self = place
    }
}
