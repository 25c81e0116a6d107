import WebSupport

/// Seats as bars that grow narrower: bought, assigned, used.
enum SeatFunnel {
    static func draw(_ title: String, _ steps: [(name: String, count: Int)]) -> HTML {
        let most = max(1, steps.map(\.count).max() ?? 1)
        let bars = steps.enumerated().map { position, step -> HTML in
            let width = step.count * 380 / most
            let y = position * 30 + 4
            return """
                <text class="axis left" x="0" y="\(y + 15)">\(step.name)</text>\
                <rect class="bar" x="74" y="\(y)" width="\(max(width, step.count > 0 ? 2 : 0))" height="22" rx="3">\
                <title>\(step.name): \(Count.text(step.count))</title></rect>\
                <text class="value left" x="\(80 + width)" y="\(y + 15)">\(Count.text(step.count))</text>
                """
        }
        let words = steps.map { "\($0.name) \(Count.text($0.count))" }.joined(separator: ", ")
        return """
            <figure class="chart"><svg viewBox="0 0 540 \(steps.count * 30 + 4)" preserveAspectRatio="xMinYMid" role="img" \
            aria-label="\(title): \(words)">\(bars)</svg></figure>
            """
    }
}
