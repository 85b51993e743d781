"""SLSA provenance v1 in an in-toto statement: scrubbing as a build of files from sources by rules.

https://slsa.dev/spec/v1.0/provenance. Only files with a plain SHA-256 are subjects; the manifest,
which is one, names the salted digests of small files.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from scrubber.exports.reading import Data, title
from scrubber.exports.target import Target, as_json
from scrubber.manifest.canonical import canonical_bytes
from scrubber.manifest.document import FILE_NAME

_STATEMENT: Final = "https://in-toto.io/Statement/v1"
_PREDICATE: Final = "https://slsa.dev/provenance/v1"
_BUILD: Final = "urn:scrubber:scrub:v1"
_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"


def slsa(data: Data) -> dict[str, Any]:
    """The statement, unsigned."""
    files = [file for file in data["outputs"]["files"] if file["sha256"] is not None]
    manifest = sha256(canonical_bytes(data)).hexdigest()
    return {
        "_type": _STATEMENT,
        "subject": [
            {"name": FILE_NAME, "digest": {"sha256": manifest}},
            *({"name": file["path"], "digest": {"sha256": file["sha256"]}} for file in files),
        ],
        "predicateType": _PREDICATE,
        "predicate": {
            "buildDefinition": {
                "buildType": _BUILD,
                "externalParameters": {
                    "dataset": title(data),
                    "rules": data["policy"]["digest"],
                    "rulesUnderKey": data["policy"]["keyed_digest"] or "",
                    "onUnlisted": data["policy"]["on_unlisted"],
                    "onError": data["policy"]["on_error"],
                },
                "resolvedDependencies": list(_materials(data)),
            },
            "runDetails": {
                "builder": {
                    "id": "urn:scrubber",
                    "version": {"scrubber": data["engine"]["program_version"]},
                },
                "metadata": {"invocationId": data["run"]["id"], **_times(data["run"])},
            },
        },
    }


def _materials(data: Data) -> Iterator[dict[str, Any]]:
    """Sources, names models, and the installed packages."""
    for source in data["sources"]:
        material = {"name": source["alias"], "mediaType": source["media_type"]}
        if source["keyed_digest"]:
            material["digest"] = {"hmacSha256": source["keyed_digest"]}
        yield material
    models = {row["model_digest"]: row["id"] for row in data["engine"]["detectors"]}
    for digest, name in models.items():
        if digest:
            yield {"name": name, "digest": {"sha256": digest}}
    if data["engine"]["lock_digest"]:
        yield {"name": "installed packages", "digest": {"sha256": data["engine"]["lock_digest"]}}


def _times(run: Data) -> dict[str, str]:
    try:
        begun = datetime.strptime(run["created"], _TIME)
    except ValueError:
        return {}
    ended = begun + timedelta(milliseconds=run["duration_ms"])
    return {"startedOn": run["created"], "finishedOn": ended.strftime(_TIME)}


SLSA: Final = Target("slsa", "SLSA provenance v1, in-toto", "slsa.json", as_json(slsa))
