/// The words the company's people and places are made of. Diverse on purpose; folded to ASCII for logins.
enum Names {
    static let given = list(
        """
        Aaliyah Aarav Abena Adaeze Ahmed Aiko Aisha Alejandro Alice Amara Amélie Amir Ana Anders Andrei Anika Anjali Arjun Astrid
        Ayşe Beatriz Benjamin Björn Bronwen Camila Carlos Chiara Chidi Chloé Clara Connor Daniel Daria Deepak Diego Dmitri Elena
        Elif Emeka Emily Emma Ethan Fatima Femi Fiona Freya Gabriel Giulia Grace Hannah Haruto Hassan Hiroshi Ibrahim Imani Ingrid
        Isabella Isla Jack Jakub James Jamal Jin João Jorge José Julia Jürgen Kai Kamala Karim Katarzyna Keiko Kenji Kofi Kwame
        Lakshmi Lars Laura Layla Leila Leo Liam Lin Linnea Lucas Luca Lucía Mads Magnus Malik Mamadou Maria Marta Mateo Maya Mei
        Mehmet Michael Miguel Mina Minh Mohammed Nadia Naomi Nia Nikolai Nina Noah Noor Nora Olamide Olga Oliver Olivia Omar
        Oscar Pablo Paula Pedro Petra Priya Qing Rachel Rafael Rahul Rania René Ravi Rebecca Ren Rosa Ruth Ryan Sakura Samuel
        Sanjay Sara Sebastián Seo-yeon Shreya Siobhán Sofia Søren Sunil Svetlana Takumi Tariq Tatiana Thabo Thandiwe Thomas Tiago
        Tomás Tunde Uma Valentina Viktor Wei William Xin Yara Yasmin Yuki Yusuf Zainab Zanele Zoë Zuzana
        """)

    static let family = list(
        """
        Abdi Abebe Acheampong Adeyemi Agarwal Ahmed Ali Almeida Andersen Andersson Appiah Bauer Becker Bello Bergström Bianchi
        Bose Botha Brown Byrne Campbell Castillo Chen Chowdhury Cohen Costa Cruz Dahl Das Davies Diallo Diaz Dlamini Doyle Dubois
        Duran Eze Fernández Ferrari Fischer Fitzgerald Flores Fofanah Fontaine Fraser Garcia Ghosh Gonzalez Gupta Haddad Hansen
        Hassan Hernandez Hoffmann Horvat Huang Hughes Hussein Ibrahim Ito Ivanov Jackson Jansen Jensen Johansson Johnson Jones
        Joshi Kamara Kaplan Kaur Kaya Keller Khan Kim Kimura Kowalski Kozlov Kumar Lam Larsen Laurent Lee Lehtonen Levy Li Lindberg
        Liu Lopez Mahlangu Martin Martinez Mbeki Mehta Mendoza Meyer Mitchell Mohamed Molina Moreau Moretti Morris Müller Murphy
        Mwangi Nair Nakamura Ncube Ndiaye Nguyen Nielsen Novák Nowak Nyström O'Brien O'Connor Okafor Okonkwo Olsen Ortiz Osei
        Östberg Owusu Özdemir Park Patel Pereira Petrov Pham Popescu Quinn Rahman Ramirez Rao Reddy Reyes Ricci Rivera Roberts
        Rodriguez Rossi Roux Russo Saito Sánchez Santos Sato Schmidt Schneider Shah Sharma Silva Singh Smith Suzuki Svensson Takeda
        Tanaka Taylor Thompson Torres Tran Traoré Turner Usman Vargas Vasquez Virtanen Vogel Volkov Walker Wang Watanabe Weber
        Williams Wilson Wong Wright Wu Yamamoto Yang Yılmaz Yoon Young Zhang Zhao Zhou Zimmermann
        """)

    static let departments = [
        Department(
            "Engineering", 22, "R&D", ["Software Engineer", "QA Engineer", "Site Reliability Engineer", "Architect"]),
        Department("Sales", 16, "Go-to-Market", ["Account Executive", "Sales Engineer", "Sales Development Rep"]),
        Department(
            "Customer Support", 12, "Go-to-Market", ["Support Engineer", "Support Specialist", "Escalation Lead"]),
        Department("Marketing", 7, "Go-to-Market", ["Marketing Specialist", "Content Strategist", "Campaign Analyst"]),
        Department("Finance", 5, "G&A", ["Financial Analyst", "Accountant", "Payroll Specialist"]),
        Department("People", 4, "G&A", ["Recruiter", "People Partner", "People Operations Specialist"]),
        Department(
            "Information Technology", 5, "G&A", ["Systems Administrator", "IT Support Analyst", "Network Engineer"]),
        Department("Security", 3, "R&D", ["Security Engineer", "Security Analyst", "GRC Analyst"]),
        Department("Legal", 2, "G&A", ["Counsel", "Paralegal", "Contracts Manager"]),
        Department("Operations", 8, "Operations", ["Operations Analyst", "Logistics Coordinator", "Program Manager"]),
        Department("Product", 5, "R&D", ["Product Manager", "Product Analyst", "Product Owner"]),
        Department("Design", 3, "R&D", ["Product Designer", "UX Researcher", "Brand Designer"]),
        Department("Data", 3, "R&D", ["Data Analyst", "Data Engineer", "Data Scientist"]),
        Department("Facilities", 2, "Operations", ["Facilities Coordinator", "Office Manager", "Receptionist"]),
        Department("Research", 3, "R&D", ["Research Scientist", "Lab Technician", "Research Engineer"]),
    ]

