"""The JSON Schema of a rule file, for editors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scrubber.model.entities import ENTITIES
from scrubber.policy.operators import parameters, parameters_model
from scrubber.policy.schema import RuleFile
from scrubber.policy.syntax.packs import pack_names
from scrubber.transform import TRANSFORMS
from scrubber.transform.base import for_findings

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_HASH = {
    "type": "object",
    "description": "Presidio's hash, as a keyed token.",
    "properties": {"hash_type": {"enum": ["sha256", "sha512"]}},
}


def json_schema() -> dict[str, Any]:
    """The schema of a rule file (JSON Schema 2020-12), with every transform and its parameters.

    What it accepts may still be refused by `check`, which knows more than shapes; a typo in a key
    is refused by both.
    """
    schema: dict[str, Any] = without_null(RuleFile.model_json_schema(by_alias=True))
    definitions = schema.setdefault("$defs", {})
    whole = {name for name, kind in TRANSFORMS.items() if not for_findings(kind)}
    operators = {name: _parameters(name) for name in TRANSFORMS} | {"hash": _HASH}
    keep = {"type": "string", "minLength": 1, "description": "Keep it; the text says why."}
    definitions["Transform"] = _choice([*TRANSFORMS, "hash", "drop"], operators)
    definitions["Operator"] = _choice(
        [name for name in (*TRANSFORMS, "hash") if name not in whole],
        {name: shape for name, shape in operators.items() if name not in whole} | {"keep": keep},
    )
    definitions["Key"].update(minProperties=1, maxProperties=1)
    _complete(schema)
    return {
        "$schema": DIALECT,
        "$id": "urn:scrubber:rules:v1",
        "title": "Rule file of scrubber",
        **{key: value for key, value in schema.items() if key != "title"},
    }


def _complete(schema: dict[str, Any]) -> None:
    """Suggest the words that a program can know, beside any other: packs, entities, languages."""
    definitions = schema["$defs"]
    detect, rule = definitions["Detect"]["properties"], definitions["FieldRule"]["properties"]
    known = sorted(ENTITIES)
    for key in ("entities", "consistency"):
        detect[key]["items"] = _suggested(known)
    rule["entities"]["properties"] = {
        name: {"$ref": "#/$defs/Operator"} for name in ("default", *known)
    }
    rule["linked_as"] |= _suggested(known)
    schema["properties"]["include"]["items"] = _suggested(pack_names())
    schema["properties"]["as_of"] |= _suggested(["run"])


def _suggested(words: Iterable[str]) -> dict[str, Any]:
    """Any text; an editor offers `words`."""
    return {"anyOf": [{"enum": sorted(words)}, {"type": "string", "minLength": 1}]}


def _choice(names: list[str], parameters: dict[str, Any]) -> dict[str, Any]:
    """A bare name, or one name with its parameters."""
    return {
        "anyOf": [
            {"enum": sorted(names)},
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "additionalProperties": False,
                "properties": parameters,
            },
        ]
    }


def _parameters(name: str) -> dict[str, Any]:
    shape: dict[str, Any] = without_null(parameters_model(TRANSFORMS[name]).model_json_schema())
    shape.pop("title", None)
    theirs = {
        field.metadata["presidio"]: {"type": "string", "description": f"Presidio's name of {key}."}
        for key, field in parameters(TRANSFORMS[name]).items()
        if "presidio" in field.metadata
    }
    shape["properties"] = shape.get("properties", {}) | theirs
    if theirs:
        # Presidio's name may stand for the required one of ours.
        shape.pop("required", None)
    return shape


def without_null(node: Any) -> Any:
    """Without ``null`` beside other types, null defaults and pydantic's titles: a key that has no
    value is an error."""
    if isinstance(node, list):
        return [without_null(item) for item in node]
    if not isinstance(node, dict):
        return node
    out = {
        key: without_null(value)
        for key, value in node.items()
        if not (key == "title" and isinstance(value, str))
        and not (key == "default" and value is None)
    }
    if "x-ref" in out:  # pydantic knows no definitions but its own
        out["$ref"] = f"#/$defs/{out.pop('x-ref')}"
    options = out.get("anyOf")
    if isinstance(options, list):
        left = [option for option in options if option != {"type": "null"}]
        if len(left) == 1:
            del out["anyOf"]
            out = {**left[0], **out}
        else:
            out["anyOf"] = left
    return out
