import CPhoneNumber

/// Telephone numbers, as libphonenumber reads them.
package enum PhoneNumber {
    /// ITU-T E.164 allows 15 digits; people also write spaces, brackets and extensions.
    private static let rawMax = 60

    /// The E.164 form of what somebody wrote; nil when it is no possible number.
    ///
    /// - Parameter region: ISO 3166, for numbers without a country code.
    package static func e164(_ raw: String, region: String) -> String? {
        guard raw.utf8.count <= rawMax else { return nil }
        var buffer = [CChar](repeating: 0, count: 32)
        let count = iperform_phone_e164(raw, region, &buffer, Int32(buffer.count))
        guard count > 0 else { return nil }
        return String(
            decoding: buffer.prefix(Int(count)).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
