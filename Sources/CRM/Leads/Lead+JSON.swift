import Storage
import Web

extension Lead {
    /// The lead as the API gives it. `extra` adds members of the answer it is part of.
    package func write(
        to writer: inout JSONWriter, extra: (inout JSONWriter) -> Void = { _ in }
    ) {
        writer.object { body in
            body.member("id", id)
            body.member("company", company)
            body.member("contact_name", contactName)
            body.member("email", email)
            body.member("phone", phone)
            body.member("phone_raw", phoneRaw)
            body.member("external_id", externalID)
            body.member("source", source)
            body.member("campaign", campaign)
            body.member("attribution") { $0.raw(attribution) }
            body.member("product", product)
            body.member("territory", territory)
            body.member("value_minor", valueMinor)
            body.member("currency", currency)
            body.member("owner", owner)
            body.member("owner_name", ownerName)
            body.member("owner_reason", ownerReason)
            writeState(to: &body)
            body.member("tags") { $0.raw(tags) }
            body.member("custom") { $0.raw(custom) }
            body.member("notes", notes)
            body.member("touches", touches)
            body.member("version", version)
            body.member("created_at", createdAt)
            body.member("updated_at", updatedAt)
            extra(&body)
        }
    }

    private func writeState(to body: inout JSONWriter) {
        body.member("stage", stage)
        body.member("stage_class", status.rawValue)
        body.member("stage_entered_at", stageEnteredAt)
        body.member("resume_on", resumeOn)
        body.member("demo_at", demoAt)
        body.member("lost_reason", lostReason?.rawValue)
        body.member("lost_note", lostNote)
        body.member("closed_at", closedAt)
        body.member("score", score)
        body.member("next_follow_up_at", nextFollowUpAt)
        body.member("next_follow_up_kind", nextFollowUpKind)
        body.member("last_activity_at", lastActivityAt)
        body.member("respond_by", respondBy)
    }

    private static let text = Schema.optional(.text(max: 10_000))

    private static let fields: [Schema.Field] = [
        .init("id", .id, required: true),
        .init("company", text, required: true), .init("contact_name", text, required: true),
        .init("email", text, required: true),
        .init("phone", text, required: true, "E.164; null when phone_raw is no number."),
        .init("phone_raw", text, required: true), .init("external_id", text, required: true),
        .init("source", .text(max: 100), required: true), .init("campaign", text, required: true),
        .init("attribution", .map(.any), required: true),
        .init("product", text, required: true), .init("territory", text, required: true),
        .init("value_minor", .optional(.integer(0...Int64.max)), required: true),
        .init("currency", .text(max: 3), required: true),
        .init("owner", .optional(.id), required: true), .init("owner_name", text, required: true),
        .init("owner_reason", .text(max: 10_000), required: true, "Why this owner was chosen."),
        .init("stage", .text(max: 100), required: true),
        .init("stage_class", .choice(Stage.Status.allCases.map(\.rawValue)), required: true),
        .init("stage_entered_at", .instant, required: true),
        .init("resume_on", .optional(.day), required: true),
        .init("demo_at", .optional(.instant), required: true),
        .init("lost_reason", text, required: true), .init("lost_note", text, required: true),
        .init("closed_at", .optional(.instant), required: true),
        .init("score", .optional(.integer(0...100)), required: true),
        .init("next_follow_up_at", .optional(.instant), required: true),
        .init("next_follow_up_kind", text, required: true),
        .init("last_activity_at", .optional(.instant), required: true),
        .init(
            "respond_by", .optional(.instant), required: true,
            "Until when a first response is due; null once there was one, or when none is."),
        .init("tags", .list(.text(max: 60), max: 50), required: true),
        .init("custom", .map(.any), required: true), .init("notes", text, required: true),
        .init("touches", .integer(1...Int64.max), required: true, "How often it was captured."),
        .init("version", .integer(1...Int64.max), required: true),
        .init("created_at", .instant, required: true),
        .init("updated_at", .instant, required: true),
        .init("merged", .boolean, "True when the lead was there already."),
        .init("change", .id, "For POST /changes/{change}/undo."),
        .init("merge", .id, "For POST /merges/{id}/undo."),
    ]

    package static let schema = Schema.named("Lead", .object(fields))
}
