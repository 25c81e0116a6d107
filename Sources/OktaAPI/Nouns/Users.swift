public import Directory

extension Listing where Item == User {
    /// Every user in every status.
    ///
    /// The plain list leaves out deactivated users, so it is asked for by `search`. The header lets Okta leave out what is
    /// not kept, which is much faster where a directory checks the passwords.
    public static var users: Listing {
        Listing(
            .users, callClass: "users", path: "/api/v1/users", query: [("search", "status pr"), ("limit", "200")],
            headers: [
                (
                    "Content-Type",
                    "application/json; okta-response=\"omitCredentials,omitCredentialsLinks,omitTransitioningToStatus\""
                )
            ], decode: User.init(okta:))
    }

    /// One user. Okta answers 404 when it is deleted.
    public static func user(_ id: String) -> Listing {
        Listing(
            .users, callClass: "user", subject: id, path: "/api/v1/users/\(id)", shape: .object,
            decode: User.init(okta:))
    }
}

extension User {
    init(okta record: JSONValue) throws(RecordDefect) {
        self.init(id: try record.required("id"), status: UserStatus(rawValue: record.text("status")))
        created = record["created"]?.timestamp
        activated = record["activated"]?.timestamp
        statusChanged = record["statusChanged"]?.timestamp
        lastLogin = record["lastLogin"]?.timestamp
        lastUpdated = record["lastUpdated"]?.timestamp
        passwordChanged = record["passwordChanged"]?.timestamp
        credentialProvider = record["credentials"]?["provider"]?["type"]?.text
        typeID = record["type"]?["id"]?.identifier
        if let profile = record["profile"], profile.isObject {
            attributes = UserAttributes(okta: profile)
            self.profile = profile.minified
        }
    }
}

extension UserAttributes {
    init(okta profile: JSONValue) {
        self.init()
        login = profile["login"]?.text
        email = profile["email"]?.text
        firstName = profile["firstName"]?.text
        lastName = profile["lastName"]?.text
        displayName = profile["displayName"]?.text
        department = profile["department"]?.text
        title = profile["title"]?.text
        manager = profile["manager"]?.text
        managerID = profile["managerId"]?.text
        employeeNumber = profile["employeeNumber"]?.text
        userType = profile["userType"]?.text
        organization = profile["organization"]?.text
        division = profile["division"]?.text
        costCenter = profile["costCenter"]?.text
    }
}
