"""The SQL of row rules, tokenized and checked before Polars sees it.

Polars opens files and URLs while it parses table functions (``read_csv('http://…')``), so only a
small language is passed on: columns, literals, and the operators and functions listed here. It has
no queries: no SELECT, no FROM, no comments, no statements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from scrubber.errors import printable
from scrubber.policy.syntax.report import did_you_mean

FUNCTIONS: Final = frozenset(
    """
    abs cbrt ceil ceiling div exp floor ln log log10 log1p log2 mod round sign sqrt trunc truncate
    bit_length char_length character_length concat concat_ws ends_with initcap left length lower
    lpad ltrim normalize octet_length regexp_like replace reverse right rpad rtrim split_part
    starts_with strpos substr substring trim upper
    date date_part day dayofweek dayofyear hour minute month quarter second strftime strptime week
    year
    coalesce greatest if ifnull least nullif
    array_contains array_get array_length array_lower array_mean array_sum array_to_string
    array_upper bit_and bit_count bit_or bit_xor
    """.split()
)
"""The functions of a row rule: each reads one record and nothing else."""

# Known from SQL, but row rules read one record.
_OTHER_RECORDS: Final = frozenset(
    """
    any_value array_agg avg bool_and bool_or corr count covar covar_pop covar_samp dense_rank
    explode first first_value group_concat lag last last_value lead listagg max mean median min mode
    nth_value ntile percent_rank quantile quantile_cont quantile_disc rank row_number std stddev
    stddev_pop stddev_samp string_agg sum unnest var var_pop var_samp variance
    """.split()
)
_CLOCK: Final = frozenset(
    """
    current_date current_time current_timestamp localtime localtimestamp
    """.split()
)
RUN_DAY: Final = "run_day"
"""The word for the day of ``as_of``."""
_CLOCK_FUNCTIONS: Final = _CLOCK | {"getdate", "now", "sysdate", "today"}
_CASTS: Final = frozenset({"cast", "try_cast"})
_TYPES: Final = frozenset(
    """
    bigint blob bool boolean bytea char date datetime decimal double float float4 float8 hugeint int
    int1 int2 int4 int8 int16 int32 int64 integer numeric real smallint string text time timestamp
    tinyint uint8 uint16 uint32 uint64 varchar
    """.split()
)
_TYPED: Final = frozenset({"date", "datetime", "interval", "time", "timestamp"})
_VALUES: Final = frozenset({"false", "null", "true"})
_LOGICAL: Final = frozenset({"and", "or", "xor"})
_MATCHES: Final = frozenset({"ilike", "like", "regexp", "rlike"})
_BINARY: Final = frozenset(
    "= == <> != < <= > >= <=> + - * / // % & | || ~ ~* !~ !~* ~~ ~~* !~~ !~~* ^@".split()
)
# Words that need quotes as column names: those of this language, and reserved words of SQL.
_RESERVED: Final = frozenset(
    _VALUES
    | _LOGICAL
    | _MATCHES
    | _CASTS
    | set(
        """
        all alter analyze any array as attach between by call case copy create cross delete desc
        describe detach distinct drop else end escape except exclude execute exists explain export
        extract fetch filter from full group having ilike import in inner insert install intersect
        into is join lateral left limit load merge natural not offset on order outer over partition
        pivot prepare pragma qualify rename replace returning right select set show similar some
        struct summarize symmetric table tablesample then to truncate union unknown unpivot update
        use using values when where window with
        """.split()
    )
)

_FORM: Final = "write one condition: state = 'CA' AND age > 90"
ONE_RECORD: Final = "compare with a fixed value: age > 90"
"""The advice for a condition that looks at more than its record."""
_SPACE: Final = " \t\r\n"
_DEPTH: Final = 40
PARTS: Final = 500
"""Maximum number of operators and functions, since Polars recurses for each of a chain."""
_TOKENS: Final = 50_000
_OPERATORS: Final = sorted({*_BINARY, "::", "(", ")", ",", "."}, key=len, reverse=True)
_NUMBER: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", re.ASCII)

_QUOTED: Final = 'put the name of a column in double quotes: "name"'

Kind = Literal["word", "quoted", "text", "number", "operator", "end"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault of an expression: the problem's code, text and hint."""

    code: str
    text: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: Kind
    text: str

    @property
    def word(self) -> str:
        """An unquoted word in lower case; empty for other tokens."""
        return self.text.lower() if self.kind == "word" else ""

    def is_(self, operator: str) -> bool:
        return self.kind == "operator" and self.text == operator


_END: Final = _Token("end", "")


