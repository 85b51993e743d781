"""The built-in names model as a spaCy pipeline: ``spacy.load(scrubber.detect.ner.builtin.FOLDER)``.

spaCy finds the factories here through the package's entry points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import regex
import spacy
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import minibatch

from scrubber.detect.ner.builtin import WEIGHTS, Name, Names
from scrubber.detect.ner.decode import LABELS
from scrubber.detect.ner.tokens import Tokens

_BETWEEN = regex.compile(r"\s+")


class NamesTokenizer:
    """Cuts a text into the tokens of the model, and the white space between them."""

    def __init__(self, vocab: Any) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        at = 0
        tokens = Tokens.of(text)
        for word, start in zip(tokens.words, tokens.starts, strict=True):
            _between(words, spaces, text[at:start])
            words.append(word)
            spaces.append(False)
            at = start + len(word)
        _between(words, spaces, text[at:])
        return Doc(self.vocab, words=words, spaces=spaces)

    def to_disk(self, path: Path, **_: Any) -> None:
        """Nothing to write: it has no settings."""

    def from_disk(self, path: Path, **_: Any) -> NamesTokenizer:  # noqa: ARG002
        return self

    def to_bytes(self, **_: Any) -> bytes:
        return b""

    def from_bytes(self, data: bytes, **_: Any) -> NamesTokenizer:  # noqa: ARG002
        return self


class NamesComponent:
    """Sets the entities of documents to what the model finds in their texts."""

    def __init__(self, weights: Path | None = None) -> None:
        self._weights = weights
        self._names = Names(weights) if weights else None

    labels = LABELS

    def __call__(self, doc: Doc) -> Doc:
        return next(iter(self.pipe([doc])))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        if self._names is None:
            raise ValueError("the names model has no weights: load it from disk first")
        for docs in minibatch(stream, size=batch_size):
            found = self._names.find([doc.text for doc in docs])
            for doc, names in zip(docs, found, strict=True):
                doc.set_ents([_span(doc, name) for name in names])
                yield doc

    def to_disk(self, path: Path, **_: Any) -> None:
        if self._weights is not None:
            Path(path).mkdir(parents=True, exist_ok=True)
            (Path(path) / WEIGHTS).write_bytes(self._weights.read_bytes())

    def from_disk(self, path: Path, **_: Any) -> NamesComponent:
        self.__init__(Path(path) / WEIGHTS)  # type: ignore[misc]
        return self


@spacy.registry.tokenizers("scrubber.names_tokenizer.v1")  # type: ignore[untyped-decorator]
def create_tokenizer() -> Callable[[Language], NamesTokenizer]:
    return lambda nlp: NamesTokenizer(nlp.vocab)


@Language.factory("scrubber_names", assigns=["doc.ents"])  # type: ignore[untyped-decorator]
def create_component(nlp: Language, name: str) -> NamesComponent:  # noqa: ARG001
    return NamesComponent()


def pipeline(weights: Path) -> Language:
    """A pipeline with the model of `weights`, to be written with ``to_disk``."""
    config = {"nlp": {"tokenizer": {"@tokenizers": "scrubber.names_tokenizer.v1"}}}
    nlp = spacy.blank("xx", config=config)
    nlp.add_pipe("scrubber_names", name="names")
    nlp.get_pipe("names").__init__(weights)
    return nlp


def _between(words: list[str], spaces: list[bool], gap: str) -> None:
    """The white space before the next token: one blank belongs to the token before it."""
    if gap.startswith(" ") and spaces:
        spaces[-1] = True
        gap = gap[1:]
    for match in _BETWEEN.finditer(gap):
        words.append(match.group())
        spaces.append(False)


def _span(doc: Doc, name: Name) -> Any:
    return doc.char_span(name.start, name.end, label=name.label, alignment_mode="expand")
