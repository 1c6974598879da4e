import Foundation

/// Where files are in an S3-compatible store.
package struct S3Place: Hashable, Sendable {
    /// How a bucket is named in an address.
    package enum Style: String, Sendable {
        /// `https://host/bucket/key`, as most stores of one's own understand.
        case path
        /// `https://bucket.host/key`, as Amazon wants it. A bucket with a dot in its name has no
        /// certificate there.
        case host
    }

    let bucket: String
    /// What all keys begin with in the bucket.
    let prefix: FileKey?
    let region: String
    let style: Style
    private let scheme: String
    private let server: String

    /// - Parameter endpoint: `http` or `https`, a host and perhaps a port; nil is Amazon's.
    /// - Returns: Nil if the endpoint is something else.
    package init?(
        bucket: String, prefix: FileKey? = nil, endpoint: String? = nil,
        region: String = "us-east-1", style: Style? = nil
    ) {
        let endpoint = endpoint ?? "https://s3.\(region).amazonaws.com"
        guard let parts = URLComponents(string: endpoint), let scheme = parts.scheme,
            ["http", "https"].contains(scheme), let host = parts.encodedHost, !host.isEmpty,
            ["", "/"].contains(parts.path), parts.user == nil, parts.query == nil
        else { return nil }
        self.bucket = bucket
        self.prefix = prefix
        self.region = region
        self.style = style ?? (host.hasSuffix(".amazonaws.com") ? .host : .path)
        self.scheme = scheme
        server = parts.port.map { "\(host):\($0)" } ?? host
    }

    /// Host and port, as the header of that name has them.
    var host: String {
        switch style {
        case .path: server
        case .host: "\(bucket).\(server)"
        }
    }

    var origin: String { "\(scheme)://\(host)" }

    func path(of key: FileKey) -> String {
        let path = prefix.map { "/\($0)/\(key)" } ?? "/\(key)"
        switch style {
        case .path: return "/\(bucket)\(path)"
        case .host: return path
        }
    }
}
