import CQRCode
import Views

extension QRPicture {
    /// The code of a text, for a telephone's camera; nil for a text that is too long for one.
    init?(of text: String) {
        // The version is the least that holds it; medium correction suits a clean screen.
        guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
        defer { QRcode_free(code) }
        let side = Int(code.pointee.width)
        guard let dots = code.pointee.data else { return nil }
        // The lowest bit of a dot says whether it is dark.
        self.init(
            side: side, dark: (0..<side * side).map { dots[$0] & 1 == 1 })
    }
}
