"""Increments: scrub only the sources that earlier outputs lack, with the same work.

An increment is an output of its own. Its manifest names the previous one (`previous`), and
``previous/`` includes the earlier manifests, since counts cannot be added to sealed ones. A source
is identified by its name and the digest of its bytes under the run's key.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scrubber.errors import OutputError, Place
from scrubber.manifest import PREVIOUS, EngineFacts, Manifest, engine_section
from scrubber.run.survey import Survey


@dataclass(frozen=True)
class Earlier:
    """The manifests of an output and of those that it extends, newest first."""

    manifests: tuple[Manifest, ...]

    @property
    def id(self) -> str:
        return self.manifests[0].id

    @property
    def files(self) -> dict[str, bytes]:
        """The manifest files that an extending output includes, by path in its folder."""
        return {f"{PREVIOUS}/{one.id}.json": one.to_bytes() for one in self.manifests}

    @property
    def digests(self) -> dict[str, str | None]:
        """The digests of the finished sources, by alias."""
        listed = (source for manifest in self.manifests for source in manifest.data["sources"])
        return {source["alias"]: source["keyed_digest"] for source in listed}


def extend(
    earlier: Earlier,
    surveyed: Survey,
    digests: Mapping[str, str],
    engine: EngineFacts,
    rules: tuple[str, str | None],
) -> Survey:
    """The new part of `surveyed`; `rules` are their digests, published and keyed.

    Raises: OutputError ``increment-empty`` without a new source, ``increment-work`` if rules,
    detectors or program differ from the earlier output, ``increment-source`` if a finished source
    has changed (or the key differs), ``increment-key`` without a key, ``increment-privacy`` if
    classes are required and ``increment-rows`` for rules that compare records, since both apply to
    all records.
    """
    if surveyed.plan.privacy is not None:
        raise refused("privacy", "classes of records are chosen and counted over all of them")
    if surveyed.plan.selection.rules:
        raise refused("rows", "rules about records compare all of them, the earlier ones too")
    newest = earlier.manifests[0].to_json()
    then = newest["policy"]
    # Under another key the digests also differ: then the sources' own digests show it.
    other_key = digests and any(earlier.digests.get(a, d) != d for a, d in digests.items())
    same_rules = then["digest"] == rules[0] and (other_key or then["keyed_digest"] == rules[1])
    same_engine = {**newest["engine"], "lock_digest": None} == engine_section(engine)
    if not same_rules or not same_engine:
        text = "the rules, the detectors or the program are not those of the earlier output"
        raise refused("work", text)
    done = earlier.digests
    if not digests or None in done.values():
        raise refused("key", "without a key, new sources cannot be recognized")
    for alias, digest in digests.items():
        if done.get(alias, digest) != digest:
            text = "its bytes, or the key, are not those that the earlier output was made from"
            raise refused("source", text, alias)
    if not digests.keys() - done.keys():
        raise OutputError("increment-empty", "the earlier output has all of these sources")
    return surveyed.without(done)


def refused(what: str, text: str, alias: str | None = None) -> OutputError:
    """The error of an output that cannot be extended."""
    hint = "scrub everything: omit --incremental"
    return OutputError(f"increment-{what}", text, place=Place(file=alias), hint=hint)
