#!/usr/bin/env python3
"""Measures whole first and second syncs of simulated tenants, as a user would run them.

    swift build -c release --product muster
    Benchmarks/sync.py [S|M|L|workforce ...]

Each run is a `muster sync` process of its own against a `muster simulate` process of its own; CPU seconds (user + system)
and peak memory are the operating system's account of the sync process alone. Figures go to standard output as a table.
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


def benchmark(name):
    folder = tempfile.mkdtemp(prefix="muster-benchmark-")
    simulator, url, token = start_simulator(SIZES[name])
    try:
        connect = [MUSTER, "connect", url, "--name", "bench", "--token-file", "-", "--data", folder]
        subprocess.run(connect, input=token, text=True, check=True, stdout=subprocess.DEVNULL)
        for which in ["first", "second"]:
            code, output, wall, user, system, memory = measured(
                [MUSTER, "sync", "bench", "--json", "--log-level", "error", "--data", folder])
            run = json.loads(output)
            rows = run["counts"].get("assignments", {}).get("seen", 0)
            print(
                f"{name:10} {which:6} {run['status']:9} exit {code}  wall {wall:7.2f} s  cpu {user + system:6.2f} s "
                f"(user {user:.2f} + sys {system:.2f})  peak {memory:5.0f} MB  calls {run['calls']['total']:5} "
                f"(predicted {run['predicted_calls']})  429s {run['rate_limited']}  assignments {rows}  "
                f"store {store_bytes(folder) / 1e6:.1f} MB", flush=True)
            print(f"           calls by class: {run['calls']['by_class']}", flush=True)
    finally:
        simulator.terminate()
        simulator.wait()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    for size in sys.argv[1:] or ["S", "M"]:
        benchmark(size)
