import Analysis
import Directory
import Governance
import WebSupport

/// One page to decide a renewal by.
enum DecisionMemo {
    static func html(_ contract: Contract, _ book: LicenceBook, _ day: CalendarDay, _ visit: Visit) -> HTML {
        let licences = book.licences.filter { licence in licence.lines.contains { $0.contractID == contract.id } }
        let saving = Amount.total(
            licences.compactMap { licence in
                licence.money.flatMap { money in money.renewalSaving.map { Money(minor: $0, money.currency) } }
            })
        let unknown = HTML(
            licences.filter { $0.money?.renewalSaving == nil }.enumerated().map { position, licence -> HTML in
                "\(position == 0 ? " " : ", " as HTML)\(licence.appLabel) \(licence.product)"
            })
        let rows = licences.map { licence -> [HTML] in
            [
                "<a href=\"\(visit.to(.app(licence.appID, tab: "licences")))\">\(licence.appLabel) \(licence.product)</a>",
                licence.purchased.map { "\(Count.text($0))" } ?? Part.none, Part.number(licence.assigned),
                Part.number(licence.active), Part.number(licence.reclaimable), Part.number(licence.rightSize),
                Part.number(licence.cautiousSize),
                Amount.html(
                    licence.money?.renewalSaving, licence.currencies.count == 1 ? licence.currencies.first : nil),
            ]
        }
        let advice: HTML =
            licences.isEmpty
            ? "No line of this contract is for an app in Okta, so Muster cannot tell whether its seats are used."
            : saving.allSatisfy { $0.minor == 0 }
                ? unknown.isEmpty
                    ? "What is bought is needed, as far as sign-ins tell: renew as it is."
                    : Part.notEvaluated + " Nobody can tell whether these seats are needed:\(unknown)."
                : "Renewing at the right size would save <strong>\(Amount.sums(saving))</strong> for a term at today's prices.\(unknown.isEmpty ? "" : " Not evaluated:\(unknown)." as HTML)"
        let table: HTML? =
            rows.isEmpty
            ? nil
            : Part.table(
                "Licences of the contract",
                [
                    ("Licence", false), ("Bought", true), ("Assigned", true), ("Used", true), ("To take back", true),
                    ("Right size", true), ("With set aside", true), ("Saving", true),
                ], rows)
        let evidence = licences.map { licence -> HTML in
            """
            <li>\(licence.appLabel) \(licence.product): grade \(licence.evidence.grade.rawValue). \(licence.evidence.reason) \
            \(Count.of(licence.buckets?.setAside ?? 0, "seat is", "seats are")) set aside: protected, new or without data.</li>
            """
        }
        let total = contract.total(on: day)
        return Part.section(
            "Decide by \(contract.renewal?.noticeBy.text ?? "any day: it has no end")",
            """
            <p>\(ContractParts.deadline(contract, day)) \(advice)</p>\(table)\
            \(Part.facts([
                ("Whole term", "\(Amount.text(total))"),
                ("Term", "\(contract.startsOn.text) to \(contract.endsOn?.text ?? "no end")"),
                ("Renews by itself", contract.renews ? "yes, unless notice is given" : "no"),
                ("Owner", Part.text(contract.owner)),
            ]))<h3>How sure this is</h3><ul class="muted notes">\(evidence)</ul>\
            <p class="muted">Right size counts used seats and the busiest month, with the buffer. “With set aside” keeps \
            besides what nobody can judge yet. Savings hold only where notice is given in time.</p>
            """, note: "as of \(day.text), \(LicenceParts.madeAt(book, visit))")
    }
}
