import Foundation
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import Synchronization

/// A web server on this machine that answers as a test says.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        let method: String
        let target: String
        let headers: HTTPHeaders
        let body: String
        /// How many requests came before.
        let number: Int

        var path: String { String(target.prefix { $0 != "?" }) }

        func parameter(_ name: String) -> String? {
            URLComponents(string: "http://host" + target)?.queryItems?.first { $0.name == name }?.value
        }
    }

    struct Answer: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body = Data()
        /// Send half of the promised body, then hang up.
        var isCutOff = false
        /// Hang up without an answer.
        var isHangUp = false
        /// Milliseconds to wait before answering.
        var delay = 0

        static func json(_ text: String, status: Int = 200, _ headers: [(String, String)] = []) -> Answer {
            Answer(status: status, headers: [("Content-Type", "application/json")] + headers, body: Data(text.utf8))
        }

        static func error(_ status: Int, _ code: String, cause: String? = nil, _ headers: [(String, String)] = [])
            -> Answer
        {
            let causes = cause.map { "[{\"errorSummary\":\"\($0)\"}]" } ?? "[]"
            return json(
                "{\"errorCode\":\"\(code)\",\"errorSummary\":\"s\",\"errorLink\":\"\(code)\",\"errorId\":\"oae1\",\"errorCauses\":\(causes)}",
                status: status, headers)
        }
    }

    typealias Script = @Sendable (Request) -> Answer

    private let log = Mutex<[Request]>([])
    private let script: Script
    private let channel = Mutex<(any Channel)?>(nil)

    private init(_ script: @escaping Script) { self.script = script }

    var requests: [Request] { log.withLock { $0 } }
    var port: Int { channel.withLock { $0?.localAddress?.port } ?? 0 }
    var url: String { "http://127.0.0.1:\(port)" }

    /// What a proxy answers to the head of a CONNECT request.
    typealias Gate = @Sendable (String) -> String

    /// Runs a server for as long as `body` runs.
    static func run<Result: Sendable>(
        tls: NIOSSLContext? = nil, _ script: @escaping Script, _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        try await run(tls, nil, script, body)
    }

    /// Runs a proxy, and the tenant behind it as well, for as long as `body` runs.
    static func run<Result: Sendable>(
        tls: NIOSSLContext, gate: @escaping Gate, _ script: @escaping Script,
        _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        try await run(tls, gate, script, body)
    }

    private static func run<Result: Sendable>(
        _ tls: NIOSSLContext?, _ gate: Gate?, _ script: @escaping Script,
        _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let server = ScriptedServer(script)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let gate else { return try server.serve(channel, tls) }
                    try channel.pipeline.syncOperations.addHandler(ProxyGate(gate) { try server.serve(channel, tls) })
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.channel.withLock { $0 = channel }
        do {
            let result = try await body(server)
            try await channel.close()
            return result
        } catch {
            try await channel.close()
            throw error
        }
    }

    private func serve(_ channel: any Channel, _ tls: NIOSSLContext?) throws {
        let pipeline = channel.pipeline.syncOperations
        if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
        try pipeline.configureHTTPServerPipeline()
        // As Okta does, for clients that ask for it.
        try pipeline.addHandler(
            HTTPResponseCompressor(responseCompressionPredicate: { head, _ in
                head.headers.contains(name: "Content-Encoding") ? .doNotCompress : .compressIfPossible
            }))
        try pipeline.addHandler(Handler(self))
    }

    fileprivate func answer(_ method: String, _ target: String, _ headers: HTTPHeaders, _ body: String) -> Answer {
        let request = log.withLock { log in
            let request = Request(method: method, target: target, headers: headers, body: body, number: log.count)
            log.append(request)
            return request
        }
        return script(request)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let server: ScriptedServer
        private var head: HTTPRequestHead?
        private var body = ""

        init(_ server: ScriptedServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = ""
            case .body(let part): body += String(buffer: part)
            case .end:
                guard let head else { return }
                let answer = server.answer(head.method.rawValue, head.uri, head.headers, body)
                if answer.delay == 0 {
                    write(answer, context)
                } else {
                    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                    context.eventLoop.scheduleTask(in: .milliseconds(Int64(answer.delay))) {
                        bound.value.0.write(answer, bound.value.1)
                    }
                }
            }
        }

        private func write(_ answer: Answer, _ context: ChannelHandlerContext) {
            if answer.isHangUp {
                context.close(promise: nil)
                return
            }
            var headers = HTTPHeaders(answer.headers)
            headers.add(name: "Content-Length", value: String(answer.body.count))
            let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: answer.status), headers: headers)
            context.write(wrapOutboundOut(.head(head)), promise: nil)
            let part = answer.isCutOff ? answer.body.prefix(answer.body.count / 2) : answer.body[...]
            context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: part)))), promise: nil)
            if answer.isCutOff {
                context.close(promise: nil)
            } else {
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}

/// The part of a proxy that opens the way: reads one CONNECT, answers it, and is the tenant from then on.
private final class ProxyGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let gate: ScriptedServer.Gate
    private let open: () throws -> Void
    private var head = ""

    init(_ gate: @escaping ScriptedServer.Gate, open: @escaping () throws -> Void) {
        self.gate = gate
        self.open = open
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        head += String(buffer: unwrapInboundIn(data))
        guard head.hasSuffix("\r\n\r\n") else { return }
        let answer = gate(head)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer + "\r\n\r\n")), promise: nil)
        guard answer.hasPrefix("HTTP/1.1 200"), (try? open()) != nil else {
            context.close(promise: nil)
            return
        }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }
}
