"""The directions of what a rule file says outside of transforms, as manifests state it.

Names are those of the parameters of a manifest's rules and fields; one with a dot (``threshold.X``)
has the direction of what stands before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from types import MappingProxyType
from typing import Final

from scrubber.model.direction import (
    Along,
    Directions,
    Incomparable,
    Indifferent,
    Less,
    More,
    Narrower,
    Wider,
    each,
)

DISPOSITIONS: Final[Mapping[str, Directions]] = MappingProxyType(
    {
        "keep": each(),
        "drop": each(),
        "text": each(linked=Wider(), format=Incomparable()),
        "realign": each(
            text=Incomparable(), part=Incomparable(), unit=Incomparable(), ends=Incomparable()
        ),
        "generalize": each(
            level=More(), levels=Incomparable(), hierarchy=Incomparable(), after=Incomparable()
        ),
    }
)
"""Of what happens to a field that is no transform, by its action."""

PARTS: Final[Mapping[str, Directions]] = MappingProxyType(
    {
        "detect": each(
            ner=Along(("none", "builtin")),
            ner_labels=Incomparable(),
            house=Along(("false", "true"), "true"),
            languages=Wider(),
            countries=Wider("all"),
            unmeasured=Along(("patterns_only", "quarantine", "drop", "stop"), "stop"),
            entities=Wider("all"),
            threshold=Less(),
            allow_list=Narrower(),
            deny_list=Wider(),
            recognizers=Wider(),
            hotwords=Incomparable(),
            excludes=Narrower(),
            consistency=Wider(),
        ),
        "as_of": each(as_of=Incomparable(), day=Indifferent()),
        "gates": each(
            max_residual_rate=Less(inf),
            min_k=More(1),
            rescan=Along(("sample", "all"), "sample"),
            languages=Along(("any", "measured"), "any"),
            unicity=Less(inf),
        ),
        "privacy": each(
            k=More(1),
            suppression_limit=Indifferent(),
            method=Along(("mondrian", "lattice"), "lattice"),
            max_levels=Indifferent(),
            weights=Indifferent(),
        ),
    }
)
"""Of the parts of a rule file, by their key. Of a part that is gone, every parameter is gone."""

ON_UNLISTED: Final = Along(("keep", "drop", "error"), "keep")
ON_ERROR: Final = Along(("null", "drop_row", "fail"), "null")
