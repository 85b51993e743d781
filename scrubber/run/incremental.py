"""Increments: only the sources that earlier outputs do not have, by the same work.

An increment is an output of its own, whose manifest names the one before (`previous`) and which
carries the manifests before it in ``previous/``, since their counts cannot be added to: they were
sealed. A source is known by its name and the digest of its bytes under the run's key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scrubber.errors import OutputError, Place
from scrubber.manifest import PREVIOUS, EngineFacts, Manifest, engine_section
from scrubber.run.survey import Survey


@dataclass(frozen=True)
class Earlier:
    """The manifests of an output and of those that it extends, the newest first."""

    manifests: tuple[Manifest, ...]

    @property
    def id(self) -> str:
        return self.manifests[0].id

    @property
    def files(self) -> dict[str, bytes]:
        """The files that an extending output carries, by its place in the folder."""
        return {f"{PREVIOUS}/{one.id}.json": one.to_bytes() for one in self.manifests}

    @property
    def digests(self) -> dict[str, str | None]:
        """The digests of the sources that are done, by their alias."""
        listed = (source for manifest in self.manifests for source in manifest.data["sources"])
        return {source["alias"]: source["keyed_digest"] for source in listed}


def extend(
    earlier: Earlier,
    surveyed: Survey,
    digests: Mapping[str, str],
    engine: EngineFacts,
    rules: tuple[str, str | None],
) -> Survey:
    """The part of `surveyed` that is new; `rules` are their digests, published and under the key.

    Raises: OutputError ``increment-empty`` where nothing is, ``increment-work`` where rules,
    detectors or program are not those of the earlier output, ``increment-source`` where a source
    that is done has other bytes now (or the key is another), ``increment-key`` without a key,
    ``increment-privacy`` where classes are asked for, which hold over all records or not at all.
    """
    if surveyed.plan.privacy is not None:
        raise _refused("privacy", "classes of records are chosen and counted over all of them")
    newest = earlier.manifests[0].to_json()
    then = newest["policy"]
    # Under another key the digests differ too: then the sources' own digests say so.
    other_key = digests and any(earlier.digests.get(a, d) != d for a, d in digests.items())
    same_rules = then["digest"] == rules[0] and (other_key or then["keyed_digest"] == rules[1])
    same_engine = {**newest["engine"], "lock_digest": None} == engine_section(engine)
    if not same_rules or not same_engine:
        text = "the rules, the detectors or the program are not those of the earlier output"
        raise _refused("work", text)
    done = earlier.digests
    if not digests or None in done.values():
        raise _refused("key", "without a key, new sources cannot be recognized")
    for alias, digest in digests.items():
        if done.get(alias, digest) != digest:
            text = "its bytes, or the key, are not those that the earlier output was made from"
            raise _refused("source", text, alias)
    if not digests.keys() - done.keys():
        raise OutputError("increment-empty", "the earlier output has all of these sources")
    return surveyed.without(done)


def _refused(what: str, text: str, alias: str | None = None) -> OutputError:
    hint = "scrub everything: omit --incremental"
    return OutputError(f"increment-{what}", text, place=Place(file=alias), hint=hint)
