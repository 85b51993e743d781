"""``df.scrubber.apply(rules)`` on Polars and pandas frames, once this module is imported.

    import scrubber.accessors

Registers with each of the two that is installed, and imports it for that.
"""

from __future__ import annotations

from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import scrubber
from scrubber.storage import put_whole

if TYPE_CHECKING:
    from scrubber.api import RulesLike
    from scrubber.transform.keys import RootKey

F = TypeVar("F")


class FrameAccessor(Generic[F]):
    """The ``scrubber`` namespace of a frame."""

    def __init__(self, frame: F) -> None:
        self._frame = frame

    def apply(
        self,
        rules: RulesLike,
        *,
        key: RootKey | bytes | str | None = None,
        manifest: str | PathLike[str] | None = None,
    ) -> F:
        """The frame, scrubbed by `rules`; the manifest is written to the file `manifest` if given.

        The same as :func:`scrubber.scrub`, which gives frame and manifest together; same errors. A
        LazyFrame is collected. FileExistsError where there is a file already.
        """
        result = scrubber.scrub(self._frame, rules, key=key)
        if manifest is not None:
            put_whole(Path(manifest), result.manifest.to_bytes())
        return result.data


def _register() -> None:
    kind: Any = FrameAccessor
    if find_spec("polars") is not None:
        import polars as pl

        pl.api.register_dataframe_namespace("scrubber")(kind)
        pl.api.register_lazyframe_namespace("scrubber")(kind)
    if find_spec("pandas") is not None:
        import pandas as pd

        pd.api.extensions.register_dataframe_accessor("scrubber")(kind)


_register()