class _Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        super().__init__()
        self.fault = fault


def fault_of(expression: str) -> Fault | None:
    """The reason to refuse `expression`; None for an expression of this language.

    >>> fault_of("age BETWEEN 1 AND 17 OR lower(name) LIKE 'test%'")
    >>> fault_of("a IN (SELECT b FROM read_csv('x'))").code
    'row-syntax'
    """
    try:
        _Reader(list(_tokens(expression))).read()
    except _Refused as refused:
        return refused.fault
    return None


_ORDER: Final = frozenset({"<", "<=", ">", ">="})
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}([T ][0-9:.]+)?", re.ASCII)


def masked(expression: str, *, public: bool = False) -> str:
    """`expression` with ``?`` in place of all literals that could be values of the data.

    True, false and null are kept, and so are numbers and dates after a comparison of order. With
    `public`, all literals are. White space is normalized.

    >>> masked("age  < 18 OR name = 'Ann' OR born > DATE '2001-01-01' OR zip IN (94110, 2)")
    "age < 18 OR name = ? OR born > DATE '2001-01-01' OR zip IN ( ? , ? )"
    >>> masked("state = 'O''Hara'", public=True)
    "state = 'O''Hara'"
    """
    shown: list[str] = []
    ordered, between = False, False
    for token in _tokens(expression):
        if token.kind in ("text", "number"):
            keep = ordered and (token.kind == "number" or bool(_DAY.fullmatch(token.text)))
            quoted = f"'{token.text}'" if token.kind == "text" else token.text
            shown.append(quoted if keep or public else "?")
            ordered = False
            continue
        shown.append(f'"{token.text}"' if token.kind == "quoted" else token.text)
        if token.word == "between":
            ordered, between = True, True
        elif token.word == "and" and between:
            ordered, between = True, False
        elif token.text in _ORDER:
            ordered = True
        elif token.word not in _TYPED and token.text not in ("-", "+"):
            ordered = False
    return " ".join(shown)


def _refuse(text: str, hint: str = _FORM, code: str = "row-syntax") -> _Refused:
    return _Refused(Fault(code, text, hint))


def without_literals(expression: str) -> str:
    """The valid `expression` with a placeholder for each text and number.

    >>> without_literals("lower(name) IN ('ann','poe') AND age>17")
    "lower(name) IN ('…', '…') AND age > …"
    """
    shown, before = "", ""
    for token in _tokens(expression):
        piece = {"text": "'…'", "number": "…", "quoted": f'"{token.text}"'}.get(
            token.kind, token.text
        )
        called = piece == "(" and before.lower() in FUNCTIONS | _CASTS
        touching = called or piece in (")", ",", ".", "::") or before in ("", "(", ".", "::")
        shown += piece if touching else f" {piece}"
        before = piece
    return shown


def uses_run_day(expression: str) -> bool:
    """True if the valid `expression` reads the day of ``as_of``."""
    return on_day(expression, date.min) != expression


def on_day(expression: str, day: date) -> str:
    """`expression` with `day` in place of ``run_day``. A column of that name is quoted.

    >>> on_day("opened < run_day OR name = 'run_day'", date(2026, 1, 31))
    "opened < DATE '2026-01-31' OR name = 'run_day'"
    """
    if RUN_DAY not in expression.lower():
        return expression
    written, at, before = "", 0, ""
    for begin, token in _placed(expression):
        if token.word == RUN_DAY and before != ".":
            written += f"{expression[at:begin]}DATE '{day.isoformat()}'"
            at = begin + len(token.text)
        before = token.text
    return written + expression[at:]


def calls(expression: str) -> Iterator[tuple[str, str]]:
    """The function calls in the valid `expression`: their names, and the calls as written.

    >>> list(calls("lower(trim(name)) = 'x'"))
    [('trim', 'trim(name)'), ('lower', 'lower(trim(name))')]
    """
    open_: list[tuple[str, int]] = []
    before, begin = _END, 0
    for at, token in _placed(expression):
        if token.is_("("):
            named = before.word in FUNCTIONS | _CASTS
            open_.append((before.text if named else "", begin))
        elif token.is_(")"):
            name, begin_of_call = open_.pop()
            if name:
                yield name, expression[begin_of_call : at + 1]
        before, begin = token, at


def _tokens(text: str) -> Iterator[_Token]:
    return (token for _, token in _placed(text))


