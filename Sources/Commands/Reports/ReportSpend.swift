import Analysis
import ArgumentParser
import Storage

struct ReportSpend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "spend",
        abstract: "What was paid, held against contracts and against the seats on the same dates.",
        discussion: """
            implied_seats are what is left of an invoice without fixed fees, divided by the price of a seat for the period \
            it is for; seats are those bought, assigned the most people who had the app on the first or last day of the \
            period, active those who signed in within it. An empty number is not evaluated, never none. Checks: \
            over_billed, price_drift, over_contract, shadow (no Okta app), under_contract, no_spend, invoice (it fits).
            """)

    @OptionGroup var options: ReportOptions

    func run() async throws {
        let (store, moment) = try await options.open()
        try await options.print(.spendChecks(moment), store, moment, batch: 1_000_000)
    }
}
