"""spaCy's pipelines: a blank one that only cuts words, or an installed model. Never a download.

spaCy itself takes half a second to import, so that is done when a pipeline is first asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from scrubber.detect.context.tokens import Cutter
from scrubber.errors import NotAvailable, printable


def blank(languages: Sequence[str]) -> dict[str, Any]:
    """A pipeline without any model per language: it yields tokens, no entities.

    A language that spaCy does not know gets its language-neutral rules (``xx``).
    """
    import spacy

    pipelines = {}
    for language in languages:
        try:
            pipeline = spacy.blank(language)
        except ImportError:
            pipeline = spacy.blank("xx")
        pipelines[language] = _unlimited(pipeline)
    return pipelines


def load(model: str, languages: Sequence[str]) -> dict[str, Any]:
    """The installed package or folder `model`, used for every one of `languages`.

    Raises NotAvailable: ``spacy-model-missing`` where there is no such package or folder,
    ``spacy-model-broken`` where spaCy cannot load it.
    """
    if not installed(model):
        raise missing(model)
    import spacy

    try:
        pipeline = _unlimited(spacy.load(model))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  spaCy raises what it likes
        raise NotAvailable(
            "spacy-model-broken",
            f"spaCy cannot load the model {printable(model)}",
            hint="was it made by this version of spaCy? try `python -m spacy validate`",
        ) from None
    return dict.fromkeys(languages, pipeline)


def installed(model: str) -> bool:
    """True if `model` is an installed package or an existing folder."""
    import spacy

    return bool(spacy.util.is_package(model)) or Path(model).is_dir()


def missing(model: str) -> NotAvailable:
    """The error for a model that is not installed."""
    name = printable(model)
    hint = (
        "no such folder"
        if "/" in model or "\\" in model
        else f"install it first, e.g. `pip install {name}`; scrubber downloads nothing by itself"
    )
    return NotAvailable("spacy-model-missing", f"there is no spaCy model {name}", hint=hint)


def identity(pipeline: Any) -> tuple[str, str]:
    """(name, version) of a pipeline: the model's own, or spaCy's for a blank one."""
    import spacy

    if not pipeline.pipe_names:
        return f"spacy.blank:{pipeline.lang}", str(spacy.__version__)
    meta: Mapping[str, Any] = pipeline.meta
    name = f"{meta.get('lang', '')}_{meta.get('name', '')}"
    return f"spacy:{name}", str(meta.get("version", ""))


@contextmanager
def zone(pipelines: Iterable[Any]) -> Iterator[None]:
    """Within the block, words that the pipelines learn are forgotten at its end.

    Without it spaCy keeps every distinct word that it ever saw, so that memory grows with the data.
    Documents must not be used after the block.
    """
    by_vocabulary = {id(p.vocab): p for p in pipelines if p is not None}
    with ExitStack() as stack:
        for pipeline in by_vocabulary.values():
            stack.enter_context(pipeline.memory_zone())
        yield


def cutter(pipeline: Any) -> Cutter | None:
    """The tokenizer of single words of `pipeline`; None where it does more, or cuts otherwise."""
    from spacy.tokenizer import Tokenizer

    tokenizer: Any = getattr(pipeline, "tokenizer", None)
    known: Any = Tokenizer
    if type(tokenizer) is not known or pipeline.pipe_names:
        return None
    plain = known(
        pipeline.vocab,
        prefix_search=tokenizer.prefix_search,
        suffix_search=tokenizer.suffix_search,
        infix_finditer=tokenizer.infix_finditer,
        token_match=tokenizer.token_match,
        url_match=tokenizer.url_match,
        faster_heuristics=tokenizer.faster_heuristics,
    )
    return Cutter(
        cut=lambda text: [token.text for token in tokenizer(text)],
        plain=lambda text: [token.text for token in plain(text)],
        exceptions=tokenizer.rules,
        is_filler=lambda word: pipeline.vocab[word].is_stop or pipeline.vocab[word].is_punct,
        stop_words=pipeline.Defaults.stop_words,
    )


def _unlimited(pipeline: Any) -> Any:
    # spaCy refuses texts over 1,000,000 characters to bound memory; windows (reading.py) do that.
    pipeline.max_length = sys.maxsize
    return pipeline
