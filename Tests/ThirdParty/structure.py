"""What a JSON body looks like without its values: key paths and the JSON types met there."""

# Maps whose keys belong to the tenant, not to Okta: their keys all count as one.
OPEN = {"profile", "debugData", "app", "appLinks", "detail", "detailEntry", "errorPages"}


def kind(value):
    if value is None:
        return "null"
    return {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}[type(value)]


def shape(value, path="", into=None):
    """The set of (path, type) of a body; `[]` stands for every element of an array."""
    into = set() if into is None else into
    into.add((path or ".", kind(value)))
    if isinstance(value, dict):
        is_open = path.rsplit(".", 1)[-1] in OPEN
        for key, inner in value.items():
            if is_open:
                # A tenant's own values may be of any type.
                into.add((path + ".*", "any"))
            else:
                shape(inner, f"{path}.{key}".lstrip("."), into)
    elif isinstance(value, list):
        for inner in value:
            shape(inner, path + "[]", into)
    return into
