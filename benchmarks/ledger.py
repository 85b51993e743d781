"""What a driver does for very many shards, without the shards: plan, tasks, ledger, manifest.

    python -m benchmarks.ledger [--shards 1000,10000,100000] [--batches N] [--lost N]

A simulated run: so many sources of one schema (20 fields), each with `batches` fragments of 65,536
records with exact counts (`lost` of them dropped, so that small counts have to be suppressed),
through the functions that a run calls, in a process of its own for each size. Nothing is read or
written. Prints the processor's seconds of each step, the sizes of the pickled plan and of the
manifest, and the driver's peak memory before and after the manifest was made, as markdown.
"""

from __future__ import annotations

import argparse
import json
import pickle
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

FIELDS = 20
ROWS = 65_536
STEPS = ("compile", "tasks", "send", "receive", "ledger", "account", "seal", "bytes")


def simulate(shards: int, batches: int, lost: int) -> dict[str, float]:
    """Seconds of each step, the manifest's MB, and the peak memory in MB before and after."""
    import pyarrow as pa

    from scrubber.executors.base import divide
    from scrubber.formats import Source
    from scrubber.manifest import Fragment, Ledger, OutputFacts, RunFacts, seal
    from scrubber.model.batch import BatchRef
    from scrubber.model.tally import Tally
    from scrubber.outputs.checkpoints import Part, identity, work_ids
    from scrubber.outputs.folder import FolderStage
    from scrubber.pipeline.source import ScrubJob, Work
    from scrubber.policy import compile_plan, rules_from_mapping
    from scrubber.run.facts import Account, SourceRecord, facts_of
    from scrubber.run.scrub_pass import sharing
    from scrubber.transform.keys import RootKey

    took: dict[str, float] = {"before": peak()}

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        began = time.process_time()
        yield
        took[step] = time.process_time() - began

    names = [f"field{i}" for i in range(FIELDS)]
    rules = rules_from_mapping(
        {
            "version": 1,
            "fields": [
                {"name": name, "class": "direct_identifier", "transform": {"token": {}}}
                if i % 2
                else {"name": name, "class": "insensitive", "keep": "a number"}
                for i, name in enumerate(names)
            ],
        }
    )
    key = RootKey(bytes(range(32)))
    schema = pa.schema([(name, pa.string()) for name in names])
    sources = [
        Source(f"/data/part-{i:06}.parquet", f"part-{i:06}.parquet", "parquet")
        for i in range(shards)
    ]
    with timed("compile"):
        plan = compile_plan(rules, {source.alias: schema for source in sources})
    with timed("tasks"):
        works = work_ids(rules, plan, key)
        tasks = [ScrubJob(s, schema, works[s.alias], 100_000_000) for s in sources]
        divide(tasks, 64)
    work = Work(plan, FolderStage(Path("/data/out"), "run"), "same")
    with timed("send"):  # the plan once for each worker, the tasks one by one
        took["plan MB"] = len(pickle.dumps(work)) / 1e6
        for task in tasks:
            pickle.dumps(task)
    fields = Tally({(name, event): ROWS - lost for name in names for event in ("in", "changed")})
    known: dict[Any, Any] = {}
    fragments_of: list[Fragment] = []
    outputs: list[OutputFacts] = []
    with timed("receive"):
        for task in tasks:
            alias = task.source.alias
            own = identity(task.work, alias, schema, "d" * 64, alias)
            digest = sha256(own.encode()).hexdigest()
            fragments = [
                Fragment(
                    BatchRef(alias, ordinal, 1 + ordinal * ROWS, ROWS, digest),
                    digest,
                    ROWS,
                    ROWS - lost,
                    dropped=Tally({"rows[0]": lost}),
                    fields=fields,
                )
                for ordinal in range(batches)
            ]
            rows = (ROWS - lost) * batches
            output = OutputFacts(f"data/{alias}", digest, 10**8, rows, alias, 0)
            whole = Ledger.of(fragments).as_one(BatchRef(alias, 0, 1, ROWS * batches), digest)
            sent = pickle.loads(pickle.dumps(Part(output, whole, digest)))
            fragments_of.append(sharing(sent.fragment, known))
            outputs.append(output)
    with timed("ledger"):
        ledger = Ledger.of(fragments_of)
    took["driver MB"] = peak()
    with timed("account"):
        records = tuple(
            SourceRecord(source.alias, "application/vnd.apache.parquet", "d" * 64)
            for source in sources
        )
        account = Account(rules, plan, key, records, tuple(outputs))
        facts = facts_of(account, RunFacts("2026-01-01T00:00:00Z", "0" * 16, 1, 64))
    with timed("seal"):
        manifest = seal(facts, ledger)
    with timed("bytes"):
        took["manifest MB"] = len(manifest.to_bytes()) / 1e6
    took["after"] = peak()
    return took


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shards", default="1000,10000,100000")
    parser.add_argument("--batches", type=int, default=2)
    parser.add_argument("--lost", type=int, default=0, help="records that each batch drops")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(simulate(options.one, options.batches, options.lost)))
        return
    columns = ["plan MB", *STEPS, "manifest MB", "driver MB", "after"]
    print("| shards | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for shards in map(int, options.shards.split(",")):
        command = [sys.executable, "-m", "benchmarks.ledger", "--one", str(shards)]
        command += ["--batches", str(options.batches), "--lost", str(options.lost)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        took = json.loads(done.stdout)
        shown = [f"{took[column]:,.2f}" for column in columns]
        print(f"| {shards:,} | " + " | ".join(shown) + " |", flush=True)


if __name__ == "__main__":
    main()
