/// Well-known products as Okta's catalogue keys them: `key|label|sign-on mode|who uses it|traits`.
///
/// Modes: `S` SAML 2.0, `O` OpenID Connect, `W` SWA in the browser plugin, `A` SWA auto-login, `B` bookmark, `F` WS-Federation,
/// `H` HTTP basic, `P` secure password store.
/// Traits: `p` provisions accounts, `x` inactive, `i` federation broker (everyone may use it, nobody is assigned).
enum AppCatalogue {
    struct Product: Sendable {
        let key: String
        let label: String
        let mode: SignOnMode
        /// A department's name, or `all`.
        let audience: String
        let provisions: Bool
        let inactive: Bool
        let broker: Bool
    }

    static let products: [Product] = table.split(separator: "\n").compactMap(product)

    private static func product(_ line: Substring) -> Product? {
        let cells = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard cells.count == 5, let mode = modes[cells[2]] else { return nil }
        return Product(
            key: cells[0], label: cells[1], mode: mode, audience: audiences[cells[3]] ?? "all",
            provisions: cells[4].contains("p"), inactive: cells[4].contains("x"), broker: cells[4].contains("i"))
    }

    private static let modes: [String: SignOnMode] = [
        "S": .saml, "O": .openIDConnect, "W": .browserPlugin, "A": .autoLogin, "B": .bookmark, "F": .wsFederation,
        "H": .basic, "P": .securePasswordStore,
    ]

    private static let audiences: [String: String] = [
        "eng": "Engineering", "sales": "Sales", "cs": "Customer Support", "mkt": "Marketing", "fin": "Finance",
        "hr": "People", "it": "Information Technology", "sec": "Security", "legal": "Legal", "ops": "Operations",
        "prod": "Product", "des": "Design", "data": "Data", "fac": "Facilities", "res": "Research",
    ]

