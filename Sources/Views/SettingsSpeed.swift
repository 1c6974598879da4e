/// How fast leads are to be responded to, and when the company works.
package struct SpeedPage: Sendable {
    package var targetMinutes: Int
    package var isActive: Bool
    /// The version of those two.
    package var version: Int
    package var calendar: CalendarForm

    package init(targetMinutes: Int, isActive: Bool, version: Int, calendar: CalendarForm) {
        (self.targetMinutes, self.isActive) = (targetMinutes, isActive)
        (self.version, self.calendar) = (version, calendar)
    }
}

/// A week and its holidays, as people type them.
package struct CalendarForm: Sendable {
    package var zone: String
    package var zones: [String]
    /// Monday first.
    package var days: [WeekdayHours]
    /// One a line, as "2026-12-25 Christmas".
    package var holidays: String
    package var version: Int

    package init(
        zone: String, zones: [String], days: [WeekdayHours], holidays: String, version: Int
    ) {
        (self.zone, self.zones, self.days) = (zone, zones, days)
        (self.holidays, self.version) = (holidays, version)
    }
}

/// A day of a week, with hours as "09:00–12:30, 13:00–18:00".
package struct WeekdayHours: Sendable {
    /// `monday`, …
    package var key: String
    package var hours: String

    package init(_ key: String, hours: String) {
        (self.key, self.hours) = (key, hours)
    }

    /// A week without any.
    package static let none = [
        "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ].map { WeekdayHours($0, hours: "") }

    fileprivate var label: String { key.prefix(1).uppercased() + key.dropFirst() }
}

func speedSection(_ page: SpeedPage, canEdit: Bool) -> HTML {
    """
    \(sectionHead("Speed to lead",
        "How soon somebody responds to a new lead, counted in the hours that the company works. "
            + "A lead on hold rests. Each lead keeps the target that was in force when it came."))\
    \(policyPanel(page, canEdit: canEdit))\(calendarPanel(page.calendar, canEdit: canEdit))
    """
}

/// Saved as a field is left.
private func policyPanel(_ page: SpeedPage, canEdit: Bool) -> HTML {
    let write = Write("PUT /policies/first-response", said: "Saved", version: page.version)
    let minutes: HTML =
        canEdit
        ? """
        <span class="unit"><input class="input quiet" type="number" name="target_minutes" min="1" \
        max="10000" required value="\(page.targetMinutes)" autocomplete="off" \
        aria-label="Working minutes until the first response"><span>working minutes</span></span>
        """
        : "<span>\(page.targetMinutes) working minutes</span>"
    let active: HTML =
        canEdit
        ? switchControl("New leads have a clock", name: "active", isOn: page.isActive)
        : tag(page.isActive ? "On" : "Off", page.isActive ? .good : .plain)
    return panel(
        "First response",
        body: """
            <div class="panel-body inline-edit touch-guard" data-row \(write.attributes)>\
            <p>The clock stops with the first call, email, WhatsApp message or meeting that is \
            logged, or when the lead is moved on. Notes do not count.</p>\
            \(minutes)\(active)</div>
            """)
}

private func calendarPanel(_ form: CalendarForm, canEdit: Bool) -> HTML {
    let fields = panel(
        "Working hours",
        body: """
            <div class="panel-body"><div class="hours">\
            \(form.days.map { dayField($0, canEdit, blank: "Free") })</div>\
            \(when: canEdit, hoursHint)\(zoneField(form, canEdit))\
            \(holidaysField(form, canEdit))</div>
            """)
    guard canEdit else { return fields }
    return """
        <form class="list-editor" data-list="calendar" data-path="/calendar" \
        data-version="\(form.version)" novalidate>\(fields)\
        <footer class="list-foot"><p class="err" data-form-error role="alert" hidden></p>\
        \(unsavedNotice)</footer></form>
        """
}

let hoursHint: HTML = """
    <p class="hint">Several times a day are separated by commas: 09:00–12:30, 13:00–18:00. Leave a \
    day empty when it is free.</p>
    """

/// - Parameter blank: What an empty field shows.
func dayField(_ day: WeekdayHours, _ canEdit: Bool, blank: String) -> HTML {
    guard canEdit else {
        return """
            <div class="weekday"><span class="label">\(day.label)</span>\
            <span class="num">\(day.hours.isEmpty ? "Free" : day.hours)</span></div>
            """
    }
    return """
        <label class="field weekday" data-field="week.\(day.key)">\
        <span class="label">\(day.label)</span>\
        <input class="input num" name="\(day.key)" value="\(day.hours)" maxlength="100" \
        placeholder="\(blank)" autocomplete="off" spellcheck="false">\
        <span class="err" hidden></span></label>
        """
}

private func zoneField(_ form: CalendarForm, _ canEdit: Bool) -> HTML {
    guard canEdit else { return "<p>Clocks of \(form.zone)</p>" }
    return """
        <div class="field" data-field="time_zone"><label for="calendar-zone">Time zone</label>\
        <input class="input" id="calendar-zone" name="time_zone" value="\(form.zone)" required \
        maxlength="60" list="calendar-zones" autocomplete="off" spellcheck="false">\
        <datalist id="calendar-zones">\
        \(form.zones.map { "<option value=\"\($0)\"></option>" as HTML })</datalist>\
        <p class="err" hidden></p></div>
        """
}

private func holidaysField(_ form: CalendarForm, _ canEdit: Bool) -> HTML {
    guard canEdit else {
        let days = form.holidays.isEmpty ? "None" : form.holidays
        return "<p>Holidays: \(days.split(separator: "\n").joined(separator: ", "))</p>"
    }
    return """
        <label class="field" data-field="holidays"><span class="label">Holidays, one a line</span>\
        <textarea class="input num" name="holidays" rows="6" spellcheck="false" \
        placeholder="2026-12-25 Christmas">\(form.holidays)</textarea>\
        <span class="err" hidden></span></label>
        """
}
