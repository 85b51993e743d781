"""Presidio's operators and ours: its names and parameters read, our transforms as its Operators.

The only importer of presidio_anonymizer, and only when :func:`operators` is called.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any, NoReturn

import pyarrow as pa

from scrubber.errors import KeyFault, TransformError
from scrubber.transform import TRANSFORMS
from scrubber.transform.base import Context, FromFile, Transform, makes_text, transformed
from scrubber.transform.keys import RootKey

if TYPE_CHECKING:
    from presidio_anonymizer.operators import Operator

__all__ = ["operators", "translate"]

Refuse = Callable[[str], NoReturn]

_HASHES = ("sha256", "sha512")
_REFUSED = {
    "custom": "custom runs a Python function, which a rule file cannot hold",
    "decrypt": "decrypt brings values back; that is what `scrubber reveal` is for",
    "deanonymize_keep": "deanonymize_keep belongs to Presidio's DeanonymizeEngine",
    "surrogate_ahds": "surrogate_ahds calls a network service; use surrogate",
}
# The parameters of a Presidio call that are not the transform's: Presidio adds the first itself.
_CALL = frozenset({"entity_type", "document", "subject"})


def translate(name: str, params: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """A Presidio operator as the name and parameters of one of ours.

    What is not Presidio's (our own names and parameters, misspelt ones too) comes back unchanged,
    for the caller to judge. ``redact``, and ``replace`` without `new_value`, write ``{LABEL}``
    where Presidio writes nothing, or ``<LABEL>``. ``hash`` becomes a keyed token.

    Raises: ValueError, with a text for the author, for what a rule file must not hold: a salt, a
    key, a Python function; and for one parameter given under both names.

    >>> translate("mask", {"chars_to_mask": 4, "from_end": True, "masking_char": "#"})
    ('mask', {'chars_to_mask': 4, 'from_end': True, 'char': '#'})
    """
    given = dict(params)
    for field in fields(TRANSFORMS[name]) if name in TRANSFORMS else ():  # type: ignore[arg-type]
        if "presidio" in field.metadata:
            _rename(given, field.metadata["presidio"], field.name.rstrip("_"))
    match name:
        case "replace" if not given:
            return "redact", {}
        case "hash":
            return "token", _hash(given)
        case "encrypt" if "key" in given:
            raise ValueError("a key does not belong in a rule file: name it under key:")
        case _ if name in _REFUSED:
            raise ValueError(_REFUSED[name])
    return name, given


def _rename(params: dict[str, Any], theirs: str, ours: str) -> None:
    if theirs in params:
        if ours in params:
            raise ValueError(f"{theirs} and {ours} are the same parameter: give one")
        params[ours] = params.pop(theirs)


def _hash(params: dict[str, Any]) -> dict[str, Any]:
    if "salt" in params:
        raise ValueError("a salt is a secret and does not belong in a rule file: name a key:")
    if "hash_type" not in params:
        return params
    hash_type = params.pop("hash_type")
    if hash_type not in _HASHES:
        raise ValueError("hash_type must be sha256 or sha512; the token is AES-256-CMAC either way")
    return params


def operators(key: RootKey | bytes | str | None = None) -> list[type[Operator]]:
    """Our transforms as classes of Presidio Operators, named ``scrubber_`` and the transform.

    Give each to ``AnonymizerEngine.add_anonymizer``; then an ``OperatorConfig`` such as
    ``("scrubber_token", {"domain": "customer"})`` takes the transform's parameters. A config may
    also name the `document` and the `subject` (texts) that the value stands in and belongs to.
    `key` is the root key: 32 bytes, or their hex or base64 text. Left out are ``hierarchy`` and
    ``map``, whose file the compiler of a rule file reads, ``clip``, which leaves most
    values, and ``empty``, which leaves no text.

    The operators raise Presidio's InvalidParamError for bad parameters, KeyFault ``key-missing``
    where a key is needed, and TransformError ``transform-failed`` for a value that cannot be
    handled. Errors here: KeyFault for a bad key.
    """
    root = _root(key)
    return [
        _operator(kind, root)
        for kind in TRANSFORMS.values()
        if not issubclass(kind, FromFile) and makes_text(kind)
    ]


def _root(key: RootKey | bytes | str | None) -> RootKey | None:
    if isinstance(key, str):
        return RootKey.parse(key)
    return RootKey(key) if isinstance(key, bytes) else key


def _operator(kind: type[Transform], key: RootKey | None) -> type[Operator]:
    from presidio_anonymizer.entities import InvalidParamError
    from presidio_anonymizer.operators import Operator, OperatorType

    def refuse(text: str) -> NoReturn:
        raise InvalidParamError(text) from None

    class ScrubberOperator(Operator):  # type: ignore[misc]  # presidio_anonymizer is untyped
        def operate(self, text: str = "", params: Mapping[str, Any] | None = None) -> str:
            given = dict(params or {})
            return _applied(_built(kind, given, refuse), text, given, key)

        def validate(self, params: Mapping[str, Any] | None = None) -> None:
            transform = _built(kind, dict(params or {}), refuse)
            if transform.traits.needs_key and key is None:
                raise KeyFault("key-missing", f"{kind.name} needs a key", hint="operators(key=...)")

        def operator_name(self) -> str:
            return f"scrubber_{kind.name}"

        def operator_type(self) -> OperatorType:
            return OperatorType.Anonymize

    ScrubberOperator.__name__ = ScrubberOperator.__qualname__ = f"Scrubber{kind.__name__}"
    return ScrubberOperator


def _built(kind: type[Transform], params: dict[str, Any], refuse: Refuse) -> Transform:
    """The transform of these parameters, or `refuse` with a text that holds none of them."""
    known = {
        f.name.rstrip("_"): f.name
        for f in fields(kind)  # type: ignore[arg-type]  # every Transform is a dataclass
        if not f.metadata.get("internal")
    }
    own = {name: value for name, value in params.items() if name not in _CALL - known.keys()}
    if unknown := sorted(own.keys() - known.keys()):
        refuse(f"scrubber_{kind.name} has no parameter {', '.join(unknown)}")
    values = {
        known[name]: tuple(value) if isinstance(value, list) else value
        for name, value in own.items()
    }
    try:
        return kind(**values)
    except ValueError as error:  # ours, written for the author of the parameters
        refuse(f"scrubber_{kind.name}: {error}")
    except (TypeError, AttributeError):
        refuse(f"scrubber_{kind.name}: a parameter is missing or of the wrong type")


def _applied(
    transform: Transform, text: str, params: Mapping[str, Any], key: RootKey | None
) -> str:
    label = params.get("entity_type")
    document, subject = params.get("document"), params.get("subject")
    try:
        array = pa.array([text], pa.large_string())
        context = Context(
            field=str(label or ""),
            key=key,
            label=label,
            document=None if document is None else pa.array([str(document).encode()]),
            subject=None if subject is None else pa.array([str(subject)]),
            record=pa.array([secrets.token_bytes(16)]),  # no two calls are about one record
        )
    except UnicodeError:
        raise TransformError("transform-failed", "a text holds half a surrogate pair") from None
    outcome = transformed(transform, array, context)
    result = outcome.array[0].as_py()
    if not isinstance(result, str):
        why = outcome.why or "a value could not be transformed"
        raise TransformError("transform-failed", f"{transform.name}: {why}")
    return result