def _placed(text: str) -> Iterator[tuple[int, _Token]]:
    """The tokens of `text`, each with its offset. Refused is everything that SQL parsers split
    differently: comments, prefixed strings, escapes, and letters that change when words are
    compared."""
    at, count = 0, 0
    while at < len(text):
        ch = text[at]
        if ch in _SPACE:
            at += 1
            continue
        count += 1
        if count > _TOKENS:
            raise _refuse(f"this has more than {_TOKENS} words and signs", code="row-too-long")
        if ch in "'\"":
            end = _closing(text, at)
            token = _Token("text" if ch == "'" else "quoted", text[at + 1 : end - 1])
        elif ch == "_" or ch.isalpha():
            end = _word_end(text, at)
            token = _Token("word", text[at:end])
        else:
            token = _number_or_operator(text, at)
            end = at + len(token.text)
        if token.kind in ("word", "number", "quoted", "text") and end < len(text):
            _refuse_glued(text[end])
        yield at, token
        at = end


def _closing(text: str, at: int) -> int:
    """The offset after a quoted text or name that begins at `at`; its quote is doubled inside."""
    quote, end = text[at], at + 1
    while (end := text.find(quote, end)) >= 0:
        if text[end - 1] == "\\":
            raise _refuse("a backslash before a quote means different things to different programs")
        if not text.startswith(quote, end + 1):
            if any(ch < " " and ch not in _SPACE for ch in text[at:end]):
                raise _refuse("a control character between quotes")
            return end + 1
        end += 2
    raise _refuse("a quote is opened and never closed")


def _word_end(text: str, at: int) -> int:
    end = at
    while end < len(text) and (
        text[end] == "_" or text[end].isalpha() or text[end] in "0123456789"
    ):
        end += 1
    word = text[at:end]
    # A long s or a Kelvin sign is a letter of its own here, but an S or K in comparisons of words.
    if not word.isascii() and any(
        form.isascii() for form in (word.upper(), word.lower(), word.casefold())
    ):
        raise _refuse(f"{printable(word)} looks like a word that it is not", _QUOTED)
    return end


def _number_or_operator(text: str, at: int) -> _Token:
    number = _NUMBER.match(text, at)
    if number:
        return _Token("number", number.group())
    if text.startswith(("--", "/*"), at):
        raise _refuse(
            "a row rule holds no comments", "reason: says why; YAML comments begin with #"
        )
    for operator in _OPERATORS:
        if text.startswith(operator, at):
            return _Token("operator", operator)
    if text[at] == ";":
        raise _refuse("a row rule is one expression, without a semicolon")
    hint = "array_get(tags, 1)" if text[at] == "[" else _QUOTED
    raise _refuse(f"{printable(text[at])} has no meaning in a row rule", hint)


def _refuse_glued(ch: str) -> None:
    """Refuse a word, number or text that touches the next one, since parsers differ: E'', 1a."""
    if ch in "'\"_`$@#" or ch.isalnum():
        raise _refuse("two words, numbers or quoted texts without a space between them")


_Open = Literal["(", "list", "call", "cast", "case"]


