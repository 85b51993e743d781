"""Neither the command line nor a worker process has any use for pandas."""

from __future__ import annotations

import sys
from importlib.abc import MetaPathFinder


class _Missing(MetaPathFinder):
    """Finds no pandas, wherever it is."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:  # noqa: ARG002
        if fullname == "pandas":
            raise ModuleNotFoundError(name=fullname)


def without_pandas() -> None:
    """Keep pyarrow from importing pandas with its first array, which takes a third of a second and
    40 MB where it is installed. pyarrow asks once whether it is there, and again where a frame is
    wanted; so that still works, and so does everybody else's import."""
    import pyarrow as pa

    finder = _Missing()
    sys.meta_path.insert(0, finder)
    try:
        pa.array([None])
    finally:
        sys.meta_path.remove(finder)
