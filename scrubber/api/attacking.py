"""The attacks on an output: linkage, inference and membership, each with a control."""

from __future__ import annotations

from collections.abc import Sequence

from scrubber.api.arguments import AnyPath, PathsLike
from scrubber.api.records import Pairs, pairs_of, records_of
from scrubber.assess.inference import Inference, inference
from scrubber.assess.linkage import Linkage, linkage
from scrubber.assess.membership import Membership, membership
from scrubber.errors import InputError, Place

SEED = 0


def attack_linkage(
    source: PathsLike,
    out: AnyPath,
    known: str | Sequence[str],
    *,
    absent: PathsLike | None = None,
    seed: int = SEED,
) -> Linkage:
    """Find persons in the output `out` of `source` by the fields `known`, as an outsider would.

    `out` is the output folder of a run, or other files with the records of `source` in their
    order. The attacker knows the rules, but no key. Of up to 2,000 persons, the share found is
    given beside that of a guess. `absent` are files of persons who are in no output, as a control.
    Shares are in 0..1. The figures are exact, so treat them like the data.

    Raises: InputError for unreadable sources, ``no-paths``, ``known-missing``, ``unknown-field``,
    ``nothing-in-common``, ``records-unaligned``; the errors of :func:`scrubber.read_manifest`.
    """
    fields = _known(known)
    pairs = pairs_of(source, out, fields)
    others = records_of(absent, fields) if absent is not None else None
    return linkage(
        pairs.source, pairs.out, pairs.origin, pairs.makings, fields, absent=others, seed=seed
    )


def attack_inference(
    source: PathsLike,
    out: AnyPath,
    secret: str,
    known: str | Sequence[str],
    *,
    seed: int = SEED,
) -> Inference:
    """Guess the field `secret` of persons in `source` by the fields `known`, from the output `out`.

    The attacker uses one half of the output. The persons of the other half are the control: what
    is guessed as well about them holds for the whole population.

    Raises: as :func:`attack_linkage`, and InputError ``too-few-records``; NotAvailable
    ``extra-missing``.
    """
    fields = _known(known)
    if secret in fields:
        raise InputError("secret-known", "the secret is among the known fields")
    pairs = pairs_of(source, out, (*fields, secret))
    _need(pairs, [secret], out)
    used = [name for name in fields if name in pairs.out.columns]
    if not used:
        text = "the output has none of the fields that the attacker knows"
        raise InputError("nothing-in-common", text, place=Place(file=str(out)))
    return inference(pairs.source, pairs.out, pairs.origin, pairs.makings, secret, used, seed=seed)


def attack_membership(
    out: PathsLike,
    target: str,
    *,
    source: PathsLike | None = None,
    holdout: PathsLike | None = None,
    seed: int = SEED,
) -> Membership:
    """Find the records that models were trained on, which predict `target` from the other fields.

    Models are trained on half of `out`, and the other half are no members. With `holdout`, records
    in the same form that are not in `out`, they are trained on all of it. With `source`, models of
    the raw records are attacked as well, for comparison.

    Raises: InputError for unreadable sources, ``no-paths``, ``unknown-field``,
    ``too-few-records``, ``target-constant``, ``no-fields``, ``holdout-overlaps``; NotAvailable
    ``extra-missing``.
    """
    table = records_of(out, [target])
    others = records_of(holdout, [target]) if holdout is not None else None
    found = membership("scrubbed", table, target, holdout=others, seed=seed)
    if source is not None:
        found += membership("raw", records_of(source, [target]), target, seed=seed)
    return Membership(target, tuple(found))


def _known(known: str | Sequence[str]) -> list[str]:
    fields = [known] if isinstance(known, str) else list(dict.fromkeys(known))
    if not fields:
        text = "no field that the attacker knows is given"
        raise InputError("known-missing", text, hint="--known age,zip")
    return fields


def _need(pairs: Pairs, names: Sequence[str], out: AnyPath) -> None:
    for name in names:
        if name not in pairs.out.columns:
            place = Place(file=str(out), field=name)
            raise InputError("nothing-in-common", "the output lacks this field", place=place)
