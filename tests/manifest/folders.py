"""Output folders as a run leaves them, made from fixed facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from scrubber.manifest import Facts, Ledger, seal
from scrubber.manifest.salts import SALTS, salts_file


def publish_files(
    folder: Path, facts: Facts, ledger: Ledger, contents: Mapping[str, bytes], base: int = 1
) -> Path:
    """The outputs of `facts` under the paths and with the bytes of `contents`, their salts and
    their manifest."""
    outputs = []
    for output, (path, content) in zip(facts.outputs, contents.items(), strict=True):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
        digest = sha256(content).hexdigest()
        outputs.append(replace(output, path=path, sha256=digest, bytes=len(content)))
    salts = salts_file(outputs)
    if salts is not None:
        (folder / SALTS).write_bytes(salts)
    manifest = seal(replace(facts, outputs=tuple(outputs)), ledger, base=base)
    (folder / "manifest.json").write_bytes(manifest.to_bytes())
    return folder
