"""scrubber show, scrubber verify"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from scrubber.cli.console import as_json, emit, stdout
from scrubber.cli.render import show_screen
from scrubber.errors import TamperedError


def show_command(output: Path) -> int:
    """Tell the manifest on one screen."""
    from scrubber.manifest import read_manifest
    from scrubber.manifest.view import screen

    manifest = read_manifest(output)
    if as_json():
        return emit(manifest.to_json())
    show_screen(screen(manifest))
    return 0


def verify_command(output: Path) -> int:
    """Run the checks; exit code 4 unless all of them pass."""
    from scrubber.manifest.verify import verify

    checks = verify(output)
    code = 0 if all(check.passed for check in checks) else TamperedError.exit_code
    if as_json():
        return emit([asdict(check) for check in checks], code)
    for check in checks:
        if check.passed:
            stdout().print(f"pass  {check.id}", style="green", soft_wrap=True)
        else:
            stdout().print(f"FAIL  {check.id}", style="bold red", soft_wrap=True)
            stdout().print(f"      expected {check.expected}", soft_wrap=True)
            stdout().print(f"      actual   {check.actual}", soft_wrap=True)
    verdict = "verified" if code == 0 else "NOT what the manifest says"
    stdout().print(verdict, style="bold")
    return code
