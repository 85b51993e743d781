"""SQL of row rules: a small language, and nothing else reaches Polars."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scrubber.errors import RuleError
from scrubber.policy import rules_from_mapping
from scrubber.policy.rows import boolean_fault, columns_of
from scrubber.policy.sql import FUNCTIONS, Fault, fault_of
from tests.examples import examples
from tests.listening import Server, Watched, server, watched

pytestmark = pytest.mark.slow

SCHEMA = pa.schema(
    [
        ("a", pa.int64()),
        ("f", pa.float64()),
        ("s", pa.string()),
        ("b", pa.bool_()),
        ("d", pa.date32()),
        ("t", pa.timestamp("us")),
        ("tags", pa.list_(pa.int64())),
        ("person", pa.struct([("age", pa.int64())])),
        ("Avg. Length", pa.float64()),
        ("größe", pa.int64()),
        ("date", pa.date32()),
        ("today", pa.bool_()),
    ]
)
ORDINARY = """
a = 1 | a == 1 | a <> 1 | a != 1 | a < 1 | a <= 1 | a > 1 | a >= 1 | a <=> 1 | -a < +1 | a=-1
a + 1 > 2 | a - 1 > 2 | a * 2 / 3 % 4 > 1 | a // 2 = 1 | a & 1 = 1
b | not b | not (b) | b and b or not b | b xor b | b is true | b is not true | b is false
a is null | a is not null | a is distinct from 1 | a is not distinct from null
a in (1, 2, 3) | a not in (1) | not (s in ('x', 'y')) | s in ('it''s') | a in (null, 1)
a between 1 and 17 | a not between 1 and 2 | a between 1 and 2 or a is null
s like 'test%' | s not like '%x%' | s ilike 'A_' | s ~ '^x\\d+$' | s !~ 'x' | s ~* 'x' | s ^@ 'x'
case when a = 1 then b else false end | case a when 1 then b when 2 then not b else false end
case (a) when 1 then true else false end | if(a = 1, b, false)
cast(a as varchar) = '1' | cast(s as double precision) > 1 | cast(a as decimal(10, 2)) > 1
try_cast(s as integer) > 1 | s::int > 1 | date(s, '%Y-%m-%d') > d
lower(s) = 'x' | UPPER (s) = 'X' | length(trim(s)) > 3 | substr(s, 1, 2) = 'ab' | left(s, 2) = 'ab'
replace(s, 'a', 'b') = 'b' | concat(s, '-', s) = 'x' | starts_with(s, 'a') | s is not null
split_part(s, '-', 1) = 'a' | lpad(s, 5, '0') = '00001' | regexp_like(s, '^a') | strpos(s, 'a') > 0
d < DATE '2024-01-01' | t > timestamp '2024-01-01 10:00:00' | date_part('year', d) = 2000
year(d) >= 2000 and month(d) in (1, 2) | strftime(d, '%Y') = '2000' | date > date '2000-01-01'
d + interval '1 day' > date '2000-01-01' | strptime(s, '%Y-%m-%d') > date '2000-01-01'
coalesce(a, 0) = 0 | nullif(a, 1) = 2 | greatest(a, 1) = 2 | round(f, 2) > 1 | abs(f) > 1
person.age < 18 | "person"."age" < 18 | "Avg. Length" > 3 | größe > 3 | today
array_length(tags) > 2 | array_contains(tags, 1) | array_get(tags, 1) = 1
s = 'select * from x; -- no query' | s = 'read_csv(''x'')' or s = '/* no comment */'
f > .5 and f < 1e5 or f = 1.5e-3
"""


@pytest.mark.parametrize(
    "expression",
    list(chain.from_iterable(line.split(" | ") for line in ORDINARY.strip().split("\n"))),
)
def test_ordinary_rules_are_read_and_fit_their_table(expression: str) -> None:
    assert fault_of(expression) is None
    assert not isinstance(columns_of(expression), Fault)
    assert boolean_fault(expression, SCHEMA) is None


REFUSED = [
    ("lowr(s) = 'x'", "row-function", "did you mean lower?"),
    ("starts_wth(s, 'x')", "row-function", "did you mean starts_with?"),
    ("datepart('year', d) = 1", "row-function", "did you mean date_part?"),
    ("extract(year from d) = 1", "row-function", "date_part('year', created)"),
    ("\"lower\"(s) = 'x'", "row-function", "a function has one plain name"),
    ("s.lower(s) = 'x'", "row-function", "a function has one plain name"),
    ("pg_read_file('/etc/passwd') = s", "row-function", ""),
    ("getenv('HOME') = s", "row-function", ""),
    ("a in (select b from c)", "row-syntax", "not a query"),
    ("exists (select 1)", "row-function", "not a query"),
    ("a in (values (1))", "row-function", "not a query"),
    ("a in (table c)", "row-syntax", "not a query"),
    ("a in (from c)", "row-syntax", "not a query"),
    ("a in (with x as (select 1) select 1)", "row-syntax", "not a query"),
    ("order = 1", "row-syntax", "double quotes"),
    ("straße nr > 1", "row-syntax", "double quotes"),
    ("a = 1; b", "row-syntax", ""),
    ("a = 1 -- why", "row-syntax", "reason:"),
    ("a /* why */ = 1", "row-syntax", "reason:"),
    ("`a` = 1", "row-syntax", "double quotes"),
    ("[a] = 1", "row-syntax", "array_get"),
    ("a = $1", "row-syntax", ""),
    ("a = $$x$$", "row-syntax", ""),
    ("a = :x", "row-syntax", ""),
    ("a = ?", "row-syntax", ""),
    ("s = E'x'", "row-syntax", ""),
    ("s = U&'x'", "row-syntax", ""),
    ("s = 'x\\' or b = 'y'", "row-syntax", ""),
    ("s = 'x", "row-syntax", ""),
    ("a = 1abc", "row-syntax", ""),
    ("a\u00a0= 1", "row-syntax", ""),
    ("a\u2003= 1", "row-syntax", ""),
    ("\u017felect = 1", "row-syntax", "double quotes"),
    ("un\u0131on = 1", "row-syntax", "double quotes"),
    ("a b", "row-syntax", "double quotes"),
    ("a = 1 b", "row-syntax", "double quotes"),
    ("a = (1", "row-syntax", ""),
    ("a = 1)", "row-syntax", ""),
    ("a in ()", "row-syntax", ""),
    ("a in 1", "row-syntax", "IN ("),
    ("cast(a as read_csv)", "row-syntax", ""),
    ("cast(a as varchr) = 'x'", "row-syntax", "did you mean varchar?"),
    ("s.* = 1", "row-syntax", ""),
    ("(a, b) = 1", "row-syntax", ""),
    ("case when b then 1", "row-syntax", ""),
    ("now() > d", "row-clock", "DATE"),
    ("current_date > d", "row-clock", "DATE"),
    ("max(a) > 1", "row-not-separable", ""),
    ("(" * 60 + "a" + ")" * 60 + " = 1", "row-too-long", ""),
    (" + ".join(["a"] * 6000) + " = 1", "row-too-long", ""),
    ("a" + "::int" * 6000 + " = 1", "row-too-long", ""),
]


@pytest.mark.parametrize(("expression", "code", "hint"), REFUSED)
def test_the_rest_is_refused_and_the_cure_named(expression: str, code: str, hint: str) -> None:
    fault = columns_of(expression)
    assert isinstance(fault, Fault)
    assert fault.code == code
    assert hint in fault.hint


def attacks(url: str, path: str) -> Iterator[str]:
    """Expressions that make Polars, or another engine, open `url` or `path`."""
    for place in (url, path):
        queries = [
            f"select b from read_csv('{place}')",
            f"select * from read_parquet('{place}')",
            f"select b from read_ndjson('{place}') t",
            f"select b from scan_csv('{place}')",
            f"select b from '{place}'",
            f'select b from "{place}"',
            f"from read_csv('{place}')",
            f"table read_csv('{place}')",
            f"with x as (select * from read_csv('{place}')) select b from x",
            f"select 1 union select b from read_csv('{place}')",
            f"values ((select b from read_csv('{place}')))",
            f"explain select * from read_csv('{place}')",
        ]
        for query in queries:
            yield from _wrapped(query)
        yield from _functions(place)


def _wrapped(query: str) -> Iterator[str]:
    long_s, kelvin = "\u017f", "\u212a"
    for text in (
        query,
        query.upper(),
        query.title(),
        "".join(ch.upper() if i % 2 else ch for i, ch in enumerate(query)),
        query.replace(" ", "/**/"),
        query.replace(" ", "\n--\n"),
        query.replace(" ", "\t"),
        query.replace(" ", "\u00a0"),
        query.replace("s", long_s, 1),
        query.replace("k", kelvin),
        query.replace("read_csv", '"read_csv"'),
        query.replace("read_csv", "`read_csv`"),
        query.replace("read_csv", "main.read_csv"),
    ):
        yield text
        yield f"a in ({text})"
        yield f"exists ({text})"
        yield f"a = any ({text})"
        yield f"case when a in ({text}) then true else false end"
        yield f"case a when ({text}) then b end"
        yield f"lower(({text})) = 'x'"
        yield f"cast(({text}) as int) = 1"
        yield f"a between ({text}) and 3"
        yield f"a = 1 or not ({text}) is null"
        yield f"array({text}) = a"
        yield f"a = 1; {text}"
        yield f"a = 1 ) or a in ({text}"
        yield f"s = '\\' or a in ({text}) --'"
        yield f"s = '''' or a in ({text})"
        yield f"a /* x */ in ({text})"
        yield f"lateral ({text})"


def _functions(place: str) -> Iterator[str]:
    for name in (
        "read_csv",
        "READ_CSV",
        "Read_Parquet",
        "scan_ipc",
        "read_json",
        "glob",
        "httpget",
    ):
        for form in (name, f'"{name}"', f"`{name}`", f"[{name}]", f"x.{name}"):
            yield f"{form}('{place}') = 1"
            yield f"a in ({form}('{place}'))"
            yield f"a = 1 and {form} ('{place}') is null"
            yield f"coalesce(a, {form}('{place}')) = 1"


def test_a_query_would_be_heard(tmp_path: Path) -> None:
    """The listeners hear what Polars does with a query: else the next test could not fail."""
    path = tmp_path / "people.csv"
    path.write_text("b\n1\n")
    with watched(path) as file, server() as listening:
        assert pl.sql(f"select b from read_csv('{path}')", eager=True).height == 1
        assert file.heard()
        url = f"http://127.0.0.1:{listening.port}/x.csv"
        with pytest.raises(Exception):  # noqa: B017  the server hangs up
            pl.sql(f"select b from read_csv('{url}')", eager=True)
        assert listening.connections > 0


def test_no_attack_is_heard_by_a_file_or_a_server(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("b\n1\n")
    with watched(path) as file, server() as listening:
        table = list(attacks(f"http://127.0.0.1:{listening.port}/x.csv", str(path)))
        assert len(table) > 4000
        for expression in table:
            _hears_nothing(expression, file, listening)
        rules = {"version": 1, "fields": [{"name": "a", "keep": "why"}]}
        rules["rows"] = [{"drop": one, "reason": "an attack"} for one in table[::40]]
        with pytest.raises(RuleError):
            rules_from_mapping(rules)
        assert not file.heard()
        assert listening.connections == 0


def _hears_nothing(expression: str, file: Watched, listening: Server) -> None:
    fault = columns_of(expression)
    assert isinstance(fault, Fault), expression
    assert not file.heard(), expression
    assert listening.connections == 0, expression


WORDS = [
    *"a b s ( ) , . = < + - * / :: in is not and or like between case when then else".split(),
    *"end as select from read_csv table values with union exists any cast date null true".split(),
    *"lower coalesce int varchar 1 1.5 ; -- /* */ \" ' $$ ` [ ] { } # @ \\".split(),
    "'x'", '"a"', "\u017f", "\u00a0", "\n",
]  # fmt: skip


@examples(500)
@example('" " . select')
@example("a.from")
@given(st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join) | st.text(max_size=40))
def test_what_passes_has_no_query_in_it(expression: str) -> None:
    """Never raises; and what passes names no word of queries, and no function but the listed."""
    fault = fault_of(expression)
    if fault is None:
        read = columns_of(expression)
        assert isinstance(read, Fault | frozenset)
        bare = re.sub(r"'[^']*'|\"[^\"]*\"", " ", expression)
        assert not {"select", "from", "table", "values", "with", "union"} & set(bare.split())
        assert not re.search(r"read_csv\s*\(", bare)


def test_polars_reads_sql_behind_one_door_only() -> None:
    """No other line of the program hands text to a reader of SQL."""
    root = Path(__file__).parents[2] / "scrubber"
    calls = [
        f"{path.relative_to(root)}"
        for path in root.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in {"sql", "sql_expr", "SQLContext"}
    ]
    assert calls == ["policy/rows.py"]


@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_every_listed_function_is_one_of_polars(name: str) -> None:
    """A name that Polars does not know would be advice that leads nowhere."""
    arguments = [
        "(s)",
        "(s, 1)",
        "(s, 'a')",
        "(s, 1, 1)",
        "(s, 'a', 'b')",
        "(s, 1, 'a')",
        "('year', s)",
    ]
    for given_ in arguments:
        try:
            pl.sql_expr(f"{name}{given_}")
        except pl.exceptions.PolarsError as error:
            if "unsupported function" in str(error):
                break
        else:
            return
    pytest.fail(f"{name} is unknown to Polars")
