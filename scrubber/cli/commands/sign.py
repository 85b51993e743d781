"""scrubber sign"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import (
    DEFAULT_SIGNING_KEY,
    DocumentArgument,
    Json,
    SigningKeyOption,
    Trusted,
)
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Signed


def sign(
    document: DocumentArgument,
    key: SigningKeyOption = DEFAULT_SIGNING_KEY,
    trust: Trusted = None,
    as_json: Json = False,
) -> int:
    """Sign a plan, or a manifest with the hashes of its outputs.

    The signature is an in-toto Statement v1 in a DSSE envelope (Ed25519), in a file beside the
    document: manifest.intoto.jsonl for a manifest. The document must verify first. Keys are given
    by reference, never by value. With --trust, the key must be allowed to sign.

    Example: scrubber sign scrubbed --key file:signing.pem
    """
    begin("sign", as_json=as_json)
    from scrubber.api import sign as signed

    return answer(signed(document, key, trust=trust), _show)


def _show(signed: Signed) -> None:
    said = f"signed by {signed.signer}: {printable(signed.path)}"
    stdout().print(said, style="green", soft_wrap=True)
