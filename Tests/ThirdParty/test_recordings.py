"""Every recorded 200 of the endpoints Muster reads looks like the simulator's answer of that endpoint, or the difference is
listed with its reason in structure_differences.yaml."""

import fnmatch
import json
import pathlib
import re

import pytest
import yaml
from structure import shape

LIST = pathlib.Path(__file__).with_name("structure_differences.yaml")

ID = r"[^/]+"
# Endpoint, the recording files it is in, the path that belongs to it, and how to ask the simulator.
ENDPOINTS = {
    "users": (["users_list"], r"/api/v1/users/?", lambda t: ["/api/v1/users?search=status+pr"]),
    "user": (["users_get"], rf"/api/v1/users/{ID}", lambda t: each(t, "/api/v1/users?search=status+pr", "/api/v1/users/{}")),
    "user groups": (["users_groups"], rf"/api/v1/users/{ID}/groups", lambda t: each(t, "/api/v1/users", "/api/v1/users/{}/groups")),
    "user roles": (["users_roles"], rf"/api/v1/users/{ID}/roles", lambda t: assignees(t, "/api/v1/users/{}/roles")),
    "user factors": (["users_factors"], rf"/api/v1/users/{ID}/factors", lambda t: each(t, "/api/v1/users", "/api/v1/users/{}/factors")),
    "user appLinks": (["users_appLinks"], rf"/api/v1/users/{ID}/appLinks", lambda t: assignees(t, "/api/v1/users/{}/appLinks")),
    "groups": (["groups_list"], r"/api/v1/groups/?", lambda t: ["/api/v1/groups", "/api/v1/groups?expand=stats"]),
    "group": (["groups_get"], rf"/api/v1/groups/{ID}", lambda t: each(t, "/api/v1/groups", "/api/v1/groups/{}")),
    "group users": (["groups_users"], rf"/api/v1/groups/{ID}/users", lambda t: each(t, "/api/v1/groups", "/api/v1/groups/{}/users")),
    "group apps": (["groups_apps"], rf"/api/v1/groups/{ID}/apps", lambda t: each(t, "/api/v1/groups", "/api/v1/groups/{}/apps?limit=200")),
    "group roles": (["groups_roles"], rf"/api/v1/groups/{ID}/roles", lambda t: each(t, "/api/v1/groups", "/api/v1/groups/{}/roles")),
    "group rules": (["groups_rules_list"], r"/api/v1/groups/rules/?", lambda t: ["/api/v1/groups/rules"]),
    "apps": (["apps_list"], r"/api/v1/apps/?", lambda t: ["/api/v1/apps?limit=200"]),
    "app": (["apps_get"], rf"/api/v1/apps/{ID}", lambda t: each(t, "/api/v1/apps?limit=200", "/api/v1/apps/{}")),
    "app users": (["apps_users"], rf"/api/v1/apps/{ID}/users", lambda t: each(t, "/api/v1/apps?limit=200", "/api/v1/apps/{}/users?limit=200") + each(t, "/api/v1/apps?limit=30", "/api/v1/apps/{}/users?expand=user")),
    "app user": (["apps_user_get"], rf"/api/v1/apps/{ID}/users/{ID}", lambda t: app_users(t)),
    "app groups": (["apps_groups"], rf"/api/v1/apps/{ID}/groups", lambda t: each(t, "/api/v1/apps?limit=200", "/api/v1/apps/{}/groups")),
    "app group": (["apps_group_get"], rf"/api/v1/apps/{ID}/groups/{ID}", lambda t: app_groups(t)),
    "assignees": (["iam_assignees_users"], r"/api/v1/iam/assignees/users", lambda t: ["/api/v1/iam/assignees/users", "/api/v1/iam/assignees/users?limit=2"]),
    "custom roles": (["iam_roles"], r"/api/v1/iam/roles", lambda t: ["/api/v1/iam/roles"]),
    "custom role": (["iam_role_get"], rf"/api/v1/iam/roles/{ID}", lambda t: each(t, "/api/v1/iam/roles", "/api/v1/iam/roles/{}", "roles")),
    "permissions": (["iam_role_permissions"], rf"/api/v1/iam/roles/{ID}/permissions", lambda t: each(t, "/api/v1/iam/roles", "/api/v1/iam/roles/{}/permissions", "roles")),
    "resource sets": (["iam_resource_sets"], r"/api/v1/iam/resource-sets", lambda t: ["/api/v1/iam/resource-sets"]),
    "resource set": (["iam_resource_sets"], rf"/api/v1/iam/resource-sets/{ID}", lambda t: sets(t, "")),
    "resources": (["iam_resource_sets"], rf"/api/v1/iam/resource-sets/{ID}/resources", lambda t: sets(t, "/resources")),
    "bindings": (["iam_resource_sets"], rf"/api/v1/iam/resource-sets/{ID}/bindings", lambda t: sets(t, "/bindings")),
    "binding members": (["iam_resource_sets"], rf"/api/v1/iam/resource-sets/{ID}/bindings/{ID}/members", lambda t: members(t)),
    "client role": (["oauth_client_roles"], rf"/oauth2/v1/clients/{ID}/roles/{ID}", lambda t: client_roles(t)),
    "tokens": (["api_tokens"], r"/api/v1/api-tokens", lambda t: ["/api/v1/api-tokens"]),
    "token": (["api_tokens"], rf"/api/v1/api-tokens/{ID}", lambda t: each(t, "/api/v1/api-tokens", "/api/v1/api-tokens/{}")),
    "org": (["org"], r"/api/v1/org", lambda t: ["/api/v1/org"]),
    "organization": (["well_known_okta_organization"], r"/\.well-known/okta-organization", lambda t: ["/.well-known/okta-organization"]),
    "logs": (["logs"], r"/api/v1/logs", lambda t: logs(t)),
}


