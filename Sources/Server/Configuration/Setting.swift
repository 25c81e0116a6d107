import OktaAPI

/// One thing about Muster that can be set: its name, what it takes, and what it does.
public struct Setting: Sendable {
    /// What a value must look like.
    public enum Form: Sendable, Equatable {
        /// Any text.
        case text
        /// A path of a file or folder.
        case path
        /// A whole number within bounds.
        case integer(ClosedRange<Int>)
        /// A number within bounds.
        case number(ClosedRange<Double>)
        /// One of a few words.
        case choice([String])
        /// A text that opens a door, no shorter than this.
        case secret(atLeast: Int)
        /// The address of a proxy, or `none`.
        case proxy

        /// The form in words, as documentation and errors say it.
        public var text: String {
            switch self {
            case .text: "text"
            case .path: "path"
            case .integer(let range) where range.upperBound == .max: "whole number from \(range.lowerBound)"
            case .integer(let range): "whole number \(range.lowerBound) to \(range.upperBound)"
            case .number(let range): "number \(range.lowerBound) to \(range.upperBound)"
            case .choice(let words): words.map { "`\($0)`" }.joined(separator: ", ")
            case .secret(let count): "text of at least \(count) characters"
            case .proxy: "`none`, or an address like `http://NAME:PASSWORD@HOST:PORT`"
            }
        }

        func accepts(_ text: String) -> Bool {
            switch self {
            case .text, .path: !text.contains("\0")
            case .integer(let range): Int(text).map(range.contains) ?? false
            case .number(let range): Double(text).map(range.contains) ?? false
            case .choice(let words): words.contains(text)
            case .secret(let count): text.count >= count
            case .proxy: text == "none" || OktaProxy(text) != nil
            }
        }

        /// A value as it may be shown: no part of it opens a door.
        func shown(_ text: String, isSecret: Bool) -> String {
            if self == .proxy { return OktaProxy(text)?.description ?? text }
            return isSecret ? "******" : text
        }
    }

    /// The name in `muster.yaml`, dotted: `http.port`.
    public let name: String
    /// What a value must look like.
    public let form: Form
    /// The value when nobody sets one; nil when there is none.
    public let defaultValue: String?
    /// Whether the value is masked wherever settings are shown.
    public let isSecret: Bool
    /// The option of the command line that sets it, when there is one.
    public let option: String?
    /// The variable of the environment that other programs read it from too, lower case or upper: `HTTPS_PROXY`.
    public let sharedName: String?
    /// What it does, in one sentence.
    public let help: String

    init(
        _ name: String, _ form: Form, default defaultValue: String?, option: String? = nil, isSecret: Bool = false,
        sharedName: String? = nil, _ help: String
    ) {
        self.name = name
        self.form = form
        self.defaultValue = defaultValue
        self.option = option
        self.isSecret = isSecret
        self.sharedName = sharedName
        self.help = help
    }

    /// The name as an environment variable: `MUSTER_HTTP_PORT`.
    public var environmentName: String {
        "MUSTER_" + name.uppercased().replacing(".", with: "_").replacing("-", with: "_")
    }
}
