import Storage
import Tenancy
import Views

extension HistoryEntry {
    /// The entry in a person's words; nil for what says nothing to people.
    func words(_ faces: Faces) -> TimelineEntry? {
        guard let (icon, shade, text, emphasis) = phrase(faces) else { return nil }
        var entry = TimelineEntry(
            icon: icon, shade: shade, who: who ?? anonym, text: text, emphasis: emphasis,
            time: (faces.time.clock(at), at.text))
        entry.quote = quote
        return entry
    }

    private typealias Phrase = (String, TimelineEntry.Shade, String, String?)

    private var anonym: String? {
        switch actor {
        case .form: "Web form"
        case .apiKey: "API"
        case .importRun: "Import"
        case .operator: "Platform operator"
        case .connection: "Connection"
        // One of those who are not the viewer's to see.
        case .user: "A colleague"
        case .system: nil
        }
    }

    private func phrase(_ faces: Faces) -> Phrase? {
        switch name {
        case "lead.created":
            let source = Faces.glyph(source: text("source") ?? "").label
            return (
                "sparkles", .plain, imported ? "imported the lead ·" : "created the lead ·", source
            )
        case "lead.touched":
            let source = Faces.glyph(source: text("source") ?? "").label
            let matched = text("matched").map(Self.label) ?? "contact"
            return ("sparkles", .plain, "brought it in again by the same \(matched) ·", source)
        case "lead.changed": return ("pen-line", .plain, "changed", changedFields)
        case "lead.assigned":
            return ("user-plus", .move, "assigned it to", name(at: "owner", faces))
        case "lead.reoffered":
            return (
                "user-plus", .move, "passed it on, as nobody had acted, to",
                name(at: "owner", faces)
            )
        case "lead.waited":
            return ("clock", .plain, "nobody could take it yet", nil)
        case "lead.shared" where isHand, "lead.unshared" where isHand: return hand(faces)
        case "lead.shared":
            return ("users", .move, "shared it with", name(at: "user", faces))
        case "lead.unshared":
            return ("users", .move, "stopped sharing it with", name(at: "user", faces))
        case "clock.breached": return ("timer", .bad, "The first response was due", nil)
        case "lead.merged":
            // The same is told by the lead that went; once is enough.
            return text("into") == nil ? ("merge", .move, "merged in", text("title")) : nil
        case "lead.unmerged":
            return text("from") == nil
                ? ("merge", .plain, "took apart again", text("title"))
                : ("merge", .plain, "brought it back from a merge", nil)
        case "consent.given":
            let version = data["consent_version"]?.integer.map { ", version \($0)" } ?? ""
            let form = (text("form_name") ?? "the form") + version
            return ("circle-check", .good, "took their consent ·", form)
        case "files.received":
            let names = data["files"]?.array?.compactMap(\.string) ?? []
            return ("download", .plain, "received", names.joined(separator: ", "))
        case "lead.restored": return ("arrow-right-left", .plain, "undid the last change", nil)
        case "activity.logged": return activity
        case "follow_up.scheduled", "follow_up.done", "follow_up.rescheduled", "follow_up.assigned":
            return followUp(faces)
        default: return move(faces)
        }
    }

    private func move(_ faces: Faces) -> Phrase? {
        let to = faces.pipeline[text("to") ?? ""]?.name ?? text("to") ?? ""
        let from = faces.pipeline[text("from") ?? ""]?.name ?? text("from") ?? ""
        switch name {
        case "lead.moved":
            let skipped = data["skipped"]?.array?.count ?? 0
            let stages = skipped == 1 ? "1 stage" : "\(skipped) stages"
            let note = skipped == 0 ? "" : " (\(stages) skipped)"
            return ("arrow-right-left", .move, "moved it from \(from) to", to + note)
        case "lead.held": return ("pause", .move, "put it on hold", nil)
        case "lead.resumed": return ("arrow-right-left", .move, "took it up again in", to)
        case "lead.won": return ("trophy", .good, "won it", nil)
        case "lead.lost":
            let reason = (text("lost_reason") ?? data["after"]?["lost_reason"]?.string)
                .flatMap(LostReason.init)?.label
            return ("circle-x", .bad, "marked it lost", reason)
        case "lead.reactivated": return ("arrow-right-left", .move, "reactivated it in", to)
        default: return nil
        }
    }

