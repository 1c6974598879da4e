/// Where prospects are, and what people and companies are called there. Everything is
/// invented; phone numbers are of the ranges that numbering authorities keep for fiction (or
/// never gave out), and e-mail domains are under `.example` (RFC 2606).
struct Country: Sendable {
    let territory: String
    let weight: Double
    let given: [String]
    let family: [String]
    /// First part of a company's name.
    let stems: [String]
    /// Behind a company's name now and then.
    let forms: [String]
    /// `##` stands for the running number. Empty where no numbers are kept for fiction.
    let phones: [String]

    private init(
        _ territory: String, _ weight: Double, given: String, family: String, stems: String,
        forms: String = "", phones: String = ""
    ) {
        func list(_ text: String) -> [String] {
            text.split(separator: ",").map { $0.trimmingPrefix(" ") }.map(String.init)
        }
        self.territory = territory
        self.weight = weight
        self.given = list(given)
        self.family = list(family)
        self.stems = list(stems)
        self.forms = list(forms)
        self.phones = list(phones)
    }
}

extension Country {
    static let all = [unitedStates, canada] + europe + asiaPacific

    private static let unitedStates = Country(
        "North America", 30,
        given:
            "Grace, Jordan, Marcus, Elena, Dana, Tyler, Naomi, Caleb, Priya, Miguel, Renee, Owen",
        family:
            "Bennett, Okafor, Delgado, Whitaker, Nguyen, Hale, Castellano, Brooks, Patel, Moreau, Strand",
        stems:
            "Cedar, Palisade, Redwood, Harbor, Copperfield, Willow Creek, Summit Ridge, Northgate, Juniper",
        forms: "Co., Inc.",
        phones:
            "(212) 555-01##, (312) 555-01##, (415) 555-01##, 206-555-01##, +1 512 555 01##"
    )

    private static let canada = Country(
        "North America", 9,
        given: "Amélie, Liam, Chloé, Ethan, Maya, Noah, Simone, Étienne",
        family: "Tremblay, MacLeod, Gagnon, Fraser, Leblanc, Chen, Singh, Roy",
        stems: "Maple Ridge, Laurentian, Kootenay, Halifax Bay, Okanagan, Rideau",
        forms: "Ltée, Inc.", phones: "+1 416 555 01##, +1 604 555 01##, 514-555-01##")

    private static let europe = [
        Country(
            "Europe", 11,
            given: "Imogen, Callum, Harriet, Rhys, Fatima, Alistair, Bethan, Kofi, Rosalind, Dev",
            family: "Ashworth, Pemberton, Okoro, Fairbairn, Llewellyn, Hussain, Thorne, Radcliffe",
            stems:
                "Pennine, Thistledown, Kestrel, Larkfield, Hawthorn, Brightwater, Wolds, Saltmarsh",
            forms: "Ltd, & Sons",
            phones: "+44 20 7946 01##, +44 161 496 02##, +44 131 496 03##, +44 121 496 04##"),
        Country(
            "Europe", 10,
            given: "Jürgen, Annika, Matthias, Sabine, Lukas, Greta, Yusuf, Heike, Björn, Claudia",
            family: "Weber, Fischer, Großmann, Yılmaz, Hofmann, Krüger, Lindner, Vogelsang",
            stems: "Altmark, Rheinblick, Hansehafen, Lindenhof, Falkenried, Nordstern, Tannwald",
            forms: "GmbH, KG",
            phones: "+49 30 231254##, +49 69 900095##, +49 40 669692##, +49 176 040690##"),
        Country(
            "Europe", 6,
            given: "Camille, Thibault, Leïla, Hugo, Margaux, Rémi, Inès",
            family: "Moreau, Lefèvre, Benali, Girard, Rousselot, Chevalier",
            stems: "Beaulieu, Montclair, Rivage, Lumière, Hautbois, Val Rose", forms: "SAS",
            phones: "+33 1 99 00 12 ##, +33 4 65 71 30 ##"),
        Country(
            "Europe", 5,
            given: "Linnéa, Oskar, Freja, Anders, Elif, Sven",
            family: "Lindgren, Åkesson, Holm, Bergström, Norrby, Demir",
            stems: "Nordlys, Björkvik, Fjällvind, Lingonberga, Granö", forms: "AB",
            phones: "+46 8 465 004 ##, +46 31 39 06 ##"),
        Country(
            "Europe", 4,
            given: "Lucía, Álvaro, Carmen, Iker, Pilar",
            family: "Bermejo, Ferrer, Iturralde, Navarro, Quintana",
            stems: "Almazara, Casa Bermeja, Olivar, Sierra Clara", forms: "S.L."),
        Country(
            "Europe", 3,
            given: "Łukasz, Zofia, Wojciech, Hanna",
            family: "Wójcik, Zielińska, Kowalczyk, Sobczak",
            stems: "Jantar, Zielona Dolina, Wisłoka", forms: "Sp. z o.o."),
    ]

    private static let asiaPacific = [
        Country(
            "Asia Pacific", 14,
            given: "Fatima, Arjun, Ananya, Vikram, Isha, Rohan, Kavya, Sanjay, Meera, Aditya",
            family: "Mehta, Iyer, Kapoor, Reddy, Deshpande, Banerjee, Khan, Nair, Chandran",
            stems: "Orchard, Lotus Vale, Sahyadri, Meridian, Tamarind, Monsoon, Kaveri, Banyan",
            forms: "Pvt Ltd, Exports",
            phones: "+91 22 5550 01##, +91 80 5550 02##, +91 44 5550 03##"),
        Country(
            "Asia Pacific", 8,
            given: "Lachlan, Matilda, Jarrah, Chloe, Angus, Thi, Bronte, Hamish",
            family: "Callaghan, Nguyen, Petrakis, Whitlam, Tran, Mackellar, Rossi",
            stems: "Ironbark, Wattle, Coolabah, Banksia, Tidal, Kookaburra", forms: "Pty Ltd",
            phones: "+61 2 5550 12##, +61 3 7010 34##, +61 7 7010 56##"),
        Country(
            "Asia Pacific", 4,
            given: "Haruka, Kenji, Aiko, Takeshi", family: "Hoshino, Tanabe, Kuroda, Minami",
            stems: "Hoshizora, Midori, Akatsuki", forms: "K.K."),
        Country(
            "Asia Pacific", 4,
            given: "Wei Ling, Marcus, Siti, Raj", family: "Tan, Lim, Rahman, Goh, Pillai",
            stems: "Straits, Orchid, Harbourfront", forms: "Pte Ltd"),
    ]
}

/// A line of business: what the company's name ends in.
struct Industry: Sendable {
    let name: String
    let trades: [String]

    static let all = [
        Industry(
            name: "Manufacturing",
            trades: ["Polymers", "Textiles", "Steelworks", "Packaging", "Electricals", "Furniture"]),
        Industry(name: "Retail", trades: ["Outfitters", "Home", "Sports", "Optics", "Stores"]),
        Industry(
            name: "Distribution",
            trades: ["Traders", "Logistics", "Wholesale", "Supply", "Imports"]),
        Industry(name: "Healthcare", trades: ["Pharma", "Medical", "Dental", "Labs"]),
        Industry(name: "FMCG", trades: ["Dairy", "Foods", "Beverages", "Bakery", "Organics"]),
    ]
}
