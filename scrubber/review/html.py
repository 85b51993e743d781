"""HTML from plain text: everything is escaped unless it was made here."""

from __future__ import annotations

from html import escape

from scrubber.manifest.view import printable_text

_VOID = frozenset({"meta", "rect"})


class Html(str):
    """Markup that is safe to stand in a page; made by :func:`element` and :func:`join` only."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | int | None) -> Html:
    """An element. Children that are no :class:`Html` are text: escaped, and their control and bidi
    characters made visible. Attributes that are None are left out; ``aria_label`` stands for
    ``aria-label`` and ``class_`` for ``class``.

    >>> element("p", "a<b", element("b", "c"), class_="x")
    '<p class="x">a&lt;b<b>c</b></p>'
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{text(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Html(f"<{name}{given}>" if name == "meta" else f"<{name}{given}/>")
    return Html(f"<{name}{given}>{join(*children)}</{name}>")


def join(*parts: str) -> Html:
    """The parts one after the other; those that are no :class:`Html` are escaped as text."""
    return Html("".join(part if isinstance(part, Html) else text(part) for part in parts))


def text(plain: str) -> Html:
    """`plain` as text or as the value of an attribute.

    >>> text('<a href="x">')
    '&lt;a href=&quot;x&quot;&gt;'
    """
    return Html(escape(printable_text(plain), quote=True))
