import CLibPQ
import Problems

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension ServerLink {
    /// How long a server may take to let somebody in.
    private static let patience = Duration.seconds(10)

    /// Connects, or says why not.
    static func connect(_ address: ServerAddress) throws(Problem) -> OpaquePointer {
        guard let handle = address.start() else {
            throw StorageProblem.serverRefused("out of memory", address.shown)
        }
        // With codes: what the server says in words depends on its language.
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        let deadline = ContinuousClock.now + patience
        var awaited = Int16(POLLOUT)
        while PQstatus(handle) != CONNECTION_BAD {
            let left = ContinuousClock.now.duration(to: deadline)
            var socket = pollfd(fd: PQsocket(handle), events: awaited, revents: 0)
            let milliseconds = max(
                0, left.components.seconds * 1000 + left.components.attoseconds / 1_000_000_000_000_000)
            let ready = poll(&socket, 1, Int32(milliseconds))
            if ready == 0 { break }
            if ready < 0 { continue }
            switch PQconnectPoll(handle) {
            case PGRES_POLLING_OK:
                PQsetErrorVerbosity(handle, PQERRORS_DEFAULT)
                return handle
            case PGRES_POLLING_READING: awaited = Int16(POLLIN)
            case PGRES_POLLING_WRITING: awaited = Int16(POLLOUT)
            default: break
            }
        }
        let message = String(cString: PQerrorMessage(handle))
        PQfinish(handle)
        throw StorageProblem.serverRefused(message.isEmpty ? "no answer in time" : message, address.shown)
    }
}
