"""The rule pack that the shape of a dataset calls for."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from scrubber.model.fieldpath import leaves, spellings

_CHATS, _TRACES = "pack:chat-finetuning", "pack:agent-traces"
_LABELLED, _PREDICTIONS = "pack:labelled-text", "pack:prediction-logs"
_SHAPES: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (pack, frozenset(names.split()))
    for pack, names in (
        (_TRACES, "uuid parentUuid sessionId"),
        (_TRACES, "type payload.type"),
        (_TRACES, "type parentId message.role"),
        (_TRACES, "source action args.content"),
        (_TRACES, "source action args.command"),
        (_CHATS, "messages[].role messages[].content"),
        (_CHATS, "conversations[].from conversations[].value"),
        (_CHATS, "conversations[].role conversations[].content"),
        (_CHATS, "instruction output"),
        (_CHATS, "chosen rejected"),
        (_CHATS, "chosen[].content rejected[].content"),
        (_PREDICTIONS, "request_id input prediction.label"),
        (_PREDICTIONS, "request_id input label confidence"),
        (_PREDICTIONS, "request_id input prediction confidence"),
        (_PREDICTIONS, "request_id text predicted_label"),
        (_PREDICTIONS, "request_id inputs predictions"),
        (_LABELLED, "text spans[].start spans[].end"),
        (_LABELLED, "text entities[].start entities[].end"),
        (_LABELLED, "text labels[].start labels[].end"),
        (_LABELLED, "text highlights[].start highlights[].end"),
        (_LABELLED, "text label[][]"),
        (_LABELLED, "text entities[][]"),
        (_LABELLED, "context answers.answer_start"),
        (_LABELLED, "context answers[].answer_start"),
        (_LABELLED, "data[].paragraphs[].context"),
        (_LABELLED, "tokens ner_tags"),
        (_LABELLED, "words ner_tags"),
        (_LABELLED, "tokens tags"),
    )
)
"""Fields that data of a shape has, and the pack for it."""


def pack_for(schemas: Iterable[pa.Schema]) -> str | None:
    """The pack for data of these schemas; None if a schema has another shape.

    >>> pack_for([pa.schema([("instruction", pa.string()), ("output", pa.string())])])
    'pack:chat-finetuning'
    """
    found = {_pack_for(schema) for schema in schemas}
    return found.pop() if len(found) == 1 else None


def _pack_for(schema: pa.Schema) -> str | None:
    names = {str(form) for path, _ in leaves(schema) for form in spellings(path)}
    return next((pack for pack, needed in _SHAPES if needed <= names), None)
