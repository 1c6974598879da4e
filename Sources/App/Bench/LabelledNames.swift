/// What labelled leads are made of: the names of real companies, as stock exchanges list them,
/// and common names of people. Companies with like names stand among them on purpose.
enum LabelledNames {
    static let companies = lines(
        """
        Reliance Industries Limited|Reliance Power Limited|Tata Consultancy Services Limited
        Tata Motors Limited|Tata Steel Limited|Tata Power Company Limited|Infosys Limited
        Wipro Limited|HCL Technologies Limited|Tech Mahindra Limited|Mahindra & Mahindra Limited
        HDFC Bank Limited|ICICI Bank Limited|Axis Bank Limited|Kotak Mahindra Bank Limited
        State Bank of India|Bank of Baroda|Bank of India|Bajaj Auto Limited|Bajaj Finance Limited
        Bajaj Finserv Limited|Larsen & Toubro Limited|Hindustan Unilever Limited|ITC Limited
        Nestle India Limited|Britannia Industries Limited|Dabur India Limited|Marico Limited
        Asian Paints Limited|Berger Paints India Limited|Sun Pharmaceutical Industries Limited
        Cipla Limited|Lupin Limited|Dr. Reddy's Laboratories Limited|Divi's Laboratories Limited
        Apollo Hospitals Enterprise Limited|Maruti Suzuki India Limited|Hero MotoCorp Limited
        Eicher Motors Limited|TVS Motor Company Limited|Ashok Leyland Limited|Bharti Airtel Limited
        UltraTech Cement Limited|Ambuja Cements Limited|ACC Limited|Grasim Industries Limited
        Adani Enterprises Limited|Adani Power Limited|Adani Green Energy Limited
        NTPC Limited|Power Grid Corporation of India Limited|Coal India Limited
        Hindalco Industries Limited|Vedanta Limited|JSW Steel Limited|Godrej Properties Limited
        Godrej Consumer Products Limited|Titan Company Limited|Havells India Limited|Voltas Limited
        Siemens AG|Siemens Energy AG|Siemens Healthineers AG|Deutsche Bank AG|Deutsche Post AG
        Deutsche Telekom AG|Deutsche Börse AG|Münchener Rückversicherungs-Gesellschaft AG
        Bayerische Motoren Werke AG|Volkswagen AG|Mercedes-Benz Group AG|Continental AG
        ThyssenKrupp AG|Henkel AG & Co. KGaA|Beiersdorf AG|Fresenius SE & Co. KGaA
        HeidelbergCement AG|Infineon Technologies AG|Zalando SE|Dürr AG|Jungheinrich AG
        Knorr-Bremse AG|Süss MicroTec SE|Krones AG|Sartorius AG|Brenntag SE|Symrise AG
        L'Oréal S.A.|Société Générale S.A.|Crédit Agricole S.A.|Schneider Electric SE
        Compagnie de Saint-Gobain S.A.|Danone S.A.|Pernod Ricard S.A.|Hermès International S.A.
        Dassault Systèmes SE|Vinci S.A.|Veolia Environnement S.A.|Bouygues S.A.|Carrefour S.A.
        Nestlé S.A.|Novartis AG|Zürich Insurance Group AG|Swiss Re AG|Geberit AG|Sika AG
        Enel S.p.A.|Eni S.p.A.|UniCredit S.p.A.|Intesa Sanpaolo S.p.A.|Assicurazioni Generali S.p.A.
        Banco Santander S.A.|Banco Bilbao Vizcaya Argentaria S.A.|Iberdrola S.A.|Telefónica S.A.
        Koninklijke Philips N.V.|ING Groep N.V.|Heineken N.V.|ASML Holding N.V.|Akzo Nobel N.V.
        Ørsted A/S|A.P. Møller - Mærsk A/S|Novo Nordisk A/S|Carlsberg A/S|Vestas Wind Systems A/S
        Nokia Oyj|Kone Oyj|Neste Oyj|Ericsson AB|Volvo AB|Atlas Copco AB|Electrolux AB
        Barclays PLC|Lloyds Banking Group PLC|Rolls-Royce Holdings PLC|Tesco PLC|J Sainsbury PLC
        Marks and Spencer Group PLC|British American Tobacco PLC|BAE Systems PLC|Bunzl PLC
        Bank of America Corporation|Bank of Ireland Group PLC|JPMorgan Chase & Co.
        Goldman Sachs Group Inc.|Wells Fargo & Company|American Express Company
        American Airlines Group Inc.|United Airlines Holdings Inc.|United Rentals Inc.
        General Electric Company|General Motors Company|General Mills Inc.|Procter & Gamble Company
        Johnson & Johnson|Johnson Controls International PLC|Colgate-Palmolive Company
        The Coca-Cola Company|PepsiCo Inc.|Kraft Heinz Company|Mondelez International Inc.
        International Business Machines Corporation|Microsoft Corporation|Oracle Corporation
        Hewlett Packard Enterprise Company|Advanced Micro Devices Inc.|Texas Instruments Inc.
        Applied Materials Inc.|Western Digital Corporation|Caterpillar Inc.|Cummins Inc.
        Northrop Grumman Corporation|Lockheed Martin Corporation|Union Pacific Corporation
        Southwest Airlines Co.|Sherwin-Williams Company|Martin Marietta Materials Inc.
        Toyota Motor Corporation|Nippon Steel Corporation|Nippon Express Holdings Inc.
        Mitsubishi Electric Corporation|Mitsubishi Heavy Industries Limited|Hitachi Limited
        Petróleo Brasileiro S.A.|Itaú Unibanco Holding S.A.|Vale S.A.|Grupo Bimbo S.A.B.
        """)

    static let firstNames = words(
        """
        Rajesh Priya Amit Sunita Vikram Anjali Sanjay Deepika Arjun Kavita Mohammed Fatima Rahul
        Lakshmi Suresh Meera Hans Ursula Jürgen Sabine Klaus Petra Stefan Brigitte John Mary James
        Patricia Robert Jennifer Michael Linda William Elizabeth José María Carlos Ana Luis Carmen
        Jean Marie Pierre Sophie François Camille Giuseppe Giulia Marco Francesca Lars Ingrid
        """)

    static let lastNames = words(
        """
        Sharma Patel Kumar Singh Gupta Mehta Banerjee Iyer Reddy Khan Joshi Nair Chatterjee Kapoor
        Müller Schmidt Schneider Fischer Weber Becker Hoffmann Krüger Smith Johnson Williams Brown
        Taylor Wilson Anderson Thompson Garcia Rodríguez Martínez Hernández López Dubois Lefèvre
        Moreau Laurent Rossi Ferrari Esposito Bianchi Andersson Johansson Nielsen Jensen van-Dijk
        """)

    private static func lines(_ text: String) -> [String] {
        text.split(whereSeparator: { $0 == "|" || $0 == "\n" }).map(String.init)
    }

    private static func words(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map { String($0).replacing("-", with: " ") }
    }
}
