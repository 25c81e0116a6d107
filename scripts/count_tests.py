"""Counts what every suite of ./test did and prints the one closing line.

Reads Swift Testing's event streams (swift*.jsonl) and pytest's JUnit files (*.xml) in the log folder. A suite that ended
badly without naming a failed test (it crashed, or never got to its tests) counts as one failure, and so does every skip
that gives no reason.
"""

import argparse
import json
import pathlib
import sys
import xml.etree.ElementTree as ET


class Count:
    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.skipped = 0
        self.complaints = []
        self.reasons = {}

    def fail(self, complaint):
        self.failed += 1
        self.complaints.append(complaint)

    def skip(self, name, reason, cases=1):
        if not reason:
            self.fail(f"{name}: skipped without a reason")
            return
        self.skipped += cases
        self.reasons[reason] = self.reasons.get(reason, 0) + cases


def read_events(path):
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue  # the line a crash cut short
        yield record.get("kind"), record.get("payload", {})


def count_swift(path, status, total):
    """Counts each case of a parametrised test, and each other test, once."""
    functions, cases, bad, ended, skipped, started = {}, {}, {}, set(), {}, set()
    run_ended = False
    for kind, payload in read_events(path):
        if kind == "test":
            if payload.get("kind") == "function":
                functions[payload["id"]] = payload.get("displayName") or payload.get("name")
            continue
        event, test = payload.get("kind"), payload.get("testID")
        case = (payload.get("_testCase") or {}).get("id")
        if event == "testStarted":
            started.add(test)
        elif event == "testCaseEnded" and case:
            cases.setdefault(test, set()).add(case)
        elif event == "testEnded":
            ended.add(test)
        elif event in ("testSkipped", "testCancelled"):
            skipped[test] = " ".join(payload.get("_comments") or [])
        elif event == "issueRecorded":
            issue = payload.get("issue") or {}
            if not issue.get("isKnown") and issue.get("isFailure", True) and issue.get("severity") != "warning":
                bad.setdefault(test, set()).add(case)
        elif event == "runEnded":
            run_ended = True
    before = total.failed
    for test, name in functions.items():
        if test in bad:
            failures = len(bad[test])
            total.failed += failures
            total.passed += max(len(cases.get(test, ())) - failures, 0)
        elif test in skipped:
            total.skip(name, skipped[test])
        elif test in ended:
            total.passed += len(cases.get(test, ())) or 1
        elif test in started:
            total.fail(f"{name}: began and never ended")
    for test in bad:
        if test not in functions:
            total.fail(f"{test}: failed outside a test")
    if not run_ended:
        total.fail("Swift tests: the run did not come to its end")
    elif status != 0 and total.failed == before:
        total.fail(f"Swift tests: ended with status {status}")


def count_junit(path, status, total):
    before = total.failed
    tests = 0
    for case in ET.parse(path).iter("testcase"):
        tests += 1
        name = f"{case.get('classname')}.{case.get('name')}"
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            total.failed += 1
        elif skip is not None:
            reason = (skip.get("message") or "").strip()
            total.skip(name, "" if reason in ("unconditional skip", "Skipped") else reason)
        else:
            total.passed += 1
    if status != 0 and total.failed == before:
        total.fail(f"{path.stem}: ended with status {status}")
    if tests == 0:
        total.fail(f"{path.stem}: no test ran")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--broken", type=int, default=0)
    parser.add_argument("logs", type=pathlib.Path)
    options = parser.parse_args()
    total = Count()
    total.failed = options.broken
    for status_file in sorted(options.logs.glob("*.status")):
        status = int(status_file.read_text())
        suite = status_file.stem
        is_swift = suite.startswith("swift")
        report = options.logs / f"{suite}.{'jsonl' if is_swift else 'xml'}"
        if not report.exists():
            total.fail(f"{suite}: wrote no report (status {status})")
        elif is_swift:
            count_swift(report, status, total)
        else:
            count_junit(report, status, total)
    if total.passed + total.failed == 0:
        total.fail("no test ran")
    for reason, times in sorted(total.reasons.items()):
        print(f"skipped {times}: {reason}")
    for complaint in total.complaints:
        print(f"FAILED  {complaint}")
    print(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped")
    return 1 if total.failed else 0


if __name__ == "__main__":
    sys.exit(main())
