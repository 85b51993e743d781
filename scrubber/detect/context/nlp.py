"""The artifacts of an NLP engine for a text: entities, and the words around a finding.

Long texts are read in overlapping windows, so that memory stays bounded and no length is refused.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scrubber.detect.context.tokens import Cutter
from scrubber.errors import DetectionError

# LemmaContextAwareEnhancer's defaults: five words before the finding, none after it.
_WORDS_BEFORE = 5
_WORDS_AFTER = 0


@dataclass(frozen=True, slots=True)
class Words:
    """The tokens of a window, for context words.

    `ends[i]` is where token i ends (code points of the text), `lemmas[i]` its lemma in lower case,
    and `keywords` those lemmas that are neither stop words nor punctuation.
    """

    ends: tuple[int, ...]
    lemmas: tuple[str, ...]
    keywords: frozenset[str]

    @classmethod
    def of(cls, artifacts: Any, offset: int) -> Words:
        """From Presidio's NlpArtifacts for a window that begins at `offset`."""
        ends = tuple(
            offset + index + len(token)
            for index, token in zip(artifacts.tokens_indices, artifacts.tokens, strict=True)
        )
        lemmas = tuple(lemma.lower() for lemma in artifacts.lemmas)
        return cls(ends, lemmas, frozenset(artifacts.keywords))

    def around(self, start: int) -> frozenset[str]:
        """The keywords around a finding that begins at `start`, its own token included.

        This is Presidio's LemmaContextAwareEnhancer with its default numbers of words: six
        keywords from the finding's token backwards, one from it forwards.
        """
        token = bisect_right(self.ends, start)
        before = self._keywords(range(min(token, len(self.lemmas) - 1), -1, -1), _WORDS_BEFORE + 1)
        after = self._keywords(range(token, len(self.lemmas)), _WORDS_AFTER + 1)
        return frozenset((*before, *after))

    def _keywords(self, indices: range, limit: int) -> list[str]:
        found: list[str] = []
        for index in indices:
            if self.lemmas[index] in self.keywords:
                found.append(self.lemmas[index])
                if len(found) == limit:
                    break
        return found


@dataclass(frozen=True)
class Reader:
    """Presidio's NLP engine for one language; `cutter` where it does no more than cut words."""

    engine: Any
    language: str
    cutter: Cutter | None = None

    def read(self, texts: Sequence[str]) -> list[Any]:
        """Presidio's NlpArtifacts for each text; DetectionError ``detector-failed`` otherwise."""
        if not texts:
            return []
        try:
            batch = self.engine.process_batch(list(texts), self.language, batch_size=32)
            artifacts = [item[1] for item in batch]
        except MemoryError:  # says nothing of the text
            raise
        except Exception:  # noqa: BLE001  a model may raise anything; its text may quote the data
            raise self._failed() from None
        if len(artifacts) != len(texts):
            raise self._failed()
        return artifacts

    def _failed(self) -> DetectionError:
        return DetectionError(
            "detector-failed", f"the NLP pipeline for language {self.language} failed on a text"
        )
