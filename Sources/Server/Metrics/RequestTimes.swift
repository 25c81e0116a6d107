import HTTPTypes
import Hummingbird
import Synchronization

/// How many requests were answered, with which status, and how long they took: a Prometheus histogram by status class.
final class RequestTimes: Sendable {
    /// Upper bounds in seconds, from a quick page to a slow export.
    static let bounds: [Double] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

    struct Series: Sendable {
        var buckets = [Int](repeating: 0, count: RequestTimes.bounds.count)
        var count = 0
        var seconds = 0.0
    }

    private let series = Mutex<[String: Series]>([:])

    func record(status: Int, seconds: Double) {
        let label = "\(status / 100)xx"
        series.withLock { all in
            var one = all[label] ?? Series()
            for (index, bound) in Self.bounds.enumerated() where seconds <= bound { one.buckets[index] += 1 }
            one.count += 1
            one.seconds += seconds
            all[label] = one
        }
    }

    var snapshot: [String: Series] { series.withLock { $0 } }
}

/// Measures every request.
struct RequestTimer<Context: RequestContext>: RouterMiddleware {
    let times: RequestTimes

    func handle(
        _ request: Request, context: Context, next: (Request, Context) async throws -> Response
    ) async throws -> Response {
        let began = ContinuousClock.now
        do {
            let response = try await next(request, context)
            times.record(status: response.status.code, seconds: began.secondsUntilNow)
            return response
        } catch {
            times.record(
                status: (error as? any HTTPResponseError)?.status.code ?? 500, seconds: began.secondsUntilNow)
            throw error
        }
    }
}

extension ContinuousClock.Instant {
    fileprivate var secondsUntilNow: Double { duration(to: .now) / .seconds(1) }
}
