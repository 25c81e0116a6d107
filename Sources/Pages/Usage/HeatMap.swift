import Analysis
import Directory
import Storage
import WebSupport

/// When in the week people sign in: a square for each hour, the larger the more, with the numbers in a table behind it.
enum HeatMap {
    private static let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let cell = (width: 22, height: 20)
    private static let left = 34

    static func section(_ title: String, _ hours: SignOnHours, _ visit: Visit) -> HTML {
        Part.section("When people sign in", draw(title, hours, visit), note: note(hours, visit))
    }

    private static func note(_ hours: SignOnHours, _ visit: Visit) -> HTML {
        guard let since = hours.since else { return HTML() }
        return "\(Count.text(hours.total)) sign-ins of \(SignOnHours.days) days, since \(since.date); hours in UTC"
    }

    private static func draw(_ title: String, _ hours: SignOnHours, _ visit: Visit) -> HTML {
        guard visit.moment.usageKnown else {
            let why = visit.moment.usageNote ?? "The System Log could not be read, so that nobody's hours are known."
            return Part.empty("Not evaluated", "\(why)")
        }
        guard hours.most > 0 else {
            return Part.empty(
                "No hours", "Nobody signed in within \(SignOnHours.days) days, or only before Muster kept the hours.")
        }
        return picture(title, hours) + table(title, hours)
    }

    private static func picture(_ title: String, _ hours: SignOnHours) -> HTML {
        var busiest = (day: 0, hour: 0)
        var squares: [HTML] = []
        for (day, counts) in hours.counts.enumerated() {
            for (hour, count) in counts.enumerated() {
                if count > hours.counts[busiest.day][busiest.hour] { busiest = (day, hour) }
                squares.append(square(day, hour, count, of: hours.most))
            }
        }
        let names = days.enumerated().map { position, name -> HTML in
            "<text class=\"day\" x=\"0\" y=\"\(position * cell.height + 15)\">\(name)</text>"
        }
        let bottom = 7 * cell.height
        let axis = stride(from: 0, to: 24, by: 3).map { hour -> HTML in
            "<text class=\"axis\" x=\"\(left + hour * cell.width + cell.width / 2)\" y=\"\(bottom + 14)\">\(clock(hour))</text>"
        }
        return """
            <figure class="chart heat"><svg viewBox="0 0 \(left + 24 * cell.width) \(bottom + 18)" \
            preserveAspectRatio="xMinYMid" role="img" aria-labelledby="heat-title heat-desc">\
            <title id="heat-title">\(title)</title><desc id="heat-desc">Seven days by twenty-four hours; the larger the \
            square, the more sign-ins. The most, \(Count.text(hours.most)), on \(days[busiest.day]) from \
            \(clock(busiest.hour)).</desc>\(names)\(squares)\(axis)</svg></figure>
            """
    }

    /// The area tells, so that the picture needs no colour.
    private static func square(_ day: Int, _ hour: Int, _ count: Int64, of most: Int64) -> HTML {
        let side = count == 0 ? 2 : max(4, Int((Double(count) / Double(most)).squareRoot() * 18))
        let x = left + hour * cell.width + (cell.width - side) / 2
        let y = day * cell.height + (cell.height - side) / 2
        return """
            <rect class="\(count == 0 ? "track" : "bar")" x="\(x)" y="\(y)" width="\(side)" height="\(side)">\
            <title>\(days[day]) \(clock(hour)): \(Count.text(count))</title></rect>
            """
    }

    private static func table(_ title: String, _ hours: SignOnHours) -> HTML {
        let rows = (0..<24).map { hour -> [HTML] in
            ["\(clock(hour))"] + hours.counts.map { "\(Count.text($0[hour]))" }
        }
        return """
            <details class="behind"><summary>Show the numbers</summary>\
            \(Part.table(title, [("Hour (UTC)", false)] + days.map { ($0, true) }, rows))</details>
            """
    }

    private static func clock(_ hour: Int) -> String { "\(hour < 10 ? "0" : "")\(hour):00" }
}
