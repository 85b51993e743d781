"""Documents in a seeded order: a kind, an expansion of its templates, some noise."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

from training.generated.document import Document
from training.generated.grammar import Emit, compile_rules, read_rules
from training.generated.noise import noisy
from training.generated.world import Scene, World, slot

_TEMPLATES = Path(__file__).parent / "templates"
_COMMON = "common"

# The share of each kind among the documents, in parts.
KINDS = {
    "address": 9,
    "cell": 9,
    "chat": 16,
    "clinical": 6,
    "contract": 5,
    "defined": 9,
    "email": 13,
    "fiction": 4,
    "form": 11,
    "legal": 10,
    "negative": 11,
    "news": 12,
    "requests": 12,
    "social": 12,
    "wordlike": 10,
}


@cache
def _starts() -> dict[str, Emit]:
    """The start rule of every kind; a file sees its own rules and those of the common file."""
    common = read_rules((_TEMPLATES / f"{_COMMON}.txt").read_text(encoding="utf-8"))
    starts: dict[str, Emit] = {}
    for kind in KINDS:
        path = _TEMPLATES / f"{kind}.txt"
        try:
            own = read_rules(path.read_text(encoding="utf-8"))
            starts[kind] = compile_rules({**common, **own}, slot)["start"]
        except (KeyError, ValueError) as error:
            raise ValueError(f"{path.name}: {error}") from None
    return starts


def documents(
    data: Path,
    seed: int,
    count: int,
    *,
    kinds: tuple[str, ...] = tuple(KINDS),
    handles_are_people: bool = True,
) -> Iterator[Document]:
    """`count` documents of the names under `data`/names; the same for the same seed and kinds.

    Offsets are code points. With `handles_are_people` an @handle is a PERSON, the sign included;
    without, it is not labelled. ValueError for a kind that is not in KINDS.
    """
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or not kinds:
        raise ValueError(f"no such kind: {', '.join(unknown)}")
    world = World(data / "names", handles_are_people=handles_are_people)
    starts = _starts()
    rng = Random(seed)
    weights = [KINDS[kind] for kind in kinds]
    for _ in range(count):
        (kind,) = rng.choices(kinds, weights)
        scene = Scene(world, rng)
        starts[kind](scene)
        yield noisy(scene.out.document(kind), rng)
