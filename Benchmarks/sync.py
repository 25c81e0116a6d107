#!/usr/bin/env python3
"""Measures whole first and second syncs of simulated tenants, as a user would run them.

    swift build -c release --product muster
    Benchmarks/sync.py [S|M|L|workforce ...]
    Benchmarks/sync.py --database postgres://muster@/muster?host=/run/postgresql [S|M|L|workforce ...]

Each run is a `muster sync` process of its own against a `muster simulate` process of its own; CPU seconds (user + system)
and peak memory are the operating system's account of the sync process alone. Figures go to standard output as a table.
With --database, each size is synced into the embedded database and then into a fresh schema of that PostgreSQL database
(through psql), and the two are compared: wall seconds of the sync and rows it wrote a second. The server's work is not
in the CPU seconds.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MUSTER = os.environ.pop("MUSTER_BIN", os.path.join(ROOT, ".build/release/muster"))
SIZES = {
    "S": ["--people", "1000", "--groups", "100", "--apps", "50"],
    "M": ["--people", "5000", "--groups", "500", "--apps", "150"],
    "L": ["--people", "100000", "--groups", "1000", "--apps", "400"],
    # A window of 6 s stands for Okta's 60 s: the same pace for ten times the calls.
    "workforce": ["--people", "2000", "--limits", "workforce", "--limit-window", "6"],
}


def start_simulator(arguments):
    process = subprocess.Popen(
        [MUSTER, "simulate", "--port", "0", "--seed", "7", *arguments],
        stdout=subprocess.PIPE, text=True)
    url = token = None
    while url is None or token is None:
        line = process.stdout.readline()
        if not line:
            raise SystemExit("the simulator did not start")
        url = url or next(iter(re.findall(r"http://[\w.:]+", line)), None)
        found = re.search(r"[Tt]oken:?\s+(\S+)", line)
        token = token or (found.group(1) if found else None)
    return process, url, token


def measured(arguments):
    """Runs a command; gives its output, wall seconds, CPU seconds and peak memory in MB."""
    begin = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begin
    return process.returncode, output, wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss / 1024


def store_bytes(folder):
    subprocess.run(["sqlite3", os.path.join(folder, "muster.db"), "PRAGMA wal_checkpoint(TRUNCATE)"], capture_output=True)
    return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder) if name.startswith("muster.db"))


def schema(database, statement):
    """Runs a statement about the benchmark's schema; gives the address that leads into it."""
    subprocess.run(["psql", "-q", "-d", database, "-c", f"SET client_min_messages = error; {statement}"], check=True)
    return database + ("&" if "?" in database else "?") + "options=-csearch_path%3Dmuster_benchmark"


def benchmark(name, database=None):
    """Measures both syncs; gives the wall seconds of the first, and how many rows it wrote."""
    folder = tempfile.mkdtemp(prefix="muster-benchmark-")
    os.environ.pop("MUSTER_DATABASE", None)
    if database:
        address = schema(database, "DROP SCHEMA IF EXISTS muster_benchmark CASCADE; CREATE SCHEMA muster_benchmark")
        os.environ["MUSTER_DATABASE"] = address
    first = None
    simulator, url, token = start_simulator(SIZES[name])
    try:
        connect = [MUSTER, "connect", url, "--name", "bench", "--token-file", "-", "--data", folder]
        subprocess.run(connect, input=token, text=True, check=True, stdout=subprocess.DEVNULL)
        for which in ["first", "second"]:
            code, output, wall, user, system, memory = measured(
                [MUSTER, "sync", "bench", "--json", "--log-level", "error", "--data", folder])
            run = json.loads(output)
            rows = run["counts"].get("assignments", {}).get("seen", 0)
            all_rows = sum(count.get("seen", 0) for count in run["counts"].values())
            first = first or (wall, all_rows)
            store = "" if database else f"  store {store_bytes(folder) / 1e6:.1f} MB"
            print(
                f"{name:10} {'postgresql' if database else 'sqlite':10} {which:6} {run['status']:9} exit {code}  wall {wall:7.2f} s  cpu {user + system:6.2f} s "
                f"(user {user:.2f} + sys {system:.2f})  peak {memory:5.0f} MB  calls {run['calls']['total']:5} "
                f"(predicted {run['predicted_calls']})  429s {run['rate_limited']}  assignments {rows}  "
                f"{all_rows / wall:.0f} rows/s{store}", flush=True)
            print(f"           calls by class: {run['calls']['by_class']}", flush=True)
    finally:
        simulator.terminate()
        simulator.wait()
        shutil.rmtree(folder, ignore_errors=True)
        if database:
            os.environ.pop("MUSTER_DATABASE", None)
            schema(database, "DROP SCHEMA IF EXISTS muster_benchmark CASCADE")
    return first


def compare(name, database):
    embedded, server = benchmark(name), benchmark(name, database)
    print(
        f"{name:10} first sync: PostgreSQL takes {server[0] / embedded[0]:.2f} times the wall seconds of SQLite and writes "
        f"{(server[1] / server[0]) / (embedded[1] / embedded[0]):.2f} times its rows a second", flush=True)


if __name__ == "__main__":
    asked = sys.argv[1:]
    address = None
    if asked[:1] == ["--database"]:
        address, asked = asked[1], asked[2:]
    for size in asked or ["S", "M"]:
        if address:
            compare(size, address)
        else:
            benchmark(size)
