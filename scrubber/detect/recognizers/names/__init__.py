"""Names of people and towns that evidence in their own script shows, without a model."""

from __future__ import annotations

from scrubber.detect.recognizers.names.scripts import NAMES_BY_SCRIPT
from scrubber.detect.recognizers.names.titles import TITLED_NAMES
from scrubber.detect.recognizers.names.towns import RESIDENCES, TOWNS

NAMES = (TITLED_NAMES, NAMES_BY_SCRIPT, TOWNS, RESIDENCES)
