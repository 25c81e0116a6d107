import Directory
import OktaAPI
import Problems
import Storage

/// What a run chooses and expects.
extension SyncRun {
    /// How the lists are read that Okta gives in more than one way: as the run did before it was interrupted, else as
    /// planned, else in the best way for the groups and apps just read. The choice is kept with the run.
    func decide() async throws(Problem) -> Strategy {
        let kept = try await store.choices(of: context).filter { $0.list != "factors" }
        if !kept.isEmpty { return Strategy(kept) }
        var basis = try await planner.basis(of: context.integrationID, run: context.runID, client: client)
        let planned = plan.map { Strategy($0.choices) }
        if !basis.size.hasAllUsers, needsPeople(planned, basis) {
            await milestones.pass(.users)
            basis = try await planner.basis(of: context.integrationID, run: context.runID, client: client)
            // The list of users failed, and the run will end: whoever goes on with it chooses when people are known.
            if await milestones.isAbandoned, !basis.size.hasAllUsers { return Strategy() }
        }
        let chooser = basis.chooser
        let strategy = planned.map(chooser.possible) ?? chooser.strategy()
        var choices = chooser.choices(strategy)
        if let factors = plan?.choices.first(where: { $0.list == "factors" }) { choices.append(factors) }
        try await store.choose(choices, of: context)
        return strategy
    }

    /// Whether people's own lists would be read if there were no more people than are known of: only then is the list of
    /// users worth waiting for.
    private func needsPeople(_ planned: Strategy?, _ basis: Planner.Basis) -> Bool {
        if let planned { return planned.needsPeople }
        guard let everyone = basis.size.everyone else { return false }
        var size = basis.size
        size.users = max(everyone, size.users ?? 0)
        size.people = everyone
        size.hasAllUsers = true
        return StrategyChooser(size: size, allowed: basis.allowed, refused: basis.refused).strategy().needsPeople
    }

    /// A first sync has counted the tenant: what it will ask is predicted and kept.
    func forecast() async throws(Problem) {
        var basis = try await planner.basis(of: context.integrationID, run: context.runID, client: client)
        basis.size.logCalls = meter.logPages
        // What may be read is what the check found, but where the run itself knows better.
        basis.coverage.merge(state.coverage.filter { $0.value != .notTried }) { $1 }
        let plan = planner.plan(
            basis, kept: try await store.choices(of: context), done: journal.counts)
        if let factors = plan.choices.first(where: { $0.list == "factors" }) {
            try await store.keep(factors, of: context)
        }
        try await expect(plan)
    }

    func expect(_ plan: SyncPlan) async throws(Problem) {
        try await store.notePrediction(
            Dictionary(uniqueKeysWithValues: plan.lines.map { ($0.callClass, $0.calls) }), total: plan.totalCalls,
            of: context)
        meter.expect(plan)
        _ = await milestones.reach(.forecast)
    }

    /// The factors of the admins known so far, then of as many others as were planned, beside everything else.
    func factorsWithinBudget() async throws(Problem) {
        for milestone in [Milestones.Milestone.users, .roles, .forecast] { await milestones.pass(milestone) }
        if await milestones.isAbandoned { return }
        let planned = plan?.choices ?? []
        let kept = try await store.choices(of: context)
        guard let count = (kept + planned).first(where: { $0.list == "factors" })?.calls, count > 0 else { return }
        try await store.expectFactors(of: context)
        try await each("factors") { Walk(.factors(ofUser: $0), FactorRecorder()) }
        let isSet = "factors_within_budget"
        if try await store.listing(isSet, of: context).progress == .pending {
            try await store.expectMoreFactors(count, of: context, marking: isSet)
        }
        try await each("factors") { Walk(.factors(ofUser: $0), FactorRecorder()) }
    }

    /// Whose factors are read depends on every role and membership, so the last of the admins come last.
    func adminFactors() async throws(Problem) {
        try await store.expectFactors(of: context)
        try await each("factors") { Walk(.factors(ofUser: $0), FactorRecorder()) }
    }
}
