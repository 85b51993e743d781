"""scrubber gate"""

from __future__ import annotations

from scrubber.cli.console import answer, begin
from scrubber.cli.options import DocumentArgument, Json, TrustOption
from scrubber.cli.render import show_verdict


def gate(
    document: DocumentArgument,
    trust: TrustOption,
    as_json: Json = False,
) -> int:
    """Decide whether an output may be used or a plan may be run; deny unless approved.

    The command exits with 1 for a failed check, with 3 for a missing signature or approval, and
    with 4 after tampering.

    Example: scrubber gate scrubbed --trust trust.yaml
    """
    begin("gate", as_json=as_json)
    from scrubber.api import gate as judged

    return answer(judged(document, trust), show_verdict)
