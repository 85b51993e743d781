"""Estimates from an output with random noise."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import numpy as np

from scrubber.api.arguments import AnyPath
from scrubber.api.records import records_of
from scrubber.assess.estimates import Estimated, true_mean, true_shares
from scrubber.errors import InputError, Place
from scrubber.manifest import read_manifest
from scrubber.transform.laplace import Laplace
from scrubber.transform.randomized_response import RandomizedResponse

_NOISY = (RandomizedResponse.name, Laplace.name)


def estimate(out: AnyPath, field: str) -> Estimated:
    """The true shares or mean of a field with noise, estimated from the output folder `out`.

    A field with ``randomized_response`` has the share of each answer, one with ``laplace`` its
    mean, with 95 % intervals. The parameters come from the manifest. Records without a value are
    left out.

    Raises: InputError ``unknown-field``, ``no-noise`` where the manifest states no noise for the
    field, ``too-few-records``; ManifestError for an unreadable manifest.
    """
    place = Place(field=field)
    rows = [row for row in read_manifest(out).data["fields"] if row["name"] == field]
    if not rows:
        raise InputError("unknown-field", "no field of the output has this name", place=place)
    action = rows[0]["action"]
    if action not in _NOISY or len({str(row["parameters"]) for row in rows}) > 1:
        text = "the manifest states no noise of one kind for this field"
        raise InputError("no-noise", text, place=place)
    values = [value for value in records_of(str(out), [field]).columns[field] if value is not None]
    if len(values) < 2:
        raise InputError("too-few-records", "an estimate needs two records or more", place=place)
    if action == Laplace.name:
        mean = true_mean(np.array([float(Decimal(value)) for value in values]))
        return Estimated(field, action, len(values), {}, mean)
    given = {row["name"]: row["value"] for row in rows[0]["parameters"]}
    p, epsilon = (float(given[name]) if name in given else None for name in ("p", "epsilon"))
    asked = RandomizedResponse(tuple(given["values"].split(", ")), epsilon, p)
    return Estimated(field, action, len(values), true_shares(Counter(values), asked))
