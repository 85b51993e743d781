"""``df.scrubber.apply(rules)`` for Polars and pandas frames, once this module is imported.

    import scrubber.accessors

Importing it also imports Polars and pandas, if installed, to register the accessor.
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
        """Scrub the frame by `rules`, and write the manifest to the file `manifest`, if given.

        The result is a frame of the same kind; a LazyFrame is collected. Use :func:`scrubber.scrub`
        to get frame and manifest together.

        Raises: FileExistsError for an existing `manifest` file; the errors of
        :func:`scrubber.scrub`.
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