    static let locations = [
        Location("San Francisco", "CA", "US", "America/Los_Angeles", -8, 37.77, -122.42),
        Location("New York", "NY", "US", "America/New_York", -5, 40.71, -74.01),
        Location("London", "England", "GB", "Europe/London", 0, 51.51, -0.13),
        Location("Berlin", "Berlin", "DE", "Europe/Berlin", 1, 52.52, 13.41),
        Location("Bengaluru", "KA", "IN", "Asia/Kolkata", 5, 12.97, 77.59),
        Location("Austin", "TX", "US", "America/Chicago", -6, 30.27, -97.74),
        Location("Toronto", "ON", "CA", "America/Toronto", -5, 43.65, -79.38),
        Location("São Paulo", "SP", "BR", "America/Sao_Paulo", -3, -23.55, -46.63),
        Location("Tokyo", "Tokyo", "JP", "Asia/Tokyo", 9, 35.68, 139.69),
        Location("Sydney", "NSW", "AU", "Australia/Sydney", 10, -33.87, 151.21),
        Location("Dublin", "Leinster", "IE", "Europe/Dublin", 0, 53.35, -6.26),
        Location("Paris", "Île-de-France", "FR", "Europe/Paris", 1, 48.86, 2.35),
        Location("Singapore", "Singapore", "SG", "Asia/Singapore", 8, 1.35, 103.82),
        Location("Lagos", "Lagos", "NG", "Africa/Lagos", 1, 6.52, 3.38),
        Location("Warsaw", "Masovia", "PL", "Europe/Warsaw", 1, 52.23, 21.01),
        Location("Mexico City", "CDMX", "MX", "America/Mexico_City", -6, 19.43, -99.13),
        Location("Stockholm", "Stockholm", "SE", "Europe/Stockholm", 1, 59.33, 18.07),
        Location("Cape Town", "WC", "ZA", "Africa/Johannesburg", 2, -33.92, 18.42),
        Location("Denver", "CO", "US", "America/Denver", -7, 39.74, -104.99),
        Location("Seoul", "Seoul", "KR", "Asia/Seoul", 9, 37.57, 126.98),
    ]

    static let projects = list(
        """
        Aurora Basalt Cobalt Driftwood Ember Falcon Glacier Harbor Indigo Juniper Kestrel Lantern Meridian Nimbus Obsidian Pinnacle
        Quartz Redwood Sequoia Tundra Umbra Vertex Willow Xenon Yarrow Zephyr
        """)

    private static func list(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// A name as a login spells it: `Müller` is `muller`, `O'Brien` is `obrien`.
    static func folded(_ name: String) -> String {
        var result = ""
        for character in name.lowercased() {
            if let plain = plainLetters[character] {
                result += plain
            } else if character.isASCII, character.isLetter || character.isNumber {
                result.append(character)
            }
        }
        return result
    }

    private static let plainLetters: [Character: String] = [
        "á": "a", "ä": "a", "ã": "a", "å": "a", "é": "e", "ë": "e", "è": "e", "í": "i", "ı": "i", "î": "i", "ó": "o",
        "ö": "o", "ø": "o", "õ": "o", "ú": "u", "ü": "u", "ş": "s", "ñ": "n", "ç": "c",
    ]

    /// The names as logins spell them, worked out once.
    static let givenFolded = given.map(folded)
    static let familyFolded = family.map(folded)
}

/// One department and what its people are called.
struct Department: Sendable {
    let name: String
    /// People in a hundred.
    let share: Int
    let division: String
    let titles: [String]

    init(_ name: String, _ share: Int, _ division: String, _ titles: [String]) {
        self.name = name
        self.share = share
        self.division = division
        self.titles = titles
    }
}

/// One office.
struct Location: Sendable {
    let city: String
    let region: String
    let country: String
    let timezone: String
    /// Hours from UTC, which moves the working day.
    let offset: Int
    let latitude: Double
    let longitude: Double

    init(
        _ city: String, _ region: String, _ country: String, _ timezone: String, _ offset: Int, _ latitude: Double,
        _ longitude: Double
    ) {
        self.city = city
        self.region = region
        self.country = country
        self.timezone = timezone
        self.offset = offset
        self.latitude = latitude
        self.longitude = longitude
    }
}
