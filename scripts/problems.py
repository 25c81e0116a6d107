"""Lists every problem a person can meet, as docs/problems.md.

Reads the sources: each `Problem(id: …)` and each case of OktaProblem. With --check it compares instead of writing, and
also refuses an id that two places use for different problems or that has no remedy.
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


def problems():
    found = {}
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
            source = re.sub(r'"\s*\+\s*"', "", source)
            names = dict(re.findall(rf"case (\w+) = {STRING}", source))
            kinds = {}
            for match in re.finditer(r"case ((?:\.\w+,?\s*)+): \.(\w+)$", source, re.M):
                for case in re.findall(r"\.(\w+)", match.group(1)):
                    kinds[case] = match.group(2)
            for match in re.finditer(rf"case ((?:\.\w+,?\s*)+):\s*\(\s*((?:{LITERAL}[,\s]*)+)\)", source):
                words = [plain(text) for text in re.findall(LITERAL, match.group(2))]
                for case in re.findall(r"\.(\w+)", match.group(1)):
                    if case in names:
                        found[names[case]] = [(path.relative_to(ROOT), words[0], words[-1], kinds.get(case, ""))]
    return found


def main():
    found = problems()
    page = HEAD
    faults = []
    for name in sorted(found):
        title = " / ".join(dict.fromkeys(entry[1] for entry in found[name] if entry[1]))
        remedy = " / ".join(dict.fromkeys(entry[2] for entry in found[name] if entry[2]))
        status = STATUS.get(found[name][0][3], "")
        page += f"| `{name}` | {title} | {remedy} | {status} |\n"
        if not re.fullmatch(r"[a-z][A-Za-z]*(\.[A-Za-z-]+)+", name):
            faults.append(f"{name}: not a dotted name")
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
