import HTTPTypes
import Storage
import Tenancy
import Web

/// A person's own views of the lists, in the API.
struct PersonalViewRoutes {
    var routes: [Route] {
        [
            .api(
                .get, "/views", "Lists your saved views, by name",
                answers: [.init(200, "All of them.", .page(of: PersonalView.schema))],
                handle: list),
            .api(
                .post, "/views", "Saves a view; one of the same name is replaced",
                input: .json(PersonalView.inputSchema),
                answers: [.init(201, "Saved.", PersonalView.schema)], handle: save),
            .api(
                .delete, "/views/{id}", "Removes a saved view",
                answers: [.init(204, "Removed.")], handle: remove),
        ].grouped("Views")
    }

    private func list(_ call: Call) async throws -> Reply {
        let views = try await call.read { try await PersonalViews($0).list() }
        return .page(views, next: nil) { $1.write(to: &$0) }
    }

    private func save(_ call: Call) async throws -> Reply {
        let (name, query) = (call.input.text("name") ?? "", call.input.text("query") ?? "")
        let place: PersonalView.Place = call.input.choice("place") ?? .leads
        return try await call.write { scope in
            let view = try await PersonalViews(scope).save(name: name, place: place, query: query)
            return .json(.created) { view.write(to: &$0) }
                .with(.location, "/api/v1/views/\(view.id)")
        }
    }

    private func remove(_ call: Call) async throws -> Reply {
        let id: ID<PersonalView> = try call.id(of: "view")
        return try await call.write { scope in
            try await PersonalViews(scope).remove(id)
            return .noContent
        }
    }
}

extension PersonalView {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { body in
            body.member("id", id)
            body.member("name", name)
            body.member("place", place.rawValue)
            body.member("query", query)
            body.member("url", url)
        }
    }

    private static let places = Schema.choice(Place.allCases.map(\.rawValue))

    fileprivate static let schema = Schema.named(
        "View",
        .object([
            .init("id", .id, required: true), .init("name", .text(max: 120), required: true),
            .init("place", places, required: true),
            .init("query", .text(max: 4000), required: true, "Filters and sort, as in the URL."),
            .init("url", .text(max: 4100), required: true, "The page that shows it."),
        ]))

    fileprivate static let inputSchema = Schema.object([
        .init("name", .text(max: 120), required: true),
        .init("place", places, "leads unless told."),
        .init("query", .text(max: 4000), required: true, "As filter[stage]=open&sort=-created_at."),
    ])
}
