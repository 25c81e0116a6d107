import Storage

/// Which lists to read so that pairs of a group or app and a person are all answered with few calls: whole lists of groups
/// and apps, whole lists of people, or pairs alone.
struct Cover: Equatable {
    /// Groups or apps whose lists are read whole, with the marks that they answer.
    private(set) var subjects: [Int64: [LogMark]] = [:]
    /// People whose lists are read whole.
    private(set) var people: [Int64: [LogMark]] = [:]
    /// What is read alone.
    private(set) var pairs: [LogMark] = []

    /// Takes, again and again, the list that answers the most marks a call. One that answers a single mark is no better
    /// than the pair alone.
    ///
    /// - Parameters:
    ///   - calls: how many calls the list of a group or app takes.
    ///   - isOnPeoplesLists: whether people's own lists are sure to show a group or app.
    init(of marks: [LogMark], calls: (Int64) -> Int, isOnPeoplesLists: (Int64) -> Bool) {
        var bySubject = Dictionary(grouping: marks, by: \.subject)
        for (subject, marks) in bySubject where marks.contains(where: { $0.object == 0 }) {
            subjects[subject] = marks
            bySubject[subject] = nil
        }
        var left = Dictionary(uniqueKeysWithValues: bySubject.map { ($0.key, Set($0.value.map(\.object))) })
        var ofPerson: [Int64: Set<Int64>] = [:]
        for (subject, objects) in left where isOnPeoplesLists(subject) {
            for person in objects { ofPerson[person, default: []].insert(subject) }
        }
        let cost = Dictionary(uniqueKeysWithValues: left.keys.map { ($0, max(1, calls($0))) })
        var whole: Set<Int64> = []
        var person: Set<Int64> = []
        while true {
            // The smallest key of several as good, so that the same marks are answered the same way.
            let subject = left.max {
                ($0.value.count * cost[$1.key, default: 1], $1.key) < (
                    $1.value.count * cost[$0.key, default: 1], $0.key
                )
            }
            let other = ofPerson.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }
            let gain = subject.map { Double($0.value.count) / Double(cost[$0.key, default: 1]) } ?? 0
            if let other, other.value.count > 1, Double(other.value.count) >= gain {
                person.insert(other.key)
                for subject in other.value { left[subject]?.remove(other.key) }
                ofPerson[other.key] = nil
            } else if let subject, gain > 1 {
                whole.insert(subject.key)
                for person in subject.value { ofPerson[person]?.remove(subject.key) }
                left[subject.key] = nil
            } else {
                break
            }
        }
        for mark in bySubject.sorted(by: { $0.key < $1.key }).flatMap(\.value) {
            if whole.contains(mark.subject) {
                subjects[mark.subject, default: []].append(mark)
            } else if person.contains(mark.object), isOnPeoplesLists(mark.subject) {
                people[mark.object, default: []].append(mark)
            } else {
                pairs.append(mark)
            }
        }
    }
}
