extension Renderer {
    /// What an event was done to or with; null where nothing was.
    func target(_ event: LogEvent, into json: inout JSON) {
        let object = Int(event.object)
        switch event.type {
        // Okta's null, where nothing was the object.
        case .sessionStart, .mfaSignIn: return json.null("target")
        default: break
        }
        json.array("target") { json in
            switch event.type {
            case .sso, .consentGrant, .adminConsole:
                appTarget(object, into: &json)
                if event.assignment >= 0 { appUserTarget(Int(event.assignment), Int(event.actor), into: &json) }
            case .assignmentAdd, .assignmentRemove, .assignmentUpdate:
                appUserTarget(Int(event.assignment), Int(event.subject), into: &json)
                appTarget(object, into: &json)
                userTarget(Int(event.subject), into: &json)
            case .groupAssignmentAdd, .groupAssignmentRemove, .groupAssignmentUpdate:
                groupTarget(Int(event.subject), into: &json)
                appTarget(object, into: &json)
            case .memberAdd, .memberRemove:
                userTarget(Int(event.subject), into: &json)
                groupTarget(object, into: &json)
            case .groupCreate, .groupUpdate, .groupDelete: groupTarget(object, into: &json)
            case .groupPrivilegeGrant, .groupPrivilegeRevoke: groupTarget(Int(event.subject), into: &json)
            case .appCreate, .appUpdate, .appActivate, .appDeactivate, .appDelete: appTarget(object, into: &json)
            case .tokenCreate, .tokenRevoke: tokenTarget(object, into: &json)
            case .roleBindingAdd, .roleBindingDelete:
                userTarget(Int(event.subject), into: &json)
                roleTargets(object, into: &json)
            default: if event.subject >= 0 { userTarget(Int(event.subject), into: &json) }
            }
        }
    }

    private func userTarget(_ position: Int, into json: inout JSON) {
        json.object { json in
            person(position, into: &json)
            json.null("detailEntry")
        }
    }

    private func appTarget(_ position: Int, into json: inout JSON) {
        let app = company.apps[position]
        json.object { json in
            json.id("id", .app, position)
            json.word("type", "AppInstance")
            json.text("alternateId", app.label)
            json.text("displayName", app.label)
            if let mode = app.mode.text {
                json.object("detailEntry") { $0.word("signOnModeType", mode) }
            } else {
                json.null("detailEntry")
            }
        }
    }

    private func appUserTarget(_ row: Int, _ position: Int, into json: inout JSON) {
        json.object { json in
            json.id("id", .appUser, row)
            json.word("type", "AppUser")
            json.text("alternateId", company.people[position].login)
            json.text("displayName", company.people[position].displayName)
            json.null("detailEntry")
        }
    }

    private func groupTarget(_ position: Int, into json: inout JSON) {
        json.object { json in
            json.id("id", .group, position)
            json.word("type", "UserGroup")
            json.word("alternateId", "unknown")
            json.text("displayName", company.groups[position].name)
            json.null("detailEntry")
        }
    }

    private func tokenTarget(_ index: Int, into json: inout JSON) {
        json.object { json in
            json.id("id", .token, index)
            json.word("type", "Token")
            json.word("alternateId", "unknown")
            json.text("displayName", company.tokens[index].name)
            json.null("detailEntry")
        }
    }

    private func roleTargets(_ index: Int, into json: inout JSON) {
        let custom = company.roles[index].custom
        json.object { json in
            json.id("id", .customRole, custom)
            json.word("type", "ROLE")
            json.text("alternateId", CustomRole.all[custom].label)
            json.text("displayName", CustomRole.all[custom].label)
            json.null("detailEntry")
        }
    }
}
