"""The verbs of the library. The command line parses arguments, calls a verb and renders its result.

Importing this package is cheap: implementation modules are loaded on first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrubber.anonymize.measure import Measured
    from scrubber.anonymize.singling import Singled
    from scrubber.api.arguments import RulesLike, as_rules, rules_schema
    from scrubber.api.attacking import attack_inference, attack_linkage, attack_membership
    from scrubber.api.checking import Checked, check
    from scrubber.api.documents import (
        Diff,
        Exported,
        Reported,
        Shown,
        Verified,
        diff,
        export,
        report,
        show,
        verify,
    )
    from scrubber.api.estimating import estimate
    from scrubber.api.exploring import draft, hierarchy, risk
    from scrubber.api.finding import find
    from scrubber.api.measuring import (
        Advice,
        Minimized,
        Point,
        Tradeoff,
        minimize,
        tradeoff,
        utility,
    )
    from scrubber.api.planning import Planned, PlannedField, PlannedFilter, plan
    from scrubber.api.probing import probe
    from scrubber.api.scrubbing import Scrubbed, scrub
    from scrubber.api.streaming import scrub_stream, spooled
    from scrubber.api.texting import scrub_text
    from scrubber.api.vouching import (
        Generated,
        Signed,
        Vouched,
        approve,
        gate,
        keygen,
        sign,
        waive,
    )
    from scrubber.assess.estimates import Estimated
    from scrubber.assess.inference import Inference
    from scrubber.assess.leaks.probing import Probed
    from scrubber.assess.linkage import Linkage
    from scrubber.assess.membership import Membership
    from scrubber.assess.utility import Utility
    from scrubber.attest.gate import Verdict
    from scrubber.deletion.forget import Deletion, Forgotten, forget
    from scrubber.deletion.subjects import Subject
    from scrubber.manifest import Manifest, read_manifest
    from scrubber.policy import Rules, load_rules
    from scrubber.privacy.risk import Risk
    from scrubber.profiling.draft import Draft
    from scrubber.profiling.hierarchy import HierarchyDraft
    from scrubber.profiling.report import Audit, FieldAudit, TableAudit, audit
    from scrubber.review import Change
    from scrubber.run.reveal import Revealed, reveal
    from scrubber.run.survey import Progress

__all__ = [
    "Advice",
    "Audit",
    "Change",
    "Checked",
    "Deletion",
    "Diff",
    "Draft",
    "Estimated",
    "Exported",
    "FieldAudit",
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
    "PlannedField",
    "PlannedFilter",
    "Point",
    "Probed",
    "Progress",
    "Reported",
    "Revealed",
    "Risk",
    "Rules",
    "RulesLike",
    "Scrubbed",
    "Shown",
    "Signed",
    "Singled",
    "Subject",
    "TableAudit",
    "Tradeoff",
    "Utility",
    "Verdict",
    "Verified",
    "Vouched",
    "approve",
    "as_rules",
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
    "rules_schema",
    "scrub",
    "scrub_stream",
    "scrub_text",
    "show",
    "sign",
    "spooled",
    "tradeoff",
    "utility",
    "verify",
    "waive",
]

_HOMES = {
    "anonymize.measure": ("Measured",),
    "anonymize.singling": ("Singled",),
    "api.arguments": ("RulesLike", "as_rules", "rules_schema"),
    "api.attacking": ("attack_inference", "attack_linkage", "attack_membership"),
    "api.checking": ("Checked", "check"),
    "api.documents": (
        *("Diff", "Exported", "Reported", "Shown", "Verified"),
        *("diff", "export", "report", "show", "verify"),
    ),
    "api.estimating": ("estimate",),
    "api.exploring": ("draft", "hierarchy", "risk"),
    "api.finding": ("find",),
    "api.measuring": (
        *("Advice", "Minimized", "Point", "Tradeoff", "minimize", "tradeoff", "utility"),
    ),
    "api.planning": ("Planned", "PlannedField", "PlannedFilter", "plan"),
    "api.probing": ("probe",),
    "api.scrubbing": ("Scrubbed", "scrub"),
    "api.streaming": ("scrub_stream", "spooled"),
    "api.texting": ("scrub_text",),
    "api.vouching": (
        *("Generated", "Signed", "Vouched", "approve", "gate", "keygen", "sign", "waive"),
    ),
    "assess.estimates": ("Estimated",),
    "assess.inference": ("Inference",),
    "assess.leaks.probing": ("Probed",),
    "assess.linkage": ("Linkage",),
    "assess.membership": ("Membership",),
    "assess.utility": ("Utility",),
    "attest.gate": ("Verdict",),
    "deletion.forget": ("Deletion", "Forgotten", "forget"),
    "deletion.subjects": ("Subject",),
    "manifest": ("Manifest", "read_manifest"),
    "policy": ("Rules", "load_rules"),
    "privacy.risk": ("Risk",),
    "profiling.draft": ("Draft",),
    "profiling.hierarchy": ("HierarchyDraft",),
    "profiling.report": ("Audit", "FieldAudit", "TableAudit", "audit"),
    "review": ("Change",),
    "run.reveal": ("Revealed", "reveal"),
    "run.survey": ("Progress",),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"scrubber.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
