"""scrubber attack linkage, inference and membership"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from scrubber.cli.console import answer, begin, stdout
from scrubber.cli.options import DrawnSeed, Json, RawArgument, ReleasedArgument, TargetOption
from scrubber.errors import printable

if TYPE_CHECKING:
    from scrubber.api import Inference, Linkage, Membership

app = typer.Typer(no_args_is_help=True)

KnownOption = Annotated[
    str, typer.Option("--known", help="The fields that the attacker knows, such as age,zip.")
]


@app.command()
def linkage(
    source: RawArgument,
    out: ReleasedArgument,
    known: KnownOption,
    absent: Annotated[
        str | None, typer.Option(help="Records of persons who are in no output, as a control.")
    ] = None,
    seed: DrawnSeed = 0,
    as_json: Json = False,
) -> int:
    """Find persons of SOURCE in OUT by fields that an outsider knows.

    Candidates are the records that fit the known values; the guess is one of them. The attacker
    knows the rules, but no key. The order of records and the frequencies of surrogates are attacked
    too. The figures are exact, so keep them with the data.

    Example: scrubber attack linkage fixtures/support/customers.csv churn --known age,zip,signed_up
    """
    begin("attack linkage", as_json=as_json)
    from scrubber.api import attack_linkage

    return answer(attack_linkage(source, out, _names(known), absent=absent, seed=seed), _linkage)


@app.command()
def inference(
    source: RawArgument,
    out: ReleasedArgument,
    secret: Annotated[str, typer.Option("--secret", help="The field to guess.")],
    known: KnownOption,
    seed: DrawnSeed = 0,
    as_json: Json = False,
) -> int:
    """Guess a secret field of persons of SOURCE from OUT.

    The attacker uses one half of OUT, and the persons of the other half are the control. Only a
    gain over them comes from the records; the rest holds for the whole population.

    Example: scrubber attack inference customers.csv churn --secret churned --known age,zip
    """
    begin("attack inference", as_json=as_json)
    from scrubber.api import attack_inference

    found = attack_inference(source, out, secret, _names(known), seed=seed)
    return answer(found, _inference)


@app.command()
def membership(
    out: ReleasedArgument,
    target: TargetOption,
    source: Annotated[
        str | None, typer.Option(help="The raw records, for models to compare with.")
    ] = None,
    holdout: Annotated[
        str | None, typer.Option(help="Records in the form of OUT that are not in it.")
    ] = None,
    seed: DrawnSeed = 0,
    as_json: Json = False,
) -> int:
    """Find the records that a model was trained on, by shadow models.

    Models are trained on half of OUT, and the other half are no members. AUC is the probability
    that a member scores higher; 0.5 is chance. A false-positive rate is used only if it stands for
    ten records or more.

    Example: scrubber attack membership churn --target churned --source customers.csv
    """
    begin("attack membership", as_json=as_json)
    from scrubber.api import attack_membership

    found = attack_membership(out, target, source=source, holdout=holdout, seed=seed)
    return answer(found, _membership)


def _names(known: str) -> list[str]:
    return [name.strip() for name in known.split(",") if name.strip()]


def _linkage(found: Linkage) -> None:
    used = ", ".join(map(printable, found.used)) or "no field"
    head = f"{found.found.cases:,} persons looked for by {used} among {found.records:,} records"
    rows = [
        ("found", f"{found.found}"),
        ("by chance", f"{found.chance:.2%}"),
        ("single candidate", f"{found.claimed}"),
    ]
    if found.right.cases:
        rows.append(("  and it is theirs", f"{found.right}"))
    if found.absent is not None:
        rows.append(("  of persons not in OUT", f"{found.absent}"))
    rows.append(("by order alone", f"{found.by_order}"))
    for name, share, chance in found.by_frequency:
        label = f"by frequency of {printable(name)}"
        rows.append((label, f"{share}, by chance {chance:.2%}"))
    _print(head, rows)
    if found.unused:
        names = ", ".join(map(printable, found.unused))
        stdout().print(f"of no use to the attacker: {names}", soft_wrap=True)
    if found.unclear:
        text = f"{found.unclear:,} records have no clear origin and are no targets"
        stdout().print(text, soft_wrap=True)


def _inference(found: Inference) -> None:
    known = ", ".join(map(printable, found.known))
    head = f"{printable(found.secret)} guessed by {known} from {found.records:,} records"
    rows = [("most frequent value", f"{found.chance:.1%}")]
    for one in found.guesses:
        gain = one.gain
        rows.append((one.method, f"{one.members}"))
        rows.append(("  control", f"{one.control}"))
        rows.append(("  gain", f"{gain.value:+.1%} ({gain.low:+.1%} to {gain.high:+.1%})"))
    _print(head, rows)


def _membership(found: Membership) -> None:
    head = f"members of the training set, by models that predict {printable(found.target)}"
    rows: list[tuple[str, str]] = []
    for one in found.attacked:
        auc = one.ranking.auc
        label = f"{one.data}, {one.model}"
        rows.append((label, f"AUC {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f})"))
        for at in one.ranking.caught:
            too_few = f"too few records: {one.others:,} are no members"
            said = too_few if at.caught is None else f"{at.caught}"
            rows.append((f"  caught at {at.rate:.1%} false positives", said))
    _print(head, rows)


def _print(head: str, rows: list[tuple[str, str]]) -> None:
    stdout().print(head, style="bold", soft_wrap=True)
    for line in _aligned(rows):
        stdout().print(line, soft_wrap=True)


def _aligned(rows: list[tuple[str, str]]) -> Iterator[str]:
    width = max(len(label) for label, _ in rows) + 2
    return (f"{label:<{width}}{value}" for label, value in rows)
