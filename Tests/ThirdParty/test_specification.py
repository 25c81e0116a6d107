"""The simulator's answers hold against Okta's published OpenAPI description."""

import re

import pytest
import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4

DOCUMENT = "urn:okta"


@pytest.fixture(scope="session")
def specification(shared):
    with open(shared / "okta" / "openapi.yaml", encoding="utf-8") as file:
        return yaml.load(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@pytest.fixture(scope="session")
def registry(specification):
    return Registry().with_resource(DOCUMENT, Resource(contents=specification, specification=DRAFT4))


def absolute(node):
    """References inside a copied piece still mean the whole document."""
    if isinstance(node, dict):
        return {
            key: DOCUMENT + value if key == "$ref" and isinstance(value, str) and value.startswith("#") else absolute(value)
            for key, value in node.items()
        }
    return [absolute(item) for item in node] if isinstance(node, list) else node


def without_nulls(node):
    """Okta's documentation: a property that is null may as well be absent. The description marks few as nullable, recordings
    show null in most."""
    if isinstance(node, dict):
        return {key: without_nulls(value) for key, value in node.items() if value is not None}
    return [without_nulls(item) for item in node] if isinstance(node, list) else node


def first_user(tenant):
    return tenant.get("/api/v1/iam/assignees/users").json["value"][0]["id"]


def busy_app(tenant):
    return next(app["id"] for app in tenant.get("/api/v1/apps?limit=200").json if app["label"] == "Salesforce.com")


def group(tenant):
    return tenant.get("/api/v1/groups?limit=2").json[1]["id"]


def apps_of_a_person(tenant):
    return "/api/v1/apps?filter=user.id+eq+%22{0}%22&expand=user%2F{0}&limit=200".format(first_user(tenant))


CASES = [
    ("/api/v1/users", lambda t: "/api/v1/users?search=status+pr"),
    ("/api/v1/users/{id}", lambda t: "/api/v1/users/me"),
    ("/api/v1/users/{id}/groups", lambda t: "/api/v1/users/me/groups"),
    ("/api/v1/users/{id}/appLinks", lambda t: f"/api/v1/users/{first_user(t)}/appLinks"),
    ("/api/v1/users/{userId}/roles", lambda t: f"/api/v1/users/{first_user(t)}/roles"),
    ("/api/v1/users/{userId}/factors", lambda t: f"/api/v1/users/{first_user(t)}/factors"),
    ("/api/v1/groups", lambda t: "/api/v1/groups?limit=200"),
    ("/api/v1/groups/{groupId}", lambda t: f"/api/v1/groups/{group(t)}"),
    ("/api/v1/groups/{groupId}/users", lambda t: f"/api/v1/groups/{group(t)}/users"),
    ("/api/v1/groups/{groupId}/apps", lambda t: f"/api/v1/groups/{group(t)}/apps"),
    ("/api/v1/groups/rules", lambda t: "/api/v1/groups/rules"),
    ("/api/v1/apps", lambda t: "/api/v1/apps?limit=200"),
    ("/api/v1/apps of a person", apps_of_a_person),
    ("/api/v1/apps/{appId}", lambda t: f"/api/v1/apps/{busy_app(t)}"),
    ("/api/v1/apps/{appId}/users", lambda t: f"/api/v1/apps/{busy_app(t)}/users?limit=200"),
    ("/api/v1/apps/{appId}/groups", lambda t: f"/api/v1/apps/{busy_app(t)}/groups"),
    ("/api/v1/iam/assignees/users", lambda t: "/api/v1/iam/assignees/users"),
    ("/api/v1/iam/roles", lambda t: "/api/v1/iam/roles"),
    ("/api/v1/iam/resource-sets", lambda t: "/api/v1/iam/resource-sets"),
    ("/api/v1/api-tokens", lambda t: "/api/v1/api-tokens"),
    ("/api/v1/org", lambda t: "/api/v1/org"),
    ("/api/v1/logs", lambda t: "/api/v1/logs?limit=1000"),
    ("/.well-known/okta-organization", lambda t: "/.well-known/okta-organization"),
]


# Where the description contradicts the recordings, the recordings are believed: (place, message as a pattern, why).
CONTRADICTIONS = [
    ("/api/v1/apps", r"name: '\w+' is not one of \['oidc_client'\]", "catalogue apps are recorded with their own name"),
    ("/api/v1/apps", r"name: '\w+' is not one of \['template_wsfed'\]", "catalogue apps are recorded with their own name"),
    ("/api/v1/apps", ": 'signOnMode' is a required property", "directories are recorded with signOnMode null"),
    ("/api/v1/apps of a person", r"name: '\w+' is not one of \['template_wsfed'\]", "as above"),
    ("/api/v1/apps of a person", r"_embedded/user/\w+: .* is not of type 'object'", "the app user is embedded as it is"),
    ("/api/v1/api-tokens", "tokenWindow: 'P30D' does not match", "the pattern refuses every duration; P30D is what Okta sends"),
]


def narrow(specification, schema, item):
    """The schema that the discriminator names for this item, where there is one."""
    while "$ref" in schema:
        schema = absolute(resolve(specification, schema["$ref"]))
    discriminator = schema.get("discriminator")
    target = (discriminator or {}).get("mapping", {}).get(item.get((discriminator or {}).get("propertyName")))
    return {"$ref": DOCUMENT + target} if target else schema


def resolve(specification, reference):
    node = specification
    for name in reference.split("#/", 1)[1].split("/"):
        node = node[name.replace("~1", "/").replace("~0", "~")]
    return node


def schema_of(specification, template):
    content = specification["paths"][template]["get"]["responses"]["200"]["content"]
    return absolute(content["application/json"]["schema"])


def problems(specification, registry, schema, items):
    """What the description has against any of the items."""
    found = set()
    for item in items:
        checker = OAS30Validator(narrow(specification, schema, item), registry=registry)
        for error in checker.iter_errors(without_nulls(item)):
            found.add("/".join(map(str, error.absolute_path)) + ": " + error.message[:300])
    return found


def test_the_app_user_embedded_in_an_app_of_a_person_is_that_of_the_apps_own_list(tenant, specification, registry):
    users = [app["_embedded"]["user"] for app in tenant.get(apps_of_a_person(tenant)).json]
    assert users, "an empty answer proves nothing"
    assert not problems(specification, registry, schema_of(specification, "/api/v1/apps/{appId}/users")["items"], users)


@pytest.mark.parametrize("template, path", CASES, ids=[case[0] for case in CASES])
def test_answers_hold_against_the_description(tenant, specification, registry, template, path):
    schema = schema_of(specification, template.split()[0])
    answer = tenant.get(path(tenant)).json
    assert answer, "an empty answer proves nothing"
    items = answer if isinstance(answer, list) else [answer]
    found = problems(specification, registry, schema["items"] if isinstance(answer, list) else schema, items)
    expected = [pattern for place, pattern, _ in CONTRADICTIONS if place == template]
    stale = [pattern for pattern in expected if not any(re.match(pattern, problem) for problem in found)]
    unknown = sorted(problem for problem in found if not any(re.match(pattern, problem) for pattern in expected))
    assert not unknown, "\n".join(unknown[:20])
    assert not stale, f"no longer true, take it off the list: {stale}"
