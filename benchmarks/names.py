"""Speed of the built-in names model beside a spaCy pipeline built like en_core_web_sm, in one run.

    make bench            or: python -m benchmarks.names [FOLDER] [--sets GLOB,...] [--size KB]

FOLDER holds labelled JSONL sets, whose texts are read; without one, rows of the other benchmarks
are, with invented names in them. The spaCy pipeline has the components and sizes of en_core_web_sm
3.8 (tok2vec, tagger, parser, attribute ruler, ner with a tok2vec of its own) but was never trained:
how long it takes does not depend on that, what it finds does. One thread, rates by processor time;
the texts are cut into parts, and on each part all systems take turns, so that a busy machine slows
all of them. Prints markdown.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("BLIS_NUM_THREADS", "1")

import argparse
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import spacy
from spacy.training import Example

from benchmarks.corpus import rows
from benchmarks.evaluation.sets import read_folder
from scrubber.detect.ner.builtin import builtin
from scrubber.detect.ner.prescreen import Gate

PARTS = 6

_TOK2VEC = {
    "@architectures": "spacy.Tok2Vec.v2",
    "embed": {
        "@architectures": "spacy.MultiHashEmbed.v2",
        "width": 96,
        "attrs": ["NORM", "PREFIX", "SUFFIX", "SHAPE", "SPACY", "IS_SPACE"],
        "rows": [5000, 1000, 2500, 2500, 50, 50],
        "include_static_vectors": False,
    },
    "encode": {
        "@architectures": "spacy.MaxoutWindowEncoder.v2",
        "width": 96,
        "depth": 4,
        "window_size": 1,
        "maxout_pieces": 3,
    },
}
_LISTENER = {"@architectures": "spacy.Tok2VecListener.v1", "width": 96}


def _transitions(kind: str, tok2vec: dict[str, Any], *, extra: bool) -> dict[str, Any]:
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": kind,
        "extra_state_tokens": extra,
        "hidden_width": 64,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": tok2vec,
    }


def small_pipeline() -> Any:
    """A blank English pipeline with the components and sizes of en_core_web_sm, initialised with
    50 tags, 45 dependencies and 18 kinds of entity."""
    nlp = spacy.blank("en")
    nlp.add_pipe("tok2vec", config={"model": _TOK2VEC})
    nlp.add_pipe(
        "tagger", config={"model": {"@architectures": "spacy.Tagger.v2", "tok2vec": _LISTENER}}
    )
    nlp.add_pipe("parser", config={"model": _transitions("parser", _LISTENER, extra=False)})
    ruler = nlp.add_pipe("attribute_ruler")
    nlp.add_pipe("ner", config={"model": _transitions("ner", _TOK2VEC, extra=True)})
    nlp.initialize(lambda: _examples(nlp))
    for i in range(50):
        ruler.add([[{"TAG": f"T{i}"}]], {"POS": "X"})
    return nlp


def _examples(nlp: Any) -> list[Example]:
    made = []
    for i in range(50):
        doc = nlp.make_doc("one two three four")
        heads, deps = [1, 1, 1, 2], [f"dep{i % 45}", "ROOT", "obj", f"dep{(i + 7) % 45}"]
        tags = [f"T{i}", "VB", "NN", "DT"]
        entities = [f"U-KIND{i % 18}", "O", "O", "O"]
        facts = {"words": [t.text for t in doc], "tags": tags, "heads": heads, "deps": deps}
        made.append(Example.from_dict(doc, {**facts, "entities": entities}))
    return made


@dataclass
class Timed:
    """What is measured: `run` over texts, and the seconds that it took so far."""

    name: str
    run: Callable[[Sequence[str]], object]
    seconds: float = 0.0


def systems() -> list[Timed]:
    """The built-in model on all texts and behind its gate; the spaCy pipeline whole and in part."""
    names, gate = builtin(), Gate()
    whole = small_pipeline()

    def gated(texts: Sequence[str]) -> object:
        return names.find([text for text in texts if gate.may_hold_name(text)])

    def ner_alone(texts: Sequence[str]) -> object:
        with whole.select_pipes(enable=["ner"]):
            return _drained(whole.pipe(texts))

    return [
        Timed("built-in model", names.find),
        Timed("built-in model behind its gate", gated),
        Timed("spaCy, as en_core_web_sm", lambda texts: _drained(whole.pipe(texts))),
        Timed("spaCy, its ner alone", ner_alone),
    ]


def _drained(documents: Iterable[Any]) -> int:
    return sum(len(document.ents) for document in documents)


def measure(texts: Sequence[str], made: Sequence[Timed]) -> None:
    """Let each system look at every text once, in turns, after a warm-up on some of them."""
    for one in made:
        one.run(texts[: max(1, len(texts) // 50)])
    for part in range(PARTS):
        own = texts[part::PARTS]
        for one in made:
            start = time.process_time()
            one.run(own)
            one.seconds += time.process_time() - start


def invented_prose(kilobytes: int) -> list[str]:
    """Rows without personal data, in which names of made-up syllables take the place of some
    words."""
    random_ = Random(7)
    texts: list[str] = []
    size = 0
    for row in rows(kilobytes * 5, 0.0):
        words = row.split(" ")
        for _ in range(random_.randint(0, 3)):
            words[random_.randrange(len(words))] = _invented(random_)
        texts.append(" ".join(words))
        size += len(texts[-1])
        if size >= kilobytes * 1000:
            break
    return texts


def _invented(random_: Random) -> str:
    syllables = (
        random_.choice("bdfgklmnprstvz")
        + random_.choice("aeiou")
        + random_.choice("lnrst ").strip()
        for _ in range(random_.randint(2, 3))
    )
    return "".join(syllables).capitalize()


def _read(folder: Path | None, sets: str, kilobytes: int) -> tuple[list[str], str]:
    if folder is None:
        return invented_prose(kilobytes), "rows with invented names"
    found, _ = read_folder(folder, sets)
    texts = [d.text for one in found for d in one.documents]
    Random(7).shuffle(texts)
    return list(_up_to(texts, kilobytes * 1000)), ", ".join(one.stem for one in found)


def _up_to(texts: Iterable[str], size: int) -> Iterator[str]:
    for text in texts:
        if size <= 0:
            return
        size -= len(text)
        yield text


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.names", description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--sets", default="*")
    parser.add_argument("--size", type=int, default=600, help="about so many kilobytes of text")
    options = parser.parse_args()
    texts, what = _read(options.folder, options.sets, options.size)
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    made = systems()
    measure(texts, made)
    base = next(one for one in made if "en_core_web_sm" in one.name).seconds
    print(f"{len(texts)} texts, {size / 1e6:.2f} MB: {what}\n")
    print("| system | kB/s | times the spaCy pipeline |\n|---|---|---|")
    for one in made:
        print(f"| {one.name} | {size / 1e3 / one.seconds:.0f} | {base / one.seconds:.2f} |")


if __name__ == "__main__":
    main()
