"""Exports: the manifest in the formats of other tools.

Each module builds plain dicts (or text) from a sealed manifest and reads nothing else. So an export
reveals no more than the manifest: withheld counts stay withheld.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from scrubber.errors import InputError
from scrubber.exports.croissant import CROISSANT
from scrubber.exports.cyclonedx import CYCLONEDX
from scrubber.exports.dta import DTA
from scrubber.exports.eu_summary import EU_SUMMARY
from scrubber.exports.hfcard import HF_CARD
from scrubber.exports.junit import JUNIT
from scrubber.exports.openlineage import OPENLINEAGE
from scrubber.exports.sarif import SARIF
from scrubber.exports.slsa import SLSA
from scrubber.exports.spdx import SPDX
from scrubber.exports.target import Target
from scrubber.manifest import Manifest

__all__ = ["TARGETS", "Target", "export"]

_ALL: Final = (
    CROISSANT,
    OPENLINEAGE,
    SARIF,
    JUNIT,
    HF_CARD,
    DTA,
    EU_SUMMARY,
    SPDX,
    CYCLONEDX,
    SLSA,
)
_REGISTERED: Final = {target.name: target for target in _ALL}
TARGETS: Final[Mapping[str, Target]] = MappingProxyType(_REGISTERED)


def export(
    manifests: Manifest | Sequence[Manifest], target: str, *, profile: str | None = None
) -> str:
    """Convert one manifest, or several, to the format `target`, a key of TARGETS; `profile` is one
    of its profiles. Equal manifests give equal texts.

    Raises: InputError ``export-several`` for several manifests in a format for one,
    ``export-profile`` for an unknown profile, ``export-incomplete`` for a fact that the profile
    requires and nobody declared.
    """
    format_ = TARGETS[target]
    listed = [manifests] if isinstance(manifests, Manifest) else list(manifests)
    if profile is not None and (profile not in format_.profiles or len(listed) > 1):
        known = ", ".join(format_.profiles) or "none"
        text = f"{target} has no such profile for these manifests"
        raise InputError("export-profile", text, hint=f"profiles of {target}: {known}")
    if len(listed) > 1:
        if format_.several is None:
            text = f"{target} describes one dataset, and these are {len(listed)}"
            known = ", ".join(one.name for one in _ALL if one.several is not None)
            raise InputError("export-several", text, hint=f"for several datasets: {known}")
        return format_.several([one.data for one in listed])
    write = format_.write if profile is None else format_.profiles[profile]
    return write(listed[0].data)
