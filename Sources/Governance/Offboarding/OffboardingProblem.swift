import Problems

/// What is told of decisions about leavers that do not hold.
enum OffboardingProblem {
    static let tooLong = Problem(
        id: "offboarding.text.tooLong", kind: .badInput, title: "That is too long",
        explanation: "A note or a piece of evidence has at most 2,000 characters, a name 200.",
        remedy: "Shorten it, or put a link to where the whole stands.")
    static let unexplained = Problem(
        id: "offboarding.close.unexplained", kind: .badInput, title: "Say how you know that it is done",
        explanation: "What a person closes stands in the record of this leaving, and an auditor will ask.",
        remedy: "Write a note, or evidence such as a ticket's number or a link.")
    static let empty = Problem(
        id: "offboarding.change.empty", kind: .badInput, title: "There is nothing to save",
        explanation: "No owner, day, note or evidence was given.", remedy: "Fill in at least one of them.")
    static let noItems = Problem(
        id: "offboarding.items.none", kind: .badInput, title: "No item is chosen",
        explanation: "Nothing was changed.", remedy: "Tick the items in the checklist that this is about.")
    static let unknownItem = Problem(
        id: "offboarding.item.unknown", kind: .badInput, title: "The checklist has no such item any more",
        explanation: "Nothing was changed. The list may have changed since the page was opened.",
        remedy: "Open the case again.")
    static let badSLA = Problem(
        id: "offboarding.sla.invalid", kind: .badInput, title: "The hours must be between 1 and 8,760",
        explanation: "They say how long the last removal may come after somebody has left.",
        remedy: "24 is usual.")
}
