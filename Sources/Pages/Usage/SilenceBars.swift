import Analysis
import Directory
import Storage
import WebSupport

/// How long ago people used an app last, with the window marked: what helps to choose one.
enum SilenceBars {
    private static let names = ["0–29", "30–59", "60–89", "90–119", "120 and more"]
    private static let step = 80
    private static let height = 110

    static func draw(_ app: String, _ silence: SilenceHistogram, window: Int, isCalibrated: Bool) -> HTML {
        guard silence.all > 0 else { return Part.empty("Nobody has this app", "There is nobody to be silent.") }
        return picture(app, silence, window, isCalibrated) + table(app, silence)
    }

    private static func bars(_ silence: SilenceHistogram) -> [(name: String, count: Int)] {
        var bars: [(name: String, count: Int)] = []
        for (name, count) in zip(names, silence.last) { bars.append((name, count)) }
        return bars + [("never", silence.never), ("before log", silence.notSinceLog)]
    }

    private static func picture(
        _ app: String, _ silence: SilenceHistogram, _ window: Int, _ isCalibrated: Bool
    ) -> HTML {
        let bars = bars(silence)
        let most = max(1, bars.map(\.count).max() ?? 1)
        let drawn = bars.enumerated().map { position, bar -> HTML in
            let tall = bar.count * height / most
            let shown = max(tall, bar.count > 0 ? 2 : 0)
            // What no day of use is known of stands apart.
            let x = position * step + (position > 4 ? 40 : 0)
            return """
                <rect class="bar\(position > 4 ? " first" : "" as HTML)" x="\(x + 4)" y="\(152 - shown)" \
                width="\(step - 8)" height="\(shown)" rx="3"><title>\(bar.name): \(Count.text(bar.count))</title></rect>\
                <text class="value" x="\(x + step / 2)" y="\(146 - tall)">\(Count.text(bar.count))</text>\
                <text class="axis" x="\(x + step / 2)" y="168">\(bar.name == names[4] ? "120+" : bar.name)</text>
                """
        }
        // A bar is thirty days wide; what is longer than 150 stands at the end.
        let mark = min(window, 150) * step / 30
        let word: HTML = isCalibrated ? "calibrated window" : "default window"
        return """
            <figure class="chart"><svg viewBox="0 0 600 190" preserveAspectRatio="xMinYMid" role="img" \
            aria-labelledby="silence-title silence-desc"><title id="silence-title">Last use of \(app)</title>\
            <desc id="silence-desc">People by the days since they used it last: \(Count.text(silence.last[0])) within 30 \
            days. The \(word) is \(window) days.</desc><line class="base" x1="0" y1="152.5" x2="600" y2="152.5"/>\(drawn)\
            <line class="window" x1="\(mark)" y1="6" x2="\(mark)" y2="152"/>\
            <text class="mark\(mark > 240 ? " end" : "" as HTML)" x="\(mark + (mark > 240 ? -6 : 6))" y="16">\
            \(window) days: \(word)</text><text class="axis" x="200" y="184">days since the last sign-in</text>\
            </svg></figure>
            """
    }

    private static func table(_ app: String, _ silence: SilenceHistogram) -> HTML {
        let words =
            names.map { "\($0) days ago" } + [
                "Never since the assignment", "Not since the log begins (assigned before)",
            ]
        let rows = zip(words, bars(silence)).map { word, bar -> [HTML] in
            ["\(word)", "\(Count.text(bar.count))", "\(Count.share(bar.count, of: silence.all) ?? "")"]
        }
        return """
            <details class="behind"><summary>Show the numbers</summary>\
            \(Part.table("Last use of \(app)", [("Last sign-in", false), ("People", true), ("Share", true)], rows))</details>
            """
    }
}
