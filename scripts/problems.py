"""Lists every problem a person can meet, as docs/problems.md.

Reads the sources: each `Problem(id: …)`, each call of a function that hands its words on to one, and each case of
OktaProblem. With --check it compares instead of writing, and also refuses an id that has no remedy, and a place that makes
problems of ids that cannot be read from the sources.
"""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "problems.md"
STRING = r'"((?:[^"\\]|\\.)*)"'
# A string literal, its interpolations (which may hold quotes and one level of parentheses) taken as they are.
LITERAL = r'"((?:\\\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)|[^"\\]|\\.)*)"'
HEAD = """# Problems

Every problem Muster tells a person, by its id. The id is stable; `…` stands for what the case at hand fills in, ` / `
stands between alternatives. The exit status is that of a command which ends with the problem.

| id | what happened | what to do | exit status |
|---|---|---|---|
"""

# As Problem.Kind has them.
STATUS = {
    "usage": 64, "badInput": 65, "notFound": 66, "unreachable": 69, "defect": 70, "resumable": 75, "conflict": 75,
    "permission": 77, "configuration": 78,
}

# What makes a problem again of what was recorded of one.
WITHOUT_WORDS = {"FollowedSync.swift"}


def call_text(source, start):
    """The text of a call from its opening parenthesis to its closing one, strings skipped over."""
    depth, position = 0, start
    while position < len(source):
        character = source[position]
        if character == '"':
            # Interpolations may hold quotes of their own: step over balanced parentheses in them.
            position += 1
            while source[position] != '"':
                if source.startswith("\\(", position):
                    nested, position = 1, position + 2
                    while nested:
                        nested += {"(": 1, ")": -1}.get(source[position], 0)
                        position += 1
                    continue
                position += 2 if source[position] == "\\" else 1
        elif character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
            if depth == 0:
                return source[start : position + 1]
        position += 1
    return source[start:]


def plain(text):
    """A Swift string literal's text with interpolations as `…`."""
    out, position = "", 0
    while position < len(text):
        if text.startswith("\\(", position):
            nested, position = 1, position + 2
            while nested and position < len(text):
                nested += {"(": 1, ")": -1}.get(text[position], 0)
                position += 1
            out += "…"
        elif text[position] == "\\":
            out, position = out + text[position + 1], position + 2
        else:
            out, position = out + text[position], position + 1
    return out.replace("|", "\\|")


def argument(call, name):
    """All string literals of an argument, joined; None when it has none."""
    match = re.search(rf"\b{name}:\s*", call)
    if not match:
        return None
    rest = call[match.end() :]
    end = re.search(r",\s*(?:kind|title|explanation|remedy|context|cause):", rest)
    if name == "id":
        end = re.search(r",\s*kind:", rest)
    part = rest[: end.start()] if end else rest
    literals = re.findall(LITERAL, part)
    texts = [plain(text) for text in literals]
    if not texts:
        return ["…"]
    return texts if "?" in re.sub(STRING, "", part) or name == "id" else ["".join(texts)]


def handed_on(source, path, found, faults):
    """Problems of a function `name(_ id: String, _ title: String, _ remedy: String)`, whose callers have the words."""
    for match in re.finditer(r"\bProblem\(\s*id:\s*([a-z]\w*),", source):
        call = call_text(source, match.start() + len("Problem"))
        heads = list(re.finditer(r"\bfunc (\w+)\(([^)]*)\)", source[: match.start()]))
        name, parameters = heads[-1].groups() if heads else ("", "")
        if path.name in WITHOUT_WORDS:
            continue
        kind = re.search(r"kind:\s*\.(\w+)", call)
        names = re.findall(r"_ (\w+): String", parameters)
        calls = list(re.finditer(rf'\b{name}\(\s*(?=")', source)) if name and "id" in names else []
        for made in calls:
            text = re.sub(r'"\s*\+\s*"', "", call_text(source, made.start() + len(name)))
            words = [plain(word) for word in re.findall(LITERAL, text)]
            words = dict(zip(names, words[: len(names) - 1] + ["".join(words[len(names) - 1 :])]))
            entry = (path, words.get("title", ""), words.get("remedy", ""), kind.group(1) if kind else "")
            found.setdefault(words["id"], []).append(entry)
        if not calls:
            faults.append(f"{path}: makes a problem of an id that is not written beside it")


