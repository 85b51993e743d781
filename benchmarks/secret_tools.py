"""Other tools' secrets in a folder of files: FOLDER/NUMBER/NAME, as JSON {NUMBER: [[start, end]]}.

    python -m benchmarks.secret_tools detect-secrets|credsweeper FOLDER

Imports nothing of scrubber, so that it runs in the tools' own environment. Places are code points.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

Spans = list[tuple[int, int]]


def _starts(text: str) -> list[int]:
    return [0, *accumulate(len(line) for line in text.splitlines(keepends=True))]


def detect_secrets(folder: Path) -> dict[str, Spans]:
    """Its default plugins and filters, file by file."""
    from detect_secrets import SecretsCollection
    from detect_secrets.settings import default_settings

    found: dict[str, Spans] = {}
    with default_settings():
        for file in sorted(folder.glob("*/*")):
            secrets = SecretsCollection()
            secrets.scan_file(str(file))
            text = file.read_text(encoding="utf-8")
            lines, starts = text.splitlines(keepends=True), _starts(text)
            spans = found.setdefault(file.parent.name, [])
            for _, secret in secrets:
                line, value = lines[secret.line_number - 1], secret.secret_value or ""
                at = line.find(value)
                if value and at >= 0:
                    start = starts[secret.line_number - 1] + at
                    spans.append((start, start + len(value)))
    return found


def credsweeper(folder: Path) -> dict[str, Spans]:
    """Its command as it comes, the learned filter included."""
    command = str(Path(sys.executable).with_name("credsweeper"))
    found: dict[str, Spans] = {path.name: [] for path in folder.iterdir()}
    with tempfile.TemporaryDirectory() as made:
        out = Path(made) / "out.json"
        run = [command, "--path", str(folder), "--save-json", str(out), "--log", "silence"]
        subprocess.run(run, check=True, capture_output=True)
        for credential in json.loads(out.read_text(encoding="utf-8")):
            for line in credential["line_data_list"]:
                file = Path(line["path"])
                starts = _starts(file.read_text(encoding="utf-8"))
                if line["value_start"] >= 0 and line["line_num"] < len(starts) + 1:
                    at = starts[line["line_num"] - 1]
                    span = (at + line["value_start"], at + line["value_end"])
                    found[file.parent.name].append(span)
    return found


TOOLS = {"detect-secrets": detect_secrets, "credsweeper": credsweeper}


def main(tool: str, folder: str) -> None:
    """Print the tool's version and findings."""
    print(json.dumps({"version": version(tool), "found": TOOLS[tool](Path(folder))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
