#!/usr/bin/env python3
"""Measures how long imports of spend take, and whether time grows with lines and not faster.

    swift build -c release --product muster
    Benchmarks/spend.py [--database postgres://…] [--lines 100000] [--limit SECONDS]

Makes a store of its own with a small pretended tenant, then imports files of a quarter, half and all of the lines: card
lines of a few thousand payees, written as banks write them, some refunds, some bad lines. Then a second file of another kind
tells half of the same payments, so that each line is compared with those that are there; at the end an import is undone and
all payments are matched again. Exits with 1 when the largest import takes longer than the limit (10 s).
"""

import argparse
import os
import random
import re
import shutil
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MUSTER = os.environ.pop("MUSTER_BIN", os.path.join(ROOT, ".build/release/muster"))
KNOWN = ["Slack", "Zoom", "Figma", "Notion Labs", "Atlassian", "Salesforce", "GitHub", "Adobe", "Canva", "Dropbox"]
BEFORE = ["", "", "SQ *", "PAYPAL *", "STRIPE* "]
BEHIND = ["", " INC", " LTD DUBLIN IE", " SAN FRANCISCO CA", " #48213", ", Inc."]


def payees(random_, count):
    """Names as statements write them: products, and made-up shops."""
    letters = "abcdefghijklmnoprstuvw"
    shops = ["".join(random_.choice(letters) for _ in range(random_.randint(5, 12))) for _ in range(count)]
    return [random_.choice(BEFORE) + name + random_.choice(BEHIND) for name in KNOWN * 20 + shops]


def card_lines(count, seed):
    random_ = random.Random(seed)
    names = payees(random_, max(200, count // 40))
    for number in range(count):
        day = f"2026-{random_.randint(1, 10):02}-{random_.randint(1, 28):02}"
        amount = random_.randint(100, 500_000)
        sign = "-" if random_.random() < 0.02 else ""
        bad = number % 5000 == 4999
        yield (f'{day if not bad else "2026-02-31"},{seed}-{number},"{random_.choice(names)}",'
               f'{sign}{amount // 100}.{amount % 100:02},{random_.choice(["EUR", "EUR", "USD"])},{random_.randint(1000, 1019)}')


def write(path, header, lines):
    with open(path, "w", encoding="utf-8") as file:
        file.write(header + "\n")
        for line in lines:
            file.write(line + "\n")


def run(store, *arguments):
    begin = time.perf_counter()
    done = subprocess.run([MUSTER, *arguments, *store], capture_output=True, text=True)
    if done.returncode != 0:
        raise SystemExit(f"muster {' '.join(arguments)}: {done.stderr}")
    return time.perf_counter() - begin, done.stdout


def fill(store, port):
    """A small tenant, so that there are apps to match with."""
    simulator = subprocess.Popen(
        [MUSTER, "simulate", "--people", "300", "--port", "0", "--limits", "none"], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True)
    try:
        text = ""
        for line in simulator.stdout:
            text += line
            found = re.search(r"(http://[\d.]+:\d+)", text)
            token = re.search(r"[Tt]oken:?\s+(\S+)", text)
            if found and token:
                break
        subprocess.run(
            [MUSTER, "connect", found.group(1), "--name", "bench", "--token-file", "-", *store], input=token.group(1),
            text=True, check=True, capture_output=True)
        run(store, "sync", "bench")
    finally:
        simulator.terminate()
        simulator.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database")
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--limit", type=float, default=10)
    options = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="muster-spend-")
    store = ["--data", os.path.join(folder, "data")] + (["--database", options.database] if options.database else [])
    try:
        fill(store, 0)
        header = "Transaction date,Transaction id,Merchant,Amount,Currency,Card last 4"
        slowest = 0
        for part in [4, 2, 1]:
            count = options.lines // part
            path = os.path.join(folder, f"cards-{part}.csv")
            write(path, header, card_lines(count, part))
            took, text = run(store, "spend", "import", path)
            slowest = max(slowest, took)
            print(f"{count:>9,} card lines   {took:6.2f} s   {count / took:>9,.0f} lines/s   {text.strip()}")
        ledger = os.path.join(folder, "ledger.csv")
        again = [line for number, line in enumerate(card_lines(options.lines, 1)) if number % 2 == 0]
        write(ledger, "Posting date,Document number,Vendor,Amount,Currency,Last 4", (line.replace(",1-", ",L-", 1) for line in again))
        took, text = run(store, "spend", "import", ledger, "--kind", "ledger")
        slowest = max(slowest, took)
        print(f"{len(again):>9,} ledger lines {took:6.2f} s   {len(again) / took:>9,.0f} lines/s   {text.strip()}")
        took, _ = run(store, "spend", "import", ledger)
        print(f"{'':>9} the same file {took:5.2f} s")
        took, text = run(store, "report", "spend", "--format", "csv")
        print(f"{'':>9} report        {took:5.2f} s   {len(text.splitlines()) - 1} rows")
        took, text = run(store, "spend", "undo", "3")
        print(f"{'':>9} undo          {took:5.2f} s   {text.strip()}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if slowest > options.limit:
        raise SystemExit(f"an import took {slowest:.2f} s, longer than {options.limit:.0f} s")


if __name__ == "__main__":
    main()
