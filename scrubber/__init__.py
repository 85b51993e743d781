"""scrubber: data minimization and PII scrubbing before training, with a provenance manifest.

This is the public API; everything else may change. Importing it is cheap: implementation modules
are loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrubber._version import __version__

if TYPE_CHECKING:
    from scrubber.api import (
        Audit,
        Checked,
        Deletion,
        Diff,
        Draft,
        Estimated,
        Exported,
        Forgotten,
        Generated,
        HierarchyDraft,
        Inference,
        Linkage,
        Manifest,
        Measured,
        Membership,
        Minimized,
        Planned,
        Probed,
        Reported,
        Revealed,
        Rules,
        Scrubbed,
        Shown,
        Signed,
        Subject,
        Tradeoff,
        Utility,
        Verdict,
        Verified,
        Vouched,
        approve,
        attack_inference,
        attack_linkage,
        attack_membership,
        audit,
        check,
        diff,
        draft,
        estimate,
        export,
        find,
        forget,
        gate,
        hierarchy,
        keygen,
        load_rules,
        minimize,
        plan,
        probe,
        read_manifest,
        report,
        reveal,
        risk,
        scrub,
        scrub_stream,
        scrub_text,
        show,
        sign,
        tradeoff,
        utility,
        verify,
        waive,
    )
    from scrubber.batches import ScrubBatches

__all__ = [
    "Audit",
    "Checked",
    "Deletion",
    "Diff",
    "Draft",
    "Estimated",
    "Exported",
    "Forgotten",
    "Generated",
    "HierarchyDraft",
    "Inference",
    "Linkage",
    "Manifest",
    "Measured",
    "Membership",
    "Minimized",
    "Planned",
    "Probed",
    "Reported",
    "Revealed",
    "Rules",
    "ScrubBatches",
    "Scrubbed",
    "Shown",
    "Signed",
    "Subject",
    "Tradeoff",
    "Utility",
    "Verdict",
    "Verified",
    "Vouched",
    "__version__",
    "approve",
    "attack_inference",
    "attack_linkage",
    "attack_membership",
    "audit",
    "check",
    "diff",
    "draft",
    "estimate",
    "export",
    "find",
    "forget",
    "gate",
    "hierarchy",
    "keygen",
    "load_rules",
    "minimize",
    "plan",
    "probe",
    "read_manifest",
    "report",
    "reveal",
    "risk",
    "scrub",
    "scrub_stream",
    "scrub_text",
    "show",
    "sign",
    "tradeoff",
    "utility",
    "verify",
    "waive",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'scrubber' has no attribute {name!r}")
    from importlib import import_module

    home = "scrubber.batches" if name == "ScrubBatches" else "scrubber.api"
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
