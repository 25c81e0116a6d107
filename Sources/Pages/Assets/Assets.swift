import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import WebSupport

/// The style sheet and the script, each under a name that changes with its content, so that browsers keep them for ever.
enum Assets {
    struct Asset: Sendable {
        let name: String
        let type: String
        let bytes: [UInt8]

        init(_ stem: String, _ ending: String, type: String, bytes: [UInt8]) {
            let hash = SHA256.hash(data: bytes).prefix(6).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            name = "\(stem)-\(hash.joined()).\(ending)"
            self.type = type
            self.bytes = bytes
        }
    }

    static let css = Asset("app", "css", type: "text/css; charset=utf-8", bytes: PackageResources.app_css)
    static let javaScript = Asset(
        "app", "js", type: "text/javascript; charset=utf-8", bytes: PackageResources.app_js)
}

extension PagesApplication {
    var assetRoutes: [Route] {
        [
            Route(RouteRule(.get, "/assets/:name", .everyone, "Style and script")) { request in
                let name = request.part("name")
                guard let asset = [Assets.css, Assets.javaScript].first(where: { $0.name == name }) else {
                    throw WebProblem.noPage
                }
                return Response(
                    status: .ok,
                    headers: [.contentType: asset.type, .cacheControl: "public, max-age=31536000, immutable"],
                    body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
            }
        ]
    }
}