def okta(source, path, found, faults):
    """The cases of OktaProblem: their ids, and their words by group, the rest of a group under `default`."""
    source = re.sub(r'"\s*\+\s*"', "", source)
    names = dict(re.findall(rf"case (\w+) = {STRING}", source))
    kinds = {}
    for match in re.finditer(r"case ((?:\.\w+,?\s*)+):\s*\.(\w+)$", source, re.M):
        for case in re.findall(r"\.(\w+)", match.group(1)):
            kinds[case] = match.group(2)
    groups = {}
    for match in re.finditer(r"case ((?:\.\w+,?\s*)+):\s*(\w+Words)$", source, re.M):
        for case in re.findall(r"\.(\w+)", match.group(1)):
            groups[case] = match.group(2)
    rest = re.search(r"default: (\w+Words)$", source, re.M)
    words = {}
    for part in re.split(r"(?=private var \w+: Words \{)", source)[1:]:
        group = re.match(r"private var (\w+)", part).group(1)
        for match in re.finditer(rf"(case (?:\.\w+,?\s*)+|default):\s*\(\s*((?:{LITERAL}[,\s]*)+)\)", part):
            texts = [plain(text) for text in re.findall(LITERAL, match.group(2))]
            for case in re.findall(r"\.(\w+)", match.group(1)) or [group]:
                words[case] = texts
    for case, name in names.items():
        group = groups.get(case, rest.group(1) if rest else "")
        texts = words.get(case) or words.get(group)
        if texts:
            found[name] = [(path, texts[0], texts[-1], kinds.get(case, ""))]
        else:
            faults.append(f"{path}: the words of {name} are not found")
        if case not in kinds:
            faults.append(f"{path}: the kind of {name} is not found")


def problems():
    found, faults = {}, []
    for path in sorted((ROOT / "Sources").rglob("*.swift")):
        source = path.read_text(encoding="utf-8")
        for match in re.finditer(r"\bProblem\(\s*id:", source):
            call = call_text(source, match.start() + len("Problem"))
            ids, title, remedy = (argument(call, name) for name in ("id", "title", "remedy"))
            for name in ids or []:
                if "." not in name or "…" in name:
                    continue
                kind = re.search(r"kind:\s*\.(\w+)", call)
                entry = (" / ".join(title or []), " / ".join(remedy or []), kind.group(1) if kind else "")
                found.setdefault(name, []).append((path.relative_to(ROOT), *entry))
        if path.name == "OktaProblem.swift":
            okta(source, path.relative_to(ROOT), found, faults)
        else:
            handed_on(source, path.relative_to(ROOT), found, faults)
    return found, faults


def main():
    found, faults = problems()
    page = HEAD
    for name in sorted(found):
        title = " / ".join(dict.fromkeys(entry[1] for entry in found[name] if entry[1]))
        remedy = " / ".join(dict.fromkeys(entry[2] for entry in found[name] if entry[2]))
        status = STATUS.get(found[name][0][3], "")
        page += f"| `{name}` | {title} | {remedy} | {status} |\n"
        if not re.fullmatch(r"[a-z][A-Za-z]*(\.[A-Za-z-]+)+", name):
            faults.append(f"{name}: not a dotted name")
        if not status:
            faults.append(f"{name}: its kind is not found ({found[name][0][0]})")
        if not remedy:
            faults.append(f"{name}: says nothing to do ({found[name][0][0]})")
    if "--check" not in sys.argv:
        PAGE.write_text(page, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
        faults.append("docs/problems.md is out of date: run python3 scripts/problems.py")
    for fault in faults:
        print(f"error: {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
