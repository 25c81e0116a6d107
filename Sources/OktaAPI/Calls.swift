import Crypto
import Directory
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Problems

/// Sends the calls of one client: through the gate, over the transport, into the ledger, and again when it may help.
final class Calls: Sendable {
    let configuration: OktaClientConfiguration
    let gate: RequestGate
    let parsers: JSONParsers
    let logger: Logger
    private let transport: Result<OktaTransport, Problem>
    private let ledger: any CallLedger

    init(
        domain: OktaDomain, configuration: OktaClientConfiguration, limits: TenantLimits?, ledger: any CallLedger,
        logger: Logger
    ) {
        self.configuration = configuration
        self.ledger = ledger
        self.logger = logger
        gate = (limits ?? TenantLimits(configuration)).gate
        parsers = JSONParsers(limit: configuration.maxBodyBytes)
        do throws(Problem) {
            transport = .success(try OktaTransport(domain: domain, configuration: configuration))
        } catch {
            transport = .failure(error)
        }
    }

    func shutdown() async {
        if case .success(let transport) = transport { transport.shutdown() }
    }

    /// One request's question and circumstances.
    struct Call {
        var target: String
        var callClass: String
        var headers: [(name: String, value: String)] = []
        var authorizer: Authorizer?
        var hasCursor = false
        var hasSubject = false
        var maxRetries: Int
    }

    /// What became of one attempt.
    private enum Attempt<Value> {
        case done(Value)
        case answered(OktaAnswer, ErrorAnswer)
        case unreadable(String)
        case failed(TransportFailure)
    }

    /// Reads until there is a value or no hope. `decode` turns the body of a 200 into a value and a number of records.
    func read<Value>(
        _ call: Call, decode: (OktaAnswer) throws -> (value: Value, items: Int?)
    ) async throws(Problem) -> Value {
        var call = call
        var state = RetryState(maxRetries: call.maxRetries)
        while true {
            let generation = try await call.authorizer?.ready() ?? 0
            let attempt = try await attempt(call, retry: state.retry, decode)
            let step: RetryState.Step
            switch attempt {
            case .done(let value): return value
            case .answered(let answer, let error):
                step = try await after(answer, error, &call, &state, generation: generation)
            case .unreadable(let reason):
                step = state.again(.answerMalformed, ["reason": reason], configuration)
            case .failed(let failure): step = state.after(failure, configuration)
            }
            try await take(step, target: call.target, callClass: call.callClass)
        }
    }

    /// Fails, or pauses before a repeat.
    func take(_ step: RetryState.Step, target: String, callClass: String) async throws(Problem) {
        switch step {
        case .fail(let problem): throw problem.with(context: ["target": target, "class": callClass])
        case .goOn: return
        case .again(let seconds):
            gate.countRetry()
            logger.debug("Repeating a call", metadata: ["target": "\(target)", "pause": "\(seconds)"])
            guard seconds > 0 else { return }
            do {
                try await Task.sleep(for: .milliseconds(Int(seconds * 1000)))
            } catch {
                throw OktaProblem.cancelled.problem()
            }
        }
    }

    /// Decides what an answer other than a page leads to.
    private func after(
        _ answer: OktaAnswer, _ error: ErrorAnswer, _ call: inout Call, _ state: inout RetryState, generation: Int
    ) async throws(Problem) -> RetryState.Step {
        let isToken = if case .session = call.authorizer { false } else { true }
        var context = ["status": String(answer.status)]
        context["errorCode"] = error.code
        context["errorSummary"] = error.summary.isEmpty ? nil : error.summary
        context["requestID"] = answer.headers.first(name: "X-Okta-Request-Id")
        let meaning = error.meaning(
            status: answer.status, headers: answer.headers, hasCursor: call.hasCursor, hasSubject: call.hasSubject,
            isToken: isToken)
        switch meaning {
        case .fail(let problem): return .fail(problem.problem(context: context))
        case .retry(let problem): return state.again(problem, context, configuration)
        case .minuteLimit:
            gate.block(RateBucket.name(of: call.target), seconds: Self.wait(answer.headers))
            return state.againNow(.rateLimited, context)
        case .concurrencyLimit:
            gate.lowerConcurrency()
            return state.afterConcurrencyLimit(context, configuration)
        case .tooSlow:
            if let limit = PageTarget.limit(of: call.target), limit > 10 {
                call.target = PageTarget.replacingLimit(of: call.target, with: limit / 2)
                return .again(0)
            }
            return state.again(.unreachable, context, configuration)
        case .renewToken:
            guard case .session(let session) = call.authorizer, state.renewals < 1 else {
                return .fail(OktaProblem.tokenRejected.problem(context: context))
            }
            state.renewals += 1
            await session.refuse(generation)
            return .goOn
        case .useNonce:
            guard case .session(let session) = call.authorizer, state.nonces < 2,
                let nonce = answer.headers.first(name: "DPoP-Nonce")
            else { return .fail(OktaProblem.tokenRejected.problem(context: context)) }
            state.nonces += 1
            await session.learnNonce(nonce)
            return .goOn
        }
    }

