/// How far a name is from the one that was probably meant.
public enum Misspelling {
    /// How many letters must be added, removed or replaced.
    public static func changes(from left: String, to right: String) -> Int {
        let letters = Array(right)
        var row = Array(0...letters.count)
        for (position, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = position + 1
            for column in letters.indices {
                let replaced = diagonal + (letters[column] == letter ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[letters.count]
    }
}
