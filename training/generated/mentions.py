"""How a text mentions its people: in full, by a part, with a title, by handle."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from training.generated.document import PERSON
from training.generated.names import COURTESY, Person, initial, invented, is_latin, pick, plain

if TYPE_CHECKING:
    from training.generated.world import Scene

_MAIL_HOSTS = (
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "example.com",
    "aol.com",
    "web.de",
)
_SITE_ENDS = (".com", ".net", ".org", ".io", ".co.uk", ".de", ".fr", ".info")
_USER_FORMS = (
    "{f}{l}", "{f}.{l}", "{f}_{l}", "{i}{l}", "{f}{n}", "{l}{n}", "{f}{l}{n}", "x{f}x", "{f}_{n}",
    "the{f}", "its{f}", "real{l}", "{l}_{i}", "Mr{l}", "{f}Official", "_{f}{l}_", "{f}loves{w}",
    "{w}{n}", "{w}_{f}", "{w}{w2}", "{f}{i}",
)  # fmt: skip
_USER_ENDS = ("news", "girl", "fan", "boy", "music", "TV", "HQ")


def _titled(scene: Scene, person: Person, name: str) -> None:
    if person.title in COURTESY:
        scene.out.add(f"{person.title} {name}", PERSON)
    else:
        scene.out.add(f"{person.title} ")
        scene.out.add(name, PERSON)


def _initialled(scene: Scene, person: Person) -> str:
    if not is_latin(person.given):
        return person.full
    first = f"{person.given[0]}."
    if scene.random() < 0.2:
        first += f"{pick(scene.rng, ('', ' '))}{initial(scene.rng)}"
    return f"{first} {person.family}"


def _last_first(scene: Scene, person: Person) -> str:
    tail = f" {initial(scene.rng)}" if scene.random() < 0.2 else ""
    return f"{person.family}, {person.given}{tail}"


_STAGES = ("Lil", "Big", "DJ", "MC", "King", "Papa", "Old", "Dr", "Miss", "Captain", "Young")


def nickname(rng: Random, given: str) -> str:
    """What friends, streamers and rappers are called: clipped, lengthened or made up."""
    roll = rng.random()
    if roll < 0.35:
        name = invented(rng, lambda _: "")
    elif roll < 0.75:
        name = given[: 3 + int(rng.random() * 3)] + pick(
            rng, ("", "", "y", "ie", "o", "z", "s", "zy", "ito", "ster", "a", "boy", "xx")
        )
    else:
        name = given
    roll = rng.random()
    if roll < 0.15:
        name = f"{pick(rng, _STAGES)} {name}"
    elif roll < 0.2:
        name += name[-1] * (1 + int(rng.random() * 3))
    return name.lower() if rng.random() < 0.4 else name


def any_mention(scene: Scene, person: Person) -> None:
    roll = scene.random()
    if roll < 0.4:
        scene.out.add(person.full, PERSON)
    elif roll < 0.65:
        scene.out.add(person.given, PERSON)
    elif roll < 0.85:
        _titled(scene, person, person.family)
    else:
        scene.out.add(person.family, PERSON)


def _initials(scene: Scene, person: Person) -> None:
    letters = plain(person.given[:1] + person.family[:1]).upper()
    scene.out.add(letters if letters.isascii() else "AB")


def _letters(person: Person) -> str:
    """The initials that a court puts for a name: "K.L.", "K. L.", "KL"."""
    first, last = (plain(name)[:1].upper() for name in (person.given, person.family))
    if not (first.isascii() and first.isalpha() and last.isascii() and last.isalpha()):
        first, last = "N", "K"
    # A person's initials are written one way through the whole document.
    return (f"{first}.{last}.", f"{first}. {last}.", f"{first}.{last}", f"{first}{last}")[
        (0, 0, 0, 1, 2, 3)[(len(person.given) + 3 * len(person.family)) % 6]
    ]


def _letter(person: Person) -> str:
    letter = plain(person.family)[:1].upper()
    if len(person.given) % 3 == 0 or letter == "I" or not (letter.isascii() and letter.isalpha()):
        return "XYZABCDM"[len(person.family) % 8]
    return letter


def user_name(scene: Scene, given: str, family: str) -> str:
    first, last = (
        "".join(c for c in plain(part) if c.isascii() and c.isalnum()) or "user"
        for part in (given, family)
    )
    form = pick(
        scene.rng,
        _USER_FORMS,
    )
    text = form.format(
        f=first, l=last, i=first[0], n=int(scene.random() * 100),
        w=invented(scene.rng, lambda _: "").lower(), w2=pick(scene.rng, _USER_ENDS),
    )  # fmt: skip
    return text.lower() if scene.random() < 0.6 else text


def write_handle(scene: Scene, given: str, family: str) -> None:
    scene.out.add(f"@{user_name(scene, given, family).replace('.', '_')}", scene.world.handle_label)


def write_mail(scene: Scene, given: str, family: str) -> None:
    host = pick(scene.rng, _MAIL_HOSTS)
    if scene.random() < 0.4:
        host = invented(scene.rng, lambda _: "").lower()
        host = f"{plain(host)}{pick(scene.rng, _SITE_ENDS)}"
    scene.out.add(f"{user_name(scene, given, family).strip('_')}@{host}")


def _word(one: str, two: str) -> Callable[[Scene, Person], None]:
    return lambda scene, person: scene.out.add(one if person.male else two)


PERSON_FORMS: dict[str, Callable[[Scene, Person], None]] = {
    "": lambda scene, p: scene.out.add(p.full, PERSON),
    "f": lambda scene, p: scene.out.add(p.given, PERSON),
    "l": lambda scene, p: scene.out.add(p.family, PERSON),
    "F": lambda scene, p: scene.out.add(p.given.upper(), PERSON),
    "L": lambda scene, p: scene.out.add(p.family.upper(), PERSON),
    "up": lambda scene, p: scene.out.add(p.full.upper(), PERSON),
    "low": lambda scene, p: scene.out.add(p.full.lower(), PERSON),
    "lf": lambda scene, p: scene.out.add(_last_first(scene, p), PERSON),
    "LF": lambda scene, p: scene.out.add(_last_first(scene, p).upper(), PERSON),
    "Lf": lambda scene, p: scene.out.add(f"{p.family.upper()} {p.given}", PERSON),
    "fl": lambda scene, p: scene.out.add(f"{p.given} {p.family}", PERSON),
    "fi": lambda scene, p: scene.out.add(f"{p.given} {p.family[0]}.", PERSON),
    "i": lambda scene, p: scene.out.add(_initialled(scene, p), PERSON),
    "t": lambda scene, p: _titled(scene, p, p.family),
    "tf": lambda scene, p: _titled(scene, p, f"{p.given} {p.family}"),
    "ti": lambda scene, p: _titled(scene, p, _initialled(scene, p)),
    "any": any_mention,
    "x": lambda scene, p: scene.out.add(_letter(p), PERSON),
    "xd": lambda scene, p: scene.out.add(f"{_letter(p)}.", PERSON),
    "xx": lambda scene, p: scene.out.add(_letters(p), PERSON),
    "tx": lambda scene, p: _titled(scene, p, _letters(p)),
    "ini": _initials,
    "mail": lambda scene, p: write_mail(scene, p.given, p.family),
    "at": lambda scene, p: write_handle(scene, p.given, p.family),
    "user": lambda scene, p: scene.out.add(user_name(scene, p.given, p.family)),
    "he": _word("he", "she"),
    "his": _word("his", "her"),
    "him": _word("him", "her"),
    "man": _word("man", "woman"),
    "boy": _word("boy", "girl"),
    "son": _word("son", "daughter"),
    "brother": _word("brother", "sister"),
    "husband": _word("husband", "wife"),
    "male": _word("male", "female"),
    "actor": _word("actor", "actress"),
}  # fmt: skip
