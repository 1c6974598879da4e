import HTTPTypes
import Storage
import Tenancy
import Web

/// The stages of the pipeline in the API.
struct StageRoutes {
    private static let nameMax = 60

    var routes: [Route] {
        [
            .api(
                .get, "/stages", "Lists the stages, in order",
                answers: [.init(200, "All of them.", .page(of: Stage.schema))], handle: list),
            .api(
                .patch, "/stages/{key}", "Changes what a stage is called, and its figures",
                input: .json(Self.changeSchema),
                answers: [.init(200, "As it is now.", Stage.schema)], needsVersion: true,
                handle: change),
        ].grouped("Pipeline")
    }

    private func list(_ call: Call) async throws -> Reply {
        let stages = try await call.read { try await Stages($0).pipeline().stages }
        return .page(stages, next: nil) { $1.write(to: &$0) }
    }

    private func change(_ call: Call) async throws -> Reply {
        let (key, version) = (call.parameter("key"), try call.version())
        let input = call.input
        return try await call.write { scope in
            try scope.caller.must(.settingsEdit)
            try await Self.check(input, key, in: scope)
            let stage = try await Stages(scope).change(key, version: version) { stage in
                if let name = input.text("name") { stage.name = name }
                if let percent = input.integer("probability") { stage.probability = Int(percent) }
                if input.has("stalled_after_days") {
                    stage.stalledAfterDays = input.integer("stalled_after_days").map(Int.init)
                }
            }
            return .json(version: stage.version) { stage.write(to: &$0) }
        }
    }

    /// What a stage that is not open stands for is fixed: won is certain, lost is not coming.
    private static func check(_ input: Fields, _ key: String, in scope: Scope) async throws {
        guard let stage = try await Stages(scope).pipeline()[key] else {
            throw Problem.notFound("stage")
        }
        var faults: [Problem.Fault] = []
        if input.has("name"), input.text("name") == nil {
            faults.append(.init("name", "A name is needed."))
        }
        for figure in ["probability", "stalled_after_days"]
        where input.has(figure) && stage.status != .open {
            faults.append(.init(figure, "This is fixed for a stage that is not open."))
        }
        guard faults.isEmpty else { throw Problem.invalid(faults) }
    }

    private static let changeSchema = Schema.named(
        "StageChange",
        .object([
            .init("name", .text(max: nameMax)),
            .init("probability", .integer(0...100), "Percent."),
            .init("stalled_after_days", .optional(.integer(1...365)), "Null for never."),
        ]))
}

extension Stage {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("key", key)
            $0.member("name", name)
            $0.member("position", position)
            $0.member("class", status.rawValue)
            $0.member("probability", probability)
            $0.member("stalled_after_days", stalledAfterDays)
            $0.member("version", version)
        }
    }

    fileprivate static let schema = Schema.named(
        "Stage",
        .object([
            .init("key", .text(max: 60), required: true),
            .init("name", .text(max: 60), required: true),
            .init("position", .integer(0...1000), required: true),
            .init(
                "class", .choice(Status.allCases.map(\.rawValue)), required: true,
                "What it means, whatever it is called."),
            .init("probability", .integer(0...100), required: true, "Percent."),
            .init("stalled_after_days", .optional(.integer(1...Int64.max)), required: true),
            .init("version", .integer(1...Int64.max), required: true),
        ]))
}