class _Reader:
    """Reads the tokens from left to right: operand, operator, operand, ..."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._open: list[_Open] = []
        self._parts = 0

    def read(self) -> None:
        wanted = True
        while (token := self._next()) is not _END:
            wanted = self._operand(token) if wanted else self._operator(token)
        if wanted or self._open:
            raise _refuse("this expression is not complete")

    def _next(self) -> _Token:
        token = self._peek()
        self._at += 1
        return token

    def _peek(self) -> _Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else _END

    def _within(self) -> str:
        return self._open[-1] if self._open else ""

    def _push(self, kind: _Open) -> None:
        self._open.append(kind)
        if len(self._open) > _DEPTH:
            raise _refuse("this is nested too deeply", code="row-too-long")

    def _count(self) -> None:
        self._parts += 1
        if self._parts > PARTS:
            raise _refuse(f"this has more than {PARTS} parts", code="row-too-long")

    def _operand(self, token: _Token) -> bool:
        """Read an operand that begins with `token`. True if an operand must follow."""
        if token.kind in ("number", "text"):
            return False
        if token.kind == "quoted":
            return self._column(token)
        if token.kind == "word":
            return self._word(token)
        if token.is_("("):
            self._push("(")
            return True
        if token.text in ("-", "+"):
            self._count()
            return True
        raise _refuse(f"{printable(token.text)} stands where a column or a value belongs")

    def _word(self, token: _Token) -> bool:
        word, call = token.word, self._peek().is_("(")
        if word in (_CLOCK_FUNCTIONS if call else _CLOCK):
            hint = "write the date: created < DATE '2024-01-01', or run_day with as_of:"
            raise _refuse("the result would depend on the clock", hint, "row-clock")
        if word in _TYPED and self._peek().kind == "text":
            self._next()
            return False
        if word in _CASTS and call:
            self._begin("cast")
            return True
        if word in ("not", "case"):
            self._count()
            if word == "case":
                self._push("case")
                if self._peek().word == "when":
                    self._next()
            return True
        if call:
            self._check_function(token)
            self._begin("call")
            return True
        if word in _VALUES:
            return False
        if word in _RESERVED:
            raise _refuse(f"{printable(word.upper())} has no place here", _hint(word))
        return self._column(token)

    def _begin(self, kind: _Open) -> None:
        self._next()
        self._count()
        self._push(kind)

    def _check_function(self, token: _Token) -> None:
        name = token.word
        if name in _OTHER_RECORDS:
            text = "this looks at other records or changes their number; a row rule looks at one"
            raise _refuse(text, ONE_RECORD, "row-not-separable")
        if name not in FUNCTIONS:
            hint = _hint(name) or did_you_mean(name, FUNCTIONS | _CASTS)
            text = f"{printable(token.text)} is not a function of row rules"
            raise _refuse(text, hint or "docs/rules.md lists those that are", "row-function")

    def _column(self, token: _Token) -> bool:
        """The rest of a column's path: ``person.age``."""
        while self._peek().is_("."):
            self._next()
            token = self._next()
            if token.kind not in ("word", "quoted"):
                raise _refuse("a dot is followed by the name of a field", _QUOTED)
            if token.word in _RESERVED:
                raise _refuse(f"{printable(token.word.upper())} is a word of SQL", _QUOTED)
        if self._peek().is_("("):
            text = f"{printable(token.text)} is not a function of row rules"
            raise _refuse(text, "a function has one plain name", "row-function")
        return False

    def _operator(self, token: _Token) -> bool:
        """Read an operator that begins with `token`. True if an operand must follow."""
        within, word = self._within(), token.word
        if token.is_("::"):
            self._count()
            self._type()
            return False
        if token.is_(")") and within in ("(", "list", "call"):
            self._open.pop()
            return False
        if token.is_(",") and within in ("list", "call"):
            return True
        if (token.kind == "operator" and token.text in _BINARY) or word in _LOGICAL | _MATCHES:
            self._count()
            return True
        if word in ("is", "in", "not", "between"):
            self._count()
            return self._comparison(word)
        if within == "case" and word in ("when", "then", "else", "end"):
            if word == "end":
                self._open.pop()
            else:
                self._count()
            return word != "end"
        if within == "cast" and word == "as":
            self._type()
            self._expect_operator(")")
            self._open.pop()
            return False
        if word == "over":
            text = "this looks at other records or changes their number; a row rule looks at one"
            raise _refuse(text, ONE_RECORD, "row-not-separable")
        if word in _RESERVED:
            raise _refuse(f"{printable(word.upper())} has no place here", _hint(word))
        raise _refuse("two values or columns without an operator between them", _QUOTED)

    def _comparison(self, word: str) -> bool:
        if word == "not":
            word = self._next().word
            if word not in ("in", "between") and word not in _MATCHES:
                raise _refuse("NOT is followed by IN, BETWEEN, LIKE or ILIKE here")
        if word == "in":
            if not self._peek().is_("("):
                raise _refuse("IN takes a list in parentheses", "state IN ('CA', 'NY')")
            self._next()
            self._push("list")
            return True
        if word != "is":
            return True
        if self._peek().word == "not":
            self._next()
        after = self._next().word
        if after == "distinct" and self._next().word == "from":
            return True
        if after not in _VALUES:
            raise _refuse("IS is followed by NULL, TRUE or FALSE")
        return False

    def _type(self) -> None:
        token = self._next()
        if token.word not in _TYPES:
            hint = did_you_mean(token.text, _TYPES) if token.kind == "word" else ""
            raise _refuse("a value is not cast to this type", hint or "VARCHAR, INTEGER, DATE, ...")
        if token.word == "double" and self._peek().word == "precision":
            self._next()
        if self._peek().is_("("):
            self._next()
            while self._next().kind == "number" and self._peek().is_(","):
                self._next()
            self._expect_operator(")")

    def _expect_operator(self, operator: str) -> None:
        if not self._next().is_(operator):
            raise _refuse(f"{operator} is missing")


def _hint(word: str) -> str:
    if word == "extract":
        return "date_part('year', created)"
    if word in ("select", "from", "table", "values", "with", "exists", "any", "all", "some"):
        return "a row rule is a condition on one record, not a query"
    return _QUOTED if word in _RESERVED else ""
