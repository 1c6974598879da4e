import Storage
import Tenancy
import Testing

@testable import CRM

@Suite struct MappingTests {
    @Test func `a mapping reads as it was written`() throws {
        let json: JSON = [
            "columns": ["sales_agent": "owner", "close_value": "value", "erp": "custom.erp"],
            "values": ["stage": ["Engaging": "connected"]], "dates": "M/d/yyyy",
            "currency": "usd", "create_owners": true, "match": ["phone", "external_id"],
        ]
        let mapping = try Mapping.checked(json)
        #expect(mapping.columns["sales_agent"] == .field(.owner))
        #expect(mapping.columns["erp"] == .custom("erp"))
        #expect(mapping.values == ["stage": ["Engaging": "connected"]])
        #expect(mapping.currency == "USD")
        #expect(mapping.match == [.externalID, .phone])
        #expect(mapping.isForAdmins)
        #expect(try Mapping.checked(mapping.json) == mapping)
    }

    @Test func `empty and null columns are not imported, and all keys match unless told`() throws {
        let mapping = try Mapping.checked(
            ["columns": ["a": "company", "b": "", "c": nil, "d": " "]])
        #expect(mapping.columns == ["a": .field(.company)])
        #expect(mapping.match == [.externalID, .email, .phone])
        #expect(!mapping.isForAdmins)
        #expect(!mapping.hasHistory)
    }

    private static let wrong: [(JSON, String)] = [
        (["columns": ["a": "surname"]], "mapping.columns.a"),
        (["columns": ["a": "company", "b": "company"]], "mapping.columns.b"),
        (["columns": ["a": "custom."]], "mapping.columns.a"),
        (["columns": [:], "values": ["rank": [:]]], "mapping.values.rank"),
        (["columns": [:], "dates": "soon"], "mapping.dates"),
        (["columns": [:], "currency": "US"], "mapping.currency"),
        (["columns": [:], "match": ["name"]], "mapping.match[0]"),
        (["columns": [:], "colour": "red"], "mapping.colour"),
        ([:], "mapping.columns"),
    ]

    @Test func `what is wrong is named`() throws {
        for (json, field) in Self.wrong {
            let problem = #expect(throws: Problem.self) { try Mapping.checked(json) }
            guard case .invalid(let faults) = problem else {
                Issue.record("not a problem of fields: \(json.text)")
                continue
            }
            #expect(faults.map(\.field) == [field])
        }
    }

    @Test func `headers suggest what they usually mean, each target once`() {
        let targets = Suggestions.targets(
            [
                "Account Name", "E-mail", "Mobile", "Phone", "Deal Value", "Sales agent",
                "Company", "Remarks", "Comments", "GST Number", "Shoe size",
            ],
            custom: [CustomField(key: "gst", label: "GST number", kind: .text, choices: [])],
            withHistory: true)
        #expect(targets["Company"] == .field(.company))
        #expect(targets["Account Name"] == nil)
        #expect(targets["E-mail"] == .field(.email))
        #expect(targets["Phone"] == .field(.phone))
        #expect(targets["Mobile"] == nil)
        #expect(targets["Deal Value"] == .field(.value))
        #expect(targets["Sales agent"] == .field(.owner))
        #expect(targets["Remarks"] == .field(.notes))
        #expect(targets["Comments"] == .field(.notes))
        #expect(targets["GST Number"] == .custom("gst"))
        #expect(targets["Shoe size"] == nil)
    }

    @Test func `who may not import history is not offered it`() {
        let targets = Suggestions.targets(
            ["Owner", "Stage", "Company"], custom: [], withHistory: false)
        #expect(targets == ["Company": .field(.company)])
    }
}