    /// Seconds until the told end of the window, by the clock of the answer that tells it, and one more with jitter.
    static func wait(_ headers: HTTPHeaders) -> Double {
        let jitter = Double.random(in: 0...0.5)
        guard let limits = RateLimitHeaders(headers), let date = headers.first(name: "Date").flatMap(HTTPDate.seconds)
        else { return 5 + jitter }
        return min(300, max(0, limits.reset - date)) + 1 + jitter
    }

    private func attempt<Value>(
        _ call: Call, retry: Int, _ decode: (OktaAnswer) throws -> (value: Value, items: Int?)
    ) async throws(Problem) -> Attempt<Value> {
        let transport = try transport.get()
        var headers = HTTPHeaders(call.headers.map { ($0.name, $0.value) })
        let permit = try await enter(RateBucket.name(of: call.target))
        do throws(Problem) {
            try await call.authorizer?.authorize(&headers, target: call.target)
        } catch {
            gate.takeBack(permit)
            throw error
        }
        var entry = LedgerCall(
            time: LocalClock.now(), method: "GET", path: call.target, bucket: permit.bucket, retry: retry,
            callClass: call.callClass)
        let started = ContinuousClock.now
        do throws(TransportFailure) {
            let answer = try await transport.get(call.target, headers: headers)
            note(answer, permit, started, &entry)
            let attempt: Attempt<Value>
            if answer.status == 200 {
                do {
                    let (value, items) = try decode(answer)
                    entry.items = items
                    attempt = .done(value)
                } catch {
                    attempt = .unreadable((error as? JSONFailure)?.reason ?? String(describing: error))
                }
            } else {
                attempt = .answered(answer, ErrorAnswer(answer.body, parsers: parsers))
            }
            await ledger.record(entry)
            return attempt
        } catch {
            if error == .notAllowed {
                gate.takeBack(permit)
                return .failed(error)
            }
            gate.finish(permit, headers: nil, date: nil, status: nil)
            entry.durationMicroseconds = Self.microseconds(since: started)
            await ledger.record(entry)
            return .failed(error)
        }
    }

    /// Sends one token request.
    func requestToken(
        form: String, headers: HTTPHeaders, retry: Int
    ) async throws(Problem) -> Result<OktaAnswer, TransportFailure> {
        let transport = try transport.get()
        let permit = try await enter(RateBucket.token)
        var entry = LedgerCall(
            time: LocalClock.now(), method: "POST", path: ReadablePaths.token, bucket: permit.bucket, retry: retry,
            callClass: "token")
        let started = ContinuousClock.now
        let result: Result<OktaAnswer, TransportFailure>
        do throws(TransportFailure) {
            let answer = try await transport.requestToken(form: form, headers: headers)
            note(answer, permit, started, &entry)
            result = .success(answer)
        } catch {
            gate.finish(permit, headers: nil, date: nil, status: nil)
            entry.durationMicroseconds = Self.microseconds(since: started)
            result = .failure(error)
        }
        await ledger.record(entry)
        return result
    }

    /// What a refused token request leads to.
    func after(tokenAnswer answer: OktaAnswer, _ refusal: AccessToken.Refusal?, _ state: inout RetryState)
        -> RetryState.Step
    {
        let context = [
            "status": String(answer.status), "error": refusal?.error ?? refusal?.errorCode ?? "",
            "description": refusal?.description ?? "", "endpoint": "token",
            "requestID": answer.headers.first(name: "X-Okta-Request-Id") ?? "",
        ]
        switch answer.status {
        case 429 where answer.headers.first(name: "X-Rate-Limit-Limit") == "0":
            gate.lowerConcurrency()
            return state.afterConcurrencyLimit(context, configuration)
        case 429:
            gate.block(RateBucket.token, seconds: Self.wait(answer.headers))
            return state.againNow(.rateLimited, context)
        case 500...599: return state.again(.unreachable, context, configuration)
        case 404: return .fail(OktaProblem.domainNotOkta.problem(context: context))
        case 400...403 where refusal != nil: return .fail(OktaProblem.tokenRejected.problem(context: context))
        default: return state.again(.answerMalformed, context, configuration)
        }
    }

    private func enter(_ bucket: String) async throws(Problem) -> RequestGate.Permit {
        do throws(CancellationError) {
            return try await gate.enter(bucket)
        } catch {
            throw OktaProblem.cancelled.problem()
        }
    }

    private func note(
        _ answer: OktaAnswer, _ permit: RequestGate.Permit, _ started: ContinuousClock.Instant,
        _ entry: inout LedgerCall
    ) {
        gate.finish(
            permit, headers: RateLimitHeaders(answer.headers),
            date: answer.headers.first(name: "Date").flatMap(HTTPDate.seconds), status: answer.status)
        entry.durationMicroseconds = Self.microseconds(since: started)
        entry.status = answer.status
        entry.requestID = answer.headers.first(name: "X-Okta-Request-Id")
        entry.bytes = answer.body.readableBytes
        entry.bodySHA256 = answer.body.withUnsafeReadableBytes { bytes in
            var hash = SHA256()
            hash.update(bufferPointer: bytes)
            return Array(hash.finalize())
        }
    }

    private static func microseconds(since start: ContinuousClock.Instant) -> Int {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
    }
}
