"""WCAG 2.2 AA by axe, on every kind of page, light and dark, wide and narrow."""

import pytest
from axe_playwright_python.sync_playwright import Axe

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


def addresses(page):
    """One address of each kind of page."""
    found = [
        "/", "/users", "/groups", "/apps", "/departments", "/roles", "/integrations", "/connect", "/search?q=a",
        "/users?as_of=2024-01-01", "/users/nobody", "/changes", "/changes?part=assignments",
        "/usage", "/usage/departments",
        "/licences", "/licences/simulate", "/licences/reclaimed", "/licences/chargeback", "/licences/rules",
        "/contracts", "/contracts/new",
        "/discovery", "/discovery/overlap", "/discovery/compare", "/discovery?where=status%3DGONE",
        "/offboarding", "/offboarding/upcoming", "/offboarding/transfers", "/offboarding/rehires",
        "/spend", "/spend/transactions", "/spend/unmatched", "/spend/vendors", "/spend/checks", "/spend/rules",
        "/spend/imports", "/spend/imports/new",
        "/offboarding/absences", "/offboarding/shared", "/roster",
    ]
    for place, tabs in [
        ("/users", ["", "/usage", "/groups", "/security", "/profile", "/history"]),
        ("/groups", ["", "/apps", "/rules", "/roles", "/history"]),
        ("/apps", ["", "/usage", "/licences", "/groups", "/governance", "/about", "/history"]), ("/departments", [""]),
        ("/offboarding", [""]),
        ("/integrations", ["", "/calls", "/limits", "/coverage", "/settings", "/runs/1"]),
    ]:
        page.goto(place)
        first = page.locator(".row-link").first.get_attribute("href")
        found += [first + tab for tab in tabs]
    page.goto("/apps?sort=-assigned_users")
    page.goto(page.locator(".row-link").first.get_attribute("href"))
    return found + [page.get_by_text("show the path").first.get_attribute("href")]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_passes_axe_and_fits(server, chromium, signed_in, scheme, width):
    context = chromium.new_context(
        storage_state=signed_in, base_url=server.base, color_scheme=scheme, viewport={"width": width, "height": 900})
    page = context.new_page()
    failures = []
    for address in addresses(page):
        page.goto(address)
        for violation in Axe().run(page, options=AXE).response["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"][:2]]
            failures.append(f"{address}: {violation['id']}: {violation['help']} {nodes}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            failures.append(f"{address}: wider than {width} px")
    context.close()
    assert not failures, "\n".join(sorted(set(failures))[:40])


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_sign_in_page_passes_axe(server, chromium, scheme):
    context = chromium.new_context(base_url=server.base, color_scheme=scheme)
    page = context.new_page()
    for address in ["/login", "/login?link=abc"]:
        page.goto(address)
        violations = Axe().run(page, options=AXE).response["violations"]
        assert not violations, [violation["id"] for violation in violations]
    context.close()
