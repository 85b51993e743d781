"""Files that commands never replace: manifests, outputs, signatures, plans, rule files and keys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from scrubber.errors import OutputError, Place
from scrubber.manifest.beside import ACCESS
from scrubber.manifest.document import DATA, FILE_NAME
from scrubber.manifest.planned import SCHEMA as PLAN_SCHEMA
from scrubber.manifest.statement import SCHEMA
from scrubber.storage import UnfitFile, read_small

RULES: Final = "a rule file"
PLAN: Final = "a plan"

_MOST = 64 << 20  # bytes; replaceable files are smaller
_RULES = re.compile(rb"^(?:version|fields|include)[ \t]*:", re.MULTILINE)
_TRUST = re.compile(rb"^(?:people|require)[ \t]*:", re.MULTILINE)


def unless_kept(path: Path, own: str = "") -> None:
    """Refuse to replace the file at `path` if it is protected, unless it is of the `own` kind.

    Raises: OutputError ``output-kept``.
    """
    kind = _kind(path)
    if kind not in ("", own):
        text = f"this is {kind}; nothing replaces it"
        raise OutputError("output-kept", text, place=Place(file=str(path)), hint="another file")


def _kind(path: Path) -> str:
    whole = path.parent.resolve() / path.name
    if path.name == FILE_NAME:
        return "a manifest"
    if path.name.endswith(".intoto.jsonl"):
        return "a file of signatures"
    if path.name == ACCESS:
        return "a log of access"
    if any(up.name == DATA and (up.parent / FILE_NAME).is_file() for up in whole.parents):
        return "an output"
    return _by_content(path)


def _by_content(path: Path) -> str:
    try:
        content = read_small(path, _MOST).content
    except UnfitFile as unfit:
        return f"no file that can be looked at ({unfit.reason})"
    if content.startswith(b"{") and SCHEMA.encode() in content:
        return "a manifest"
    if content.startswith(b"{") and PLAN_SCHEMA.encode() in content:
        return PLAN
    if b"PRIVATE KEY-----" in content or _is_key(content):
        return "a key"
    if _TRUST.search(content):
        return "a trust file"
    if path.suffix.lower() in (".yaml", ".yml") or _RULES.search(content):
        return RULES
    return ""


def _is_key(content: bytes) -> bool:
    """True for 32 bytes in hex or base64, as written by keygen."""
    return re.fullmatch(rb"\s*(?:[0-9A-Fa-f]{64}|[A-Za-z0-9+/_-]{43}=?)\s*", content) is not None
