import Accounts
import Hummingbird
import NIOCore
import Storage
import WebSupport

extension PagesApplication {
    /// The whole call ledger of a tenant as a file, oldest call first, streamed line by line.
    func ledgerFile(_ request: WebRequest, isCSV: Bool) async throws -> Response {
        let integration = try await connected(request)
        try await audit.record(
            actor: request.session?.name ?? "", action: "export", subject: "calls", detail: integration.name)
        let store = store
        let body = ResponseBody { writer in
            try await writer.write(
                ByteBuffer(string: isCSV ? LedgerLine.columns.joined(separator: ",") + "\r\n" : "["))
            var position: Int64 = 0
            while true {
                let lines = try await store.ledger(of: integration.id, after: position, limit: 500)
                guard let last = lines.last else { break }
                var buffer = ByteBuffer()
                for line in lines {
                    buffer.writeString(
                        isCSV
                            ? line.csv
                            : (line.call.position == lines[0].call.position && position == 0 ? "\n" : ",\n") + line.json
                    )
                }
                try await writer.write(buffer)
                position = last.call.position
            }
            try await writer.write(ByteBuffer(string: isCSV ? "" : "\n]\n"))
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: ExportLines.headers(file: "calls", isCSV: isCSV), body: body)
    }
}
