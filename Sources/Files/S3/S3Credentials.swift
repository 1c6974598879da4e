/// What S3 knows a program by.
package struct S3Credentials: Sendable, CustomStringConvertible, CustomReflectable {
    package let accessKey: String
    let secretKey: String
    /// Comes with credentials that end after a while.
    let sessionToken: String?

    package init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
        self.accessKey = accessKey
        self.secretKey = secretKey
        self.sessionToken = sessionToken
    }

    /// Without what is secret, so that no log shows it.
    package var description: String { "S3Credentials(\(accessKey))" }

    package var customMirror: Mirror { Mirror(self, children: ["accessKey": accessKey]) }
}
