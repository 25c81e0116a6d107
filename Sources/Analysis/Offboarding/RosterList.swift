import DatabaseEngine
import Directory
public import Storage

extension ListDefinition {
    /// Everybody in the roster, as it was imported last by the moment.
    public static func roster(_ moment: Moment) -> ListDefinition {
        let today = moment.today
        let state = """
            CASE WHEN p.standing = 'leave' THEN 'on leave' WHEN p.ends_on < \(today) THEN 'left'
                WHEN p.ends_on IS NULL AND p.standing = 'left' THEN 'left' WHEN p.ends_on >= \(today) THEN 'leaving'
                ELSE 'employed' END
            """
        return ListDefinition(
            noun: "roster",
            columns: [
                ListColumn("person_id", "p.person_id"), ListColumn("employee_id", "p.employee_id"),
                ListColumn("email", "p.email", isName: true), ListColumn("name", "p.name", isName: true),
                ListColumn("status", "p.status"), ListColumn("standing", state),
                ListColumn("ends_on", .time, "p.ends_on * 86400000000"),
                ListColumn("department", "p.department", isName: true),
                ListColumn("manager", "p.manager", isName: true),
                ListColumn("kind", "p.kind"), ListColumn("from_import", .number, "p.from_import"),
            ],
            source: .table(
                ListTable(
                    base: "roster_people p",
                    condition: "p.workspace_id = $1 AND \(RosterReader.holds("p", moment))", keys: ["p.person_id"],
                    search: ListSearch(["name", "email"], in: ["p.name", "p.email", "p.employee_id"]))))
    }
}
