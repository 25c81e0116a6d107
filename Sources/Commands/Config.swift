import ArgumentParser
import Server

struct Config: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print every setting, its value and where the value comes from. Secrets are masked.")

    @OptionGroup var data: DataOptions
    @OptionGroup var output: FormatOptions

    func run() async throws {
        let settings = try await data.settings()
        DataOptions.show(settings.warnings)
        var writer = RowWriter(output.format, columns: ["name", "value", "source"])
        for value in settings.values {
            try writer.write([
                .text(value.setting.name), value.text == nil ? .none : .text(value.shown), .text(value.source),
            ])
        }
        try writer.finish()
    }
}
