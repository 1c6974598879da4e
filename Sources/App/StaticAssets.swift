import Crypto
import Foundation
import HTTPTypes
import Views
import Web

/// The files browsers need, read once, named by their content so that they never go stale.
package struct StaticAssets: Sendable {
    package let assets: Assets
    package let formScripts: FormScripts
    private let files: [String: File]

    private struct File: Sendable {
        let bytes: [UInt8]
        let type: String
        let isHashed: Bool
        let tag: String
    }

    private static let types = [
        "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml", "woff2": "font/woff2",
    ]

    package init() throws {
        let folder = viewsAssetsFolder
        func bytes(_ name: String) -> [UInt8]? {
            (try? Data(contentsOf: folder.appending(path: name))).map(Array.init)
        }
        var named: [String: [UInt8]] = [:]
        named["css/app.css"] = Assets.stylesheetParts.compactMap(bytes).reduce([], +)
        for name in Assets.pageStylesheets { named[name] = bytes(name) }
        let modules = try FileManager.default.contentsOfDirectory(
            atPath: folder.appending(path: "js").path)
        for module in modules where module.hasSuffix(".js") {
            named["js/\(module)"] = bytes("js/\(module)")
        }
        named["inter.woff2"] = bytes("generated/inter.woff2")
        named["icons.svg"] = bytes("generated/icons.svg") ?? bytes("icons.svg")
        var files: [String: File] = [:]
        var urls: [String: String] = [:]
        for (name, bytes) in named {
            let type = Self.types[URL(fileURLWithPath: name).pathExtension] ?? "text/plain"
            let plain = "/assets/\(name)"
            let hash = SHA256.hash(data: bytes).prefix(6).map { String($0, radix: 16) }.joined()
            let file = File(bytes: bytes, type: type, isHashed: false, tag: "\"\(hash)\"")
            files[plain] = file
            // The sprite is named in every icon of every page: it keeps its name.
            guard name != "icons.svg" else { continue }
            let url = plain.replacing(".", with: ".\(hash).", maxReplacements: 1)
            files[url] = File(bytes: bytes, type: type, isHashed: true, tag: file.tag)
            urls[name] = url
        }
        self.files = files
        assets = Assets(urls: urls)
        formScripts = FormScripts(
            form: String(decoding: named["js/hosted.js"] ?? [], as: UTF8.self),
            proof: String(decoding: named["js/proof.js"] ?? [], as: UTF8.self))
    }

    package var routes: [Route] {
        [
            .other(.get, "/assets/{name}", "A file of the pages", handle: serve),
            .other(.get, "/assets/{name}/{file}", "A file of the pages", handle: serve),
        ]
    }

    private func serve(_ call: Call) async throws -> Reply {
        guard let file = files[call.path] else {
            return Reply(.notFound, headers: [.contentType: "text/plain"])
        }
        if call.header(.ifNoneMatch) == file.tag { return Reply(.notModified) }
        return Reply(
            .ok,
            headers: [
                .contentType: file.type, .eTag: file.tag,
                .cacheControl: file.isHashed
                    ? "public, max-age=31536000, immutable" : "public, max-age=300",
            ], body: .bytes(file.bytes))
    }
}
