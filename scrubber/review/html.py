"""HTML from plain text: everything is escaped unless it was made here."""

from __future__ import annotations

from html import escape

from scrubber.manifest.view import printable_text

_VOID = frozenset({"meta", "rect"})


class Html(str):
    """Markup that is safe in a page; only :func:`element` and :func:`join` create it."""

    __slots__ = ()


def element(name: str, /, *children: str, **attributes: str | int | None) -> Html:
    """Build an element.

    Children other than :class:`Html` are escaped as text, and their control and bidi characters are
    made visible. Attributes with the value None are omitted. ``aria_label`` becomes ``aria-label``,
    and ``class_`` becomes ``class``.

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
    """Concatenate the parts; parts other than :class:`Html` are escaped as text."""
    return Html("".join(part if isinstance(part, Html) else text(part) for part in parts))


def text(plain: str) -> Html:
    """Escape `plain` for use as text or as an attribute value.

    >>> text('<a href="x">')
    '&lt;a href=&quot;x&quot;&gt;'
    """
    return Html(escape(printable_text(plain), quote=True))
