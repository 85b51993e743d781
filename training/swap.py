"""Real people's names in training text are replaced by drawn ones: a model ships no one's data."""

from __future__ import annotations

from random import Random

import regex

from scrubber.detect.ner.features import plain
from training.names import Pool, is_cyrillic
from training.tagging import Labelled

_WORD = regex.compile(r"[\p{L}\p{M}]+")
_HANDLE = regex.compile(r"@ ?(\w+)")

# Words inside marked persons that name no one.
_KEPT = frozenset(
    """mr mrs ms miss mx dr prof professor sir madam mme lord lady judge justice sr sra don dona
    herr frau rev reverend father brother sister mother uncle aunt king queen prince princess count
    president chancellor captain colonel general major lieutenant sergeant officer inspector saint st
    honourable honorable hon shri smt kumari master esq jr ii iii iv phd md de del la las los van von
    der den di da do dos das du le el al bin ibn ben abu and of the y e und og user adv advocate
    borrower lender lenders borrowers guarantor agent bank company executive employee employer tenant
    landlord licensee licensor seller buyer purchaser applicant respondent petitioner s o d w c""".split()
)


def swapped(labelled: Labelled, pool: Pool, rng: Random, home: str = "") -> Labelled:
    """`labelled` with every person's name replaced, the same word by the same word; most names are
    drawn from the locales that begin with `home`, where one is given."""
    drawn: dict[str, str] = {}
    text, out, spans, done = labelled.text, [], [], 0
    size = 0
    for begin, end, label in sorted(labelled.spans):
        if begin < done:
            continue
        out.append(text[done:begin])
        size += begin - done
        part = text[begin:end]
        if label == "PERSON":
            at_handle = part.startswith("@") or text[max(0, begin - 2) : begin].strip() == "@"
            part = _handle(part, rng) if at_handle else _name(part, drawn, pool, rng, home)
        out.append(part)
        spans.append((size, size + len(part), label))
        size += len(part)
        done = end
    out.append(text[done:])
    return Labelled("".join(out), tuple(spans), labelled.complete)


def _name(part: str, drawn: dict[str, str], pool: Pool, rng: Random, home: str) -> str:
    words = [m.group() for m in _WORD.finditer(part) if plain(m.group()) not in _KEPT]

    def other(match: regex.Match[str]) -> str:
        word = match.group()
        low = plain(word)
        if low in _KEPT:
            return word
        if len(word) == 1:
            return (
                drawn.setdefault(low, rng.choice("abcdefghijklmnoprstvw")).upper()
                if word.isupper()
                else word
            )
        if low not in drawn:
            last = len(words) > 1 and word == words[-1]
            alone = len(words) == 1 and low in pool.surnames and low not in pool.given
            given = not (last or alone)
            if is_cyrillic(word):
                drawn[low] = pool.draw_cyrillic(rng, word, given=given)
            else:
                drawn[low] = pool.draw(rng, given=given, home=home)
        return _cased(drawn[low], word)

    return _WORD.sub(other, part)


def _handle(part: str, rng: Random) -> str:
    """A handle: letters and digits are drawn anew, vowels for vowels, so that its form stays."""

    def other(c: str) -> str:
        kinds = ("aeiou", "bcdfghjklmnprstvwyz", "0123456789")
        low = c.lower()
        for kind in kinds:
            if low in kind:
                new = rng.choice(kind) if rng.random() < 0.7 else low
                return new.upper() if c.isupper() else new
        return c

    return "".join(map(other, part))


def _cased(new: str, old: str) -> str:
    if old.isupper():
        return new.upper()
    if old.islower():
        return new.lower()
    return new