def each(tenant, listing, template, member=None):
    found = tenant.get(listing).json
    return [template.format(item["id"]) for item in (found[member] if member else found)]


def assignees(tenant, template):
    return [template.format(item["id"]) for item in tenant.get("/api/v1/iam/assignees/users").json["value"]]


def app_users(tenant):
    paths = []
    for app in tenant.get("/api/v1/apps?limit=200").json:
        users = tenant.get(f"/api/v1/apps/{app['id']}/users?limit=3").json
        paths += [f"/api/v1/apps/{app['id']}/users/{user['id']}" for user in users]
    return paths


def app_groups(tenant):
    paths = []
    for app in tenant.get("/api/v1/apps?limit=60").json:
        groups = tenant.get(f"/api/v1/apps/{app['id']}/groups").json
        paths += [f"/api/v1/apps/{app['id']}/groups/{group['id']}" for group in groups[:1]]
    return paths


def sets(tenant, tail):
    return [f"/api/v1/iam/resource-sets/{item['id']}{tail}" for item in tenant.get("/api/v1/iam/resource-sets").json["resource-sets"]]


def members(tenant):
    paths = []
    for bindings in sets(tenant, "/bindings"):
        paths += [f"{bindings}/{role['id']}/members" for role in tenant.get(bindings).json["roles"]]
    return paths


def client_roles(tenant):
    clients = [app["id"] for app in tenant.get("/api/v1/apps?limit=200").json if app["label"] == "Directory Sync Service"]
    listing = f"/oauth2/v1/clients/{clients[0]}/roles"
    return [f"{listing}/{role['id']}" for role in tenant.get(listing).json]


def logs(tenant):
    import datetime

    since = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=89)).strftime("%Y-%m-%dT%H:%M:%SZ")
    return [f"/api/v1/logs?since={since}&limit=1000", f"/api/v1/logs?since={since}&limit=1000&filter=eventType+eq+%22application.lifecycle.create%22"]


def recorded(shared, names, pattern):
    for name in names:
        with open(shared / "okta" / "recorded" / f"{name}.jsonl", encoding="utf-8") as lines:
            for line in lines:
                record = json.loads(line)
                if record["status"] == 200 and re.fullmatch(pattern, record["path"]):
                    yield record["id"], json.loads(record["body"])


def differences(tenant, shared, endpoint):
    """What only one side has: {(side, path, type): the first recording that shows it}."""
    names, pattern, ask = ENDPOINTS[endpoint]
    theirs = {}
    count = 0
    for identifier, body in recorded(shared, names, pattern):
        count += 1
        for item in shape(body):
            theirs.setdefault(item, identifier)
    ours = set()
    for path in ask(tenant):
        shape(tenant.get(path).json, into=ours)
    assert count and ours, f"{endpoint}: nothing to compare ({count} recordings)"
    found = {("recorded", *item): where for item, where in theirs.items() if item not in ours}
    found.update({("simulated", *item): "" for item in ours if item not in theirs})
    return found


def listed():
    with open(LIST, encoding="utf-8") as file:
        return yaml.safe_load(file)


def covers(entry, endpoint, side, path, kind):
    path = path.removeprefix("[].")
    return (
        endpoint in entry["endpoints"]
        and entry["side"] == side
        and any(fnmatch.fnmatchcase(path, pattern) for pattern in entry["paths"])
        and kind in entry.get("types", [kind])
    )


@pytest.fixture(scope="session")
def used():
    return set()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_recorded_answers_look_like_the_simulated(tenant, shared, used, endpoint):
    entries = listed()
    unlisted = []
    for (side, path, kind), where in sorted(differences(tenant, shared, endpoint).items()):
        hits = [(number, pattern) for number, entry in enumerate(entries) for pattern in entry["paths"]
                if covers({**entry, "paths": [pattern]}, endpoint, side, path, kind)]
        used.update((number, pattern, endpoint) for number, pattern in hits)
        if not hits:
            unlisted.append(f"{side}: {path} ({kind}) {where}")
    assert not unlisted, f"{endpoint}: not in {LIST.name}:\n" + "\n".join(unlisted)


def test_no_listed_difference_is_stale(shared, used):
    entries = listed()
    stale = [f"{entry['side']} {pattern} of {endpoint}" for number, entry in enumerate(entries)
             for pattern in entry["paths"] for endpoint in entry["endpoints"]
             if not any(hit == (number, pattern, endpoint) for hit in used)]
    missing = [entry for entry in entries if not entry.get("reason")]
    assert not missing, "every difference needs a reason"
    assert not stale, "no longer different, take it off the list:\n" + "\n".join(stale)
