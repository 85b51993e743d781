"""A token classifier at work: texts in, names out, through onnxruntime and tokenizers.

Each window of tokens goes through the model by itself: padding and neighbours change the numbers
of a quantized model, and so would change what is found in a text.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from scrubber.detect.ner.builtin import Name
from scrubber.detect.ner.onnx.folder import Folder, broken
from scrubber.detect.ner.onnx.labels import OUTSIDE, entities_of
from scrubber.errors import NotAvailable, how_to_install

LEAST = 0.35
"""A word whose labels of an entity are less likely than this together is no finding."""

# Tokens of a window, and those that it shares with the one before it. Models see no more of a text
# than they need: attention costs the square of it, and some find less in long inputs.
_WINDOW, _OVERLAP = 128, 32
_INPUTS = frozenset(("input_ids", "attention_mask", "token_type_ids"))
_PROBE = "Probe 1."

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Word:
    """Code points `start` to `end` of a text, and how likely each entity is."""

    start: int
    end: int
    masses: Floats


class Classifier:
    """The model; several threads wait for each other, since its tokenizer is not for them."""

    def __init__(self, folder: Folder, own: Mapping[str, str]) -> None:
        """Raises NotAvailable: ``onnx-not-installed`` without the extra, ``onnx-label-unmapped``,
        ``onnx-label-unknown``, ``onnx-model-broken`` where the files cannot be loaded or do not
        fit together."""
        by_label = entities_of(folder.labels, own)
        self.entities = tuple(sorted(set(by_label) - {OUTSIDE}))
        self._columns = np.array(
            [[entity == wanted for wanted in self.entities] for entity in by_label], np.float64
        ).reshape(len(by_label), len(self.entities))
        self._session, self._tokenizer = _loaded(folder)
        self._inputs = frozenset(i.name for i in self._session.get_inputs())
        self._outputs = len(self._session.get_outputs())
        self._free = threading.Lock()
        self._require_fit(folder)

    def find(self, texts: Sequence[str]) -> list[list[Name]]:
        """The names in each text, in order; they do not overlap. A text's names depend on that
        text alone. ValueError where the model's numbers are none."""
        with self._free:
            known: dict[str, list[Name]] = {}
            for text in texts:
                if text not in known:
                    known[text] = self._names(text)
            return [list(known[text]) for text in texts]

    def _names(self, text: str) -> list[Name]:
        if not text or text.isspace():
            return []
        whole = self._tokenizer.encode(text)
        found: list[Name] = []
        for encoding in (whole, *whole.overflowing):
            found += _joined(text, self._words(text, encoding), self.entities)
        return _united(found)

    def _words(self, text: str, encoding: Any) -> Iterator[_Word]:
        """The words of a window; one takes the largest probabilities of its tokens."""
        masses = self._probabilities(encoding) @ self._columns
        start = end = last = -1
        largest: Floats | None = None
        tokens = zip(
            encoding.offsets, encoding.word_ids, encoding.special_tokens_mask, masses, strict=True
        )
        for (a, b), word, special, mass in tokens:
            while a < b and text[a].isspace():
                a += 1
            while a < b and text[b - 1].isspace():
                b -= 1
            if special or a == b:
                continue
            if largest is not None and word is not None and word == last:
                end, largest = max(end, b), np.maximum(largest, mass)
                continue
            if largest is not None:
                yield _Word(start, end, largest)
            start, end, largest, last = a, b, mass, -1 if word is None else word
        if largest is not None:
            yield _Word(start, end, largest)

    def _probabilities(self, encoding: Any) -> Floats:
        """Of each token, how likely each label is."""
        fed = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        arrays = {name: np.array([fed[name]], np.int64) for name in self._inputs}
        (logits,) = self._session.run(None, arrays)
        if logits.shape != (1, len(encoding.ids), len(self._columns)):
            raise ValueError("the model's output has another shape than its labels")
        scores = np.asarray(logits[0], np.float64)
        if not np.isfinite(scores).all():
            raise ValueError("the model's output is not finite")
        scores -= scores.max(axis=1, keepdims=True)
        p = np.exp(scores)
        return np.asarray(p / p.sum(axis=1, keepdims=True))

    def _require_fit(self, folder: Folder) -> None:
        strange = self._inputs - _INPUTS
        if "input_ids" not in self._inputs or strange or self._outputs != 1:
            raise broken("it is no token classifier: its inputs or outputs are others")
        size = self._tokenizer.get_vocab_size()
        if folder.vocabulary is not None and size > folder.vocabulary:
            raise broken("its tokenizer knows more tokens than the model")
        try:
            self._probabilities(self._tokenizer.encode(_PROBE))
        except MemoryError:
            raise
        except ValueError as error:
            raise broken(str(error)) from None
        except Exception:  # noqa: BLE001  onnxruntime raises what it likes
            raise broken("it fails on a short text") from None


def _loaded(folder: Folder) -> tuple[Any, Any]:
    """The session, on one thread, and the tokenizer, which cuts long texts into windows."""
    try:
        import onnxruntime
        import tokenizers
    except ImportError:
        raise NotAvailable(
            "onnx-not-installed",
            "ner: onnx needs onnxruntime and tokenizers",
            hint=how_to_install("onnx"),
        ) from None
    try:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.use_deterministic_compute = True
        options.log_severity_level = 4  # its warnings may quote what it was given
        session = onnxruntime.InferenceSession(
            str(folder.model), options, providers=["CPUExecutionProvider"]
        )
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  onnxruntime raises what it likes
        raise broken("onnxruntime cannot load it") from None
    try:
        tokenizer = tokenizers.Tokenizer.from_file(str(folder.tokenizer))
        tokenizer.no_padding()
        length = min(_WINDOW, folder.length)
        own = length - tokenizer.num_special_tokens_to_add(is_pair=False)
        tokenizer.enable_truncation(length, stride=min(_OVERLAP, own // 2))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001  tokenizers raises plain Exception
        raise broken("its tokenizer cannot be loaded") from None
    return session, tokenizer


def _joined(text: str, words: Iterator[_Word], entities: Sequence[str]) -> Iterator[Name]:
    """Words of one entity with no more than blanks between them are one name."""
    current: Name | None = None
    for word in words:
        best = int(word.masses.argmax()) if len(entities) else 0
        if not len(entities) or word.masses[best] < LEAST:
            if current is not None:
                yield current
            current = None
            continue
        score = round(float(min(word.masses[best], 1.0)), 2)
        name = Name(word.start, word.end, entities[best], score)
        if current is not None and current.label == name.label:
            between = text[current.end : name.start]
            if "\n" not in between and not between.strip():
                score = max(current.score, name.score)
                current = Name(current.start, max(current.end, name.end), name.label, score)
                continue
        if current is not None:
            yield current
        current = name
    if current is not None:
        yield current


def _united(found: Sequence[Name]) -> list[Name]:
    """The names of all windows: what two saw of one name is one, with the label of the stronger."""
    united: list[Name] = []
    for name in sorted(found, key=lambda n: (n.start, -n.end, n.label)):
        if united and name.start < united[-1].end:
            last = united.pop()
            strongest = max((last, name), key=lambda n: (n.score, n.end - n.start, n.label))
            name = Name(last.start, max(last.end, name.end), strongest.label, strongest.score)
        united.append(name)
    return united


def open_classifier(path: str, own: Mapping[str, str]) -> Classifier:
    """The model in the folder `path`, loaded; raises as :class:`Classifier` and Folder do."""
    return Classifier(Folder.read(Path(path)), own)