    private static let table = """
        google|Google Workspace|S|all|p
        slack|Slack|S|all|p
        zoomus|Zoom|S|all|p
        workday|Workday|S|all|p
        office365|Microsoft Office 365|F|all|p
        salesforce|Salesforce.com|S|sales|p
        github_enterprise_cloud|GitHub Enterprise Cloud - Organization|S|eng|p
        jira_onprem|Jira Cloud (Atlassian)|S|eng|p
        zendesk|Zendesk|S|cs|p
        hubspot|HubSpot|S|mkt|p
        netsuite|NetSuite|S|fin|p
        greenhouse|Greenhouse|S|hr|p
        jamfsoftwareserver|Jamf Pro|S|it|p
        crowdstrikefalcon|CrowdStrike Falcon|S|sec|
        ironclad|Ironclad|S|legal|p
        smartsheet|Smartsheet|S|ops|p
        productboard|Productboard|S|prod|
        figma|Figma|S|des|p
        snowflake|Snowflake|S|data|p
        envoy|Envoy|S|fac|p
        benchling|Benchling|S|res|p
        amazon_aws|AWS Account Federation|S|eng|p
        datadog|Datadog|S|eng|p
        pagerduty|PagerDuty|S|eng|p
        sentry|Sentry|S|eng|p
        outreach|Outreach|S|sales|p
        gong|Gong|S|sales|p
        intercom|Intercom|S|cs|
        marketo|Marketo|S|mkt|
        coupa|Coupa|S|fin|p
        lattice|Lattice|S|hr|p
        servicenow_ud|ServiceNow UD|S|it|p
        splunk|Splunk Cloud|S|sec|p
        docusign|DocuSign|S|legal|p
        asana|Asana|S|ops|p
        aha|Aha!|S|prod|
        miro|Miro|S|des|p
        tableau_online|Tableau Cloud|S|data|p
        robin|Robin|S|fac|
        matlab|MathWorks|O|res|
        boxnet|Box|W|all|p
        concur|SAP Concur|S|fin|p
        expensify|Expensify|S|all|
        confluence_onprem|Confluence (Atlassian)|S|eng|
        gitlab|GitLab|S|eng|p
        jenkins_saml|Jenkins|S|eng|
        circleci|CircleCI|O|eng|
        launchdarkly|LaunchDarkly|S|eng|p
        newrelic|New Relic|S|eng|p
        sonarcloud|SonarCloud|O|eng|
        docker|Docker Hub|S|eng|p
        postman|Postman|S|eng|p
        linear|Linear|S|prod|p
        notion|Notion|S|prod|p
        airtable|Airtable|S|ops|p
        monday|monday.com|S|ops|p
        trello|Trello|W|ops|
        dropbox_for_business|Dropbox Business|S|des|p
        adobe_creative_cloud|Adobe Creative Cloud|S|des|p
        canva|Canva|S|mkt|p
        invision|InVision|S|des|x
        sketch|Sketch|S|des|
        lucidchart|Lucid|S|prod|p
        looker|Looker|S|data|
        databricks|Databricks|S|data|p
        fivetran|Fivetran|S|data|
        dbt_cloud|dbt Cloud|S|data|
        mode|Mode Analytics|S|data|
        amplitude|Amplitude|S|prod|
        mixpanel|Mixpanel|S|prod|
        segment|Twilio Segment|S|data|
        google_analytics|Google Analytics|W|mkt|
        semrush|Semrush|W|mkt|
        hootsuite|Hootsuite|W|mkt|
        mailchimp|Mailchimp|W|mkt|
        linkedin|LinkedIn|A|sales|
        linkedin_sales_navigator|LinkedIn Sales Navigator|S|sales|
        zoominfo|ZoomInfo|S|sales|
        clari|Clari|S|sales|
        highspot|Highspot|S|sales|p
        salesloft|Salesloft|S|sales|x
        docsend|DocSend|A|sales|
        gainsight|Gainsight|S|cs|
        talkdesk|Talkdesk|S|cs|
        freshdesk|Freshdesk|S|cs|x
        statuspage|Statuspage|B|cs|
        quickbooks|QuickBooks Online|W|fin|
        stripe|Stripe|S|fin|
        blackline|BlackLine|S|fin|
        anaplan|Anaplan|S|fin|p
        adp|ADP Workforce Now|W|hr|
        bamboohr|BambooHR|S|hr|x
        cultureamp|Culture Amp|S|hr|
        udemy_for_business|Udemy Business|S|all|p
        linkedin_learning|LinkedIn Learning|S|all|p
        workplace_by_facebook|Workplace from Meta|S|all|x
        fifteenfive|15Five|S|hr|
        carta|Carta|S|hr|
        lever|Lever|S|hr|
        onepassword_business|1Password Business|O|sec|p
        lastpass|LastPass Enterprise|W|sec|x
        knowbe4|KnowBe4|S|sec|p
        snyk|Snyk|S|sec|
        wiz|Wiz|S|sec|p
        tenableio|Tenable|S|sec|
        rapid7|Rapid7 Insight|S|sec|
        vanta|Vanta|O|sec|
        cloudflare|Cloudflare One|S|it|p
        panw_globalprotect|Palo Alto Networks - GlobalProtect|S|it|
        cisco_meraki|Meraki Dashboard|H|it|
        kandji|Kandji|S|it|p
        intune|Microsoft Intune|B|it|
        zscaler|Zscaler|S|it|p
        teamviewer|TeamViewer|W|it|
        freshservice|Freshservice|S|it|p
        namely|Namely|S|hr|
        travelperk|TravelPerk|S|all|p
        navan|Navan|S|all|p
        calendly|Calendly|S|sales|p
        loom|Loom|S|prod|p
        grammarly|Grammarly|S|mkt|p
        openai_chatgpt|ChatGPT Enterprise|S|eng|p
        cursor|Cursor|S|eng|p
        perplexity|Perplexity|O|res|
        midjourney|Midjourney|W|des|
        typeform|Typeform|S|mkt|
        surveymonkey|SurveyMonkey|S|mkt|
        webex|Cisco Webex|S|all|x
        ringcentral|RingCentral|S|cs|p
        clio|Clio|W|legal|
        lexisnexis|LexisNexis|W|legal|
        relativity|RelativityOne|S|legal|
        sap_successfactors|SAP SuccessFactors|S|hr|p
        oracle_ias|Oracle Fusion Cloud|S|fin|
        sharepoint_onprem|SharePoint (on-premises)|F|ops|
        mulesoft|MuleSoft Anypoint Platform|S|it|
        boomi|Boomi|P|it|
        dynatrace|Dynatrace|S|eng|
        elastic_cloud|Elastic Cloud|S|eng|
        mongodb_cloud|MongoDB Atlas|S|eng|
        confluent|Confluent Cloud|S|data|
        terraform_cloud|HCP Terraform|S|eng|
        jfrog|JFrog|S|eng|p
        labarchives|LabArchives|S|res|
        scopus|Scopus|W|res|
        officespace|OfficeSpace|B|fac|
        brivo|Brivo Access|W|fac|
        """
}
