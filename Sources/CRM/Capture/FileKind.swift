/// What may be sent by a form as a file: told by its first bytes and by the end of its name.
package enum FileKind: String, Sendable, CaseIterable {
    case pdf, png, jpg, gif, webp, docx, xlsx, pptx, odt, txt, csv

    /// What a form takes that says nothing else.
    static let usual: [FileKind] = [.pdf, .png, .jpg, .docx]

    var mediaType: String {
        switch self {
        case .pdf: "application/pdf"
        case .png: "image/png"
        case .jpg: "image/jpeg"
        case .gif: "image/gif"
        case .webp: "image/webp"
        case .docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        case .pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation"
        case .odt: "application/vnd.oasis.opendocument.text"
        case .txt: "text/plain"
        case .csv: "text/csv"
        }
    }

    /// How the names of such files end, without the dot.
    var ends: [String] { self == .jpg ? ["jpg", "jpeg"] : [rawValue] }

    /// The kind that a name says; nil for one that is not taken by any form.
    init?(name: String) {
        let end = name.split(separator: ".").last.map { $0.lowercased() } ?? ""
        guard name.contains("."), let kind = Self.allCases.first(where: { $0.ends.contains(end) })
        else { return nil }
        self = kind
    }

    static let headBytes = 512

    /// Whether a file can be of this kind, by its first bytes.
    func begins(_ head: [UInt8]) -> Bool {
        switch self {
        case .pdf: head.starts(with: Array("%PDF-".utf8))
        case .png: head.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        case .jpg: head.starts(with: [0xFF, 0xD8, 0xFF])
        case .gif:
            head.starts(with: Array("GIF87a".utf8)) || head.starts(with: Array("GIF89a".utf8))
        case .webp:
            head.starts(with: Array("RIFF".utf8))
                && head.dropFirst(8).starts(with: Array("WEBP".utf8))
        // Archives: that they hold what they say is for whoever opens them.
        case .docx, .xlsx, .pptx, .odt: head.starts(with: [0x50, 0x4B, 0x03, 0x04])
        case .txt, .csv: !head.isEmpty && !head.contains(0) && !Self.looksActive(head)
        }
    }

    /// Text that a browser would run if it were shown as a page.
    private static func looksActive(_ head: [UInt8]) -> Bool {
        let text = String(decoding: head, as: UTF8.self).lowercased()
        return ["<!doctype", "<html", "<script", "<svg", "<?xml"].contains { text.contains($0) }
    }
}
