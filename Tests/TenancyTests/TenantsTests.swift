import DatabaseSupport
import Storage
import Testing

@testable import Tenancy

@Suite struct TenantsTests {
    private func new(_ name: String) -> NewTenant {
        NewTenant(
            name: name, admin: (name: "Ida", email: "Ida@New.example", passwordHash: "x"),
            defaultRegion: "de", defaultCurrency: "eur", timeZone: "Europe/Berlin")
    }

    @Test(arguments: EngineKind.allCases)
    func `a company begins with its admin and two events`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let new = new("  New Company ")
            let made = try await ground.database.write {
                try await Tenants.create(new, in: $0, at: Ground.now)
            }
            #expect(made.slug == "new-company")
            let tenant = try await ground.database.read {
                try await Tenants.find(slug: "new-company", in: $0)
            }
            #expect(
                tenant
                    == TenantProfile(
                        id: made.tenant, slug: "new-company", name: "New Company",
                        defaultRegion: "DE", defaultCurrency: "EUR", timeZone: "Europe/Berlin"))
            let caller = Caller(
                tenant: made.tenant, actor: .user(made.admin), role: .companyAdmin)
            let admin = try await ground.read(as: caller) { try await Users($0).find(made.admin) }
            #expect(admin.email == "ida@new.example")
            #expect(admin.role == .companyAdmin)
            #expect(try await ground.events(of: made.tenant, named: "tenant.created").count == 1)
            #expect(try await ground.events(of: made.tenant, named: "user.created").count == 1)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `companies of the same name get numbers`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            var slugs: [String] = []
            // Acme is there already; "Acme 2" takes the number that the next would have had.
            for name in ["Acme 2", "ACME", "Acme!", "Acme Two"] {
                let new = new(name)
                slugs.append(
                    try await ground.database.write {
                        try await Tenants.create(new, in: $0, at: Ground.now)
                    }.slug)
            }
            #expect(slugs == ["acme-2", "acme-3", "acme-4", "acme-two"])
        }
    }

    @Test(arguments: [
        ("Acme", "acme"), ("Müller & Söhne GmbH", "muller-sohne-gmbh"), ("  --A  1--", "a-1"),
        ("Łódź", "odz"), ("東京", "company"), ("!!!", "company"), ("ﬁne", "fine"),
        ("a_b.c", "a-b-c"),
    ])
    func `a slug is ASCII letters, digits and dashes`(name: String, slug: String) {
        #expect(Slug.make(from: name) == slug)
    }

    @Test func `a slug is at most forty characters, cut between words where it can be`() {
        #expect(Slug.make(from: String(repeating: "x", count: 90)).count == 40)
        let words = Slug.make(from: "The very long name of a company that never ends")
        #expect(words == "the-very-long-name-of-a-company-that")
    }

    @Test(arguments: EngineKind.allCases)
    func `every wrong field is named`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let new = NewTenant(
                name: " ", admin: (name: "a\nb", email: "nobody", passwordHash: "x"),
                defaultRegion: "USA", defaultCurrency: "$", timeZone: "Mars/Olympus")
            let problem = await problem {
                try await ground.database.write {
                    try await Tenants.create(new, in: $0, at: Ground.now)
                }
            }
            #expect(
                problem?.fields == [
                    "name", "admin_name", "admin_email", "default_region", "default_currency",
                    "time_zone",
                ])
            let count = try await ground.count("SELECT count(*) FROM tenants")
            #expect(count == 2)
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a company that is not there is not found`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let none = try await ground.database.read {
                try await Tenants.find(slug: "nobody", in: $0)
            }
            #expect(none == nil)
            let problem = await problem {
                try await ground.database.read { try await Tenants.find(ID<Tenant>(), in: $0) }
            }
            #expect(problem == .notFound("company"))
            let all = try await ground.database.read { try await Tenants.all(in: $0) }
            #expect(all.map(\.slug) == ["acme", "rival"])
        }
    }

    @Test(arguments: EngineKind.allCases)
    func `a secret of the installation is made once`(on engine: EngineKind) async throws {
        try await Ground.with(engine) { ground in
            let first = try await ground.database.write {
                try await InstallationKeys.findOrMake("cursor", in: $0, at: Ground.now) { [1] }
            }
            let second = try await ground.database.write {
                try await InstallationKeys.findOrMake("cursor", in: $0, at: Ground.now) { [2] }
            }
            #expect(first == [1])
            #expect(second == [1])
        }
    }
}