    private var activity: Phrase {
        let kind = text("kind").flatMap(Activity.Kind.init) ?? .note
        let details = [
            text("outcome").map(Faces.sourceLabel),
            data["duration_minutes"]?.integer.map { "\($0) min" },
        ].compactMap { $0 }.joined(separator: ", ")
        let emphasis = details.isEmpty ? nil : details
        switch kind {
        case .call: return ("phone", .call, "logged a call", emphasis)
        case .email: return ("mail", .mail, "logged an email", emphasis)
        case .whatsapp: return ("whatsapp", .chat, "logged a WhatsApp message", emphasis)
        case .meeting: return ("video", .call, "logged a meeting", emphasis)
        case .note: return ("pen-line", .plain, "wrote a note", nil)
        }
    }

    private func followUp(_ faces: Faces) -> Phrase {
        let due = text("due_at").flatMap(Instant.init).map { moment in
            "\(faces.time.name(of: faces.time.day(of: moment))) \(faces.time.clock(moment))"
        }
        let (article, kind) = planned
        switch name {
        case "follow_up.scheduled":
            return ("calendar-clock", .plain, "scheduled \(article) \(kind) for", due)
        case "follow_up.done": return ("check", .good, "completed the \(kind)", nil)
        case "follow_up.assigned":
            return ("user-plus", .move, "gave the \(kind) to", name(at: "owner", faces))
        default: return ("calendar-clock", .plain, "moved the next step to", due)
        }
    }

    /// `a call`, `an email`
    private var planned: (article: String, kind: String) {
        let kind = text("kind").flatMap(Activity.Kind.init)
        return kind == .email ? ("an", "email") : ("a", kind?.label ?? "follow-up")
    }

    private var isHand: Bool { text("follow_up") != nil }

    /// A follow-up that was handed on, or has come back. That one is done is said by itself.
    private func hand(_ faces: Faces) -> Phrase? {
        let name = name(at: "user", faces)
        if self.name == "lead.shared" {
            return ("user-plus", .move, "handed \(planned.article) \(planned.kind) to", name)
        }
        return switch text("why") {
        case "recalled" where text("user") == actorID?.description:
            ("users", .move, "gave a follow-up back", nil)
        case "recalled": ("users", .move, "took a follow-up back from", name)
        case "over": ("users", .plain, "A follow-up came back from", name)
        default: nil
        }
    }

    private var quote: String? {
        name == "lead.created"
            ? nil
            : text("notes") ?? text("note") ?? text("reason")
                ?? data["after"]?["lost_note"]?.string
    }

    private var changedFields: String? {
        let names = data["after"]?.object?.keys.sorted().filter { $0 != "phone_raw" } ?? []
        return names.isEmpty ? nil : names.map(Self.label).joined(separator: ", ")
    }

    /// A field as the lead's page calls it.
    private static func label(_ field: String) -> String {
        switch field {
        case "value_minor": "value"
        case "custom": "details"
        case "external_id": "external id"
        default: field.replacing("_", with: " ")
        }
    }

    private func name(at key: String, _ faces: Faces) -> String {
        text(key).flatMap(ID<User>.init).flatMap { faces.names[$0] } ?? "a colleague"
    }

    private func text(_ key: String) -> String? { data[key]?.string }
}

extension [HistoryEntry] {
    /// By day, newest first. That an activity completed what was due goes without saying.
    func days(_ faces: Faces) -> [TimelineDay] {
        var days: [TimelineDay] = []
        let activities = filter { $0.name == "activity.logged" }
        for entry in self {
            let isSaid =
                entry.name == "follow_up.done"
                && activities.contains { $0.at == entry.at && $0.actorID == entry.actorID }
            guard !isSaid, let words = entry.words(faces) else { continue }
            let label = faces.time.name(of: faces.time.day(of: entry.at))
            if days.last?.label == label {
                days[days.count - 1].entries.append(words)
            } else {
                days.append(TimelineDay(label, [words]))
            }
        }
        return days
    }
}
