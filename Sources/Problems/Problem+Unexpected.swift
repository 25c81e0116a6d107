extension Problem {
    /// Any error as a problem: a `Problem` as it is, anything else as a defect with a reference number that the log shares.
    public static func from(_ error: any Error) -> Problem {
        if let problem = error as? Problem { return problem }
        let reference = String(UInt32.random(in: .min ... .max), radix: 36, uppercase: true)
        return Problem(
            id: "muster.unexpected", kind: .defect, title: "Something unexpected went wrong (reference \(reference))",
            explanation: "Muster met an error it has no advice for. Nothing that was already saved is lost.",
            remedy: "Try again. If it happens again, look for reference \(reference) in the log and report it.",
            context: ["reference": reference, "error": String(reflecting: error)], cause: error)
    }
}
