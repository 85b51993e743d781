"""Passwords and secrets of any form, behind words that announce them."""

from __future__ import annotations

import math
from collections import Counter

import regex

from scrubber.detect.recognizers.recognizer import SURE, Pattern, Recognizer, words

# ── the names that values are given to ────────────────────────────────────────────────────────

_PASSWORD = words(
    r"p[aw]?s{1,2}w(?:or?|r)?d passwords passw passworsd passphrase pass[_-]?code contraseñas? mot[\s_-]de[\s_-]passe "
    r"kennwort passwort wachtwoord senha lösenord mysqlpass sqlpass dbpass userpwd"
)
# Not under (?i:), where the prefilter takes any letter beyond ASCII for a k, s or i.
_PASSWORD_ELSEWHERE = words("пароль Пароль ПАРОЛЬ 비밀번호 비번 패스워드 암호 密码 密碼 パスワード")
_PASSWORD_SHORT = words("pass pwd pw psw mdp")
_SECRET = words(
    r"secret sercret token credentials? api[\s_.-]?key access[\s_.-]?key secret[\s_.-]?key "
    r"private[\s_.-]?key encryption[\s_.-]?key signing[\s_.-]?key activation[\s_.-]?key "
    r"licen[cs]e[\s_.-]?key account[\s_.-]?key shared[\s_.-]?access[\s_.-]?key master[\s_.-]?key "
    r"storage[\s_.-]?key deploy[\s_.-]?key authorization oauth2?[_-](?:bearer|signature)"
)
_KEY = words("key pkey aeskey auth authentication salt nonce api sig signature bearer session sid")

# The word is a whole one, or the hump of a camel: no "author", no "monkey", but "userKey".
_HEAD = r"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))"
_TAIL = r"(?!(?<=[a-z])[a-z]|(?<=[A-Z])[A-Z])"
_REST = (  # password_of_db, token.main, "password for ann"; what is only about it is none
    r"(?:(?:[^\Wa-z]|[.-])[\w.-]{0,40})?(?<!(?i:[_.-](?:id|name|type|file|path|ur[il]|len|length|size|count|min|max|field"
    r"|column|policy|mask\d*|expiry|expires|age|ttl|version|limit|label|hint|prefix|required)s?))"
    r"(?<!(?:Id|Name|Type|File|Path|Url|Uri|Len|Length|Size|Count|Field|Policy|Version|Limit|Label))"
    r"(?:[ ]for[ ]\w{1,30})?"
)


def _named(*names: str) -> str:
    return "(?:" + "|".join(names) + f"){_TAIL}{_REST}"


_PASSWORD_NAME = _named(f"(?i:{_PASSWORD})", _PASSWORD_ELSEWHERE, f"{_HEAD}(?i:{_PASSWORD_SHORT})")
_SECRET_NAME = _named(f"(?i:{_SECRET})")
_KEY_NAME = _named(f"{_HEAD}(?i:{_KEY})")

# ── what stands between a name and its value ──────────────────────────────────────────────────

_CLOSE = r"[\"'`\\\]>*}]{0,6}(?:&quot;|%22)?"
_TYPE = r"(?::[ \t]?[A-Za-z_][\w.\[\]]{0,30}[ \t]{0,3}(?==))?"  # val password: String =
_SIGN = r"(?:={1,3}|!==?|:?=>?|:{1,2}|->|%3[DA]|：)"
_SIGNED = rf"{_CLOSE}[ \t]{{0,8}}{_TYPE}{_SIGN}"
# setopt(PASSWORD, "..."), getenv("PASSWORD") or "...": rather lists of names, unless mixed.
_NEXT = r"[\"')\]]{0,4}[ \t]{0,4}(?:,|\bor\b|\|\|)\s{0,40}"
_OPEN = r"[brufBRUF@$]{0,2}(?:\\{0,4}[\"'`]{1,3}|&quot;|&apos;|%22)"
_BEFORE_QUOTE = r"\s{0,40}[(\[{]?\s{0,40}"

# ── values ────────────────────────────────────────────────────────────────────────────────────

_QUOTED = r"(?:[^\s\"'`\\<>]|\\[^\s\"'`])"
_BARE = r"[^\s\"'`\\<>,;(){}\[\]|]"
_QUOTE_ENDED = r"(?=\\{0,4}[\"'`\r\n]|&quot;|&apos;|%22)"
_ENDED = r"(?=[\s\"'`\\<>,;){}\[\]|]|\Z)"
# With a digit or a sign in it; said by what it consumes, which the prefilter understands.
_PLAIN = r"[^\s\"'`\\<>,;(){}\[\]|0-9#$%^&*!@~]"
_ODD = r"[0-9#$%^&*!@~]"
_MIXED_NEXT = rf"(?=[\"']|{_BARE}{{0,60}}?{_ODD})"  # or a quoted one
# Without a sign between them, a word is a password only where it can hardly be anything else.
_STRONG = (
    r"(?=[^\s]{0,40}?[0-9])(?=[^\s]{0,40}?[A-Za-z])"
    r"(?=[^\s]{0,40}?(?:[#$%^&*!@~]|[a-z][A-Z]|[A-Z][a-z0-9]{1,3}[A-Z0-9]|[0-9a-f]{24}))"
)


def _quoted(name: str, least: int) -> str:
    value = rf"{_QUOTED}{{{least},20000}}"
    return rf"{name}{_SIGNED}{_BEFORE_QUOTE}{_OPEN}\s{{0,8}}\K{value}{_QUOTE_ENDED}"


def _mixed(least: int, most: int = 20000) -> str:
    return rf"(?={_BARE}{{{least}}}){_PLAIN}{{0,60}}{_ODD}{_BARE}{{0,{most}}}"


def _argument(name: str) -> str:
    return rf"{name}{_NEXT}{_OPEN}\K{_mixed(6)}{_QUOTE_ENDED}"


def _bare(name: str, least: int) -> str:
    return rf"{name}{_SIGNED}[ \t]{{0,8}}\K{_mixed(least)}"


_PIECES = regex.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_VOWEL = regex.compile(r"[aeiouy]", regex.I)
_GROUPS = r"[A-Z0-9]{5}(?:-[A-Z0-9]{5}){2,6}"
_BYTES = r"(?:0x[0-9A-Fa-f]{2}|0[0-7]{2,3}|[0-9]{1,3})(?:,[\s\\]{0,80}(?:0x[0-9A-Fa-f]{2}|0[0-7]{2,3}|[0-9]{1,3})){7,255}"
_BY_FORM = regex.compile(rf"{_GROUPS}|{_BYTES}")
_PLACEHOLDER = regex.compile(
    r"\$\{.*|\$\(.*|\$[A-Z_]+\$?|%\(?\w*\)?[sd]?|%\w+%|\{.*|<.*|\[.*|#\{.*|@\w+@?"
    r"|&lt;.*|(?:(.)\1*)|.*(?:(?i:example|placeholder|your[_-]|insert[_-]|changeit|redacted)).*"
    r"|[\w.]+\(.*|(?i:(?:self|this|config|settings|process|os|env|options|args|request|req|ctx)\.).*"
    r"|&(?:quot|apos|lt|gt|amp);?|(?i:none|null|true|false|undefined|string|text|required|optional)"
)
_URL = regex.compile(r"[a-z][a-z0-9+.-]{1,15}://.*", regex.I)


def is_placeholder(value: str) -> bool:
    return _PLACEHOLDER.fullmatch(value, timeout=1) is not None


def _is_words(value: str) -> bool:
    """True if it is made of words and small numbers: access_token, lib/getKey2, v1.alpha."""
    return all(map(_is_name, value.split("/")))


def _is_name(value: str) -> bool:
    pieces = _PIECES.findall(value)
    letters = [piece for piece in pieces if piece.isalpha()]
    return (
        sum(map(len, letters)) >= 4 * len(letters) - 2
        and len(pieces) - len(letters) <= 2
        and all(
            len(piece) <= 4 if piece.isdigit() else len(piece) <= 2 or _VOWEL.search(piece)
            for piece in pieces
        )
    )


def entropy(value: str) -> float:
    """Shannon's entropy of the characters of `value`, in bits a character.

    >>> entropy("aabb")
    1.0
    """
    counts = Counter(value).values()
    return -sum(n / len(value) * math.log2(n / len(value)) for n in counts)


def _password(value: str) -> bool | None:
    return False if is_placeholder(value) else None


def _secret(value: str) -> bool | None:
    """Refutes what is a placeholder, a name, a number, a place, or too regular to be drawn."""
    if _BY_FORM.fullmatch(value):
        return None
    if len(value) < 8 or is_placeholder(value) or _is_words(value) or _URL.fullmatch(value):
        return False
    letters = sum(map(str.isalpha, value))
    digits = sum(map(str.isdigit, value))
    if not letters and digits < 16:
        return False
    if not digits and (len(value) < 20 or value.islower() or value.isupper()):
        return False
    return None if entropy(value) >= 2.5 else False


PASSWORDS = Recognizer(
    name="PasswordRecognizer",
    entity="PASSWORD",
    what="Passwords behind a name or word for them (in code, configuration, command lines, SQL, "
    "prose), in URLs, in .netrc files, and their hashes",
    examples=('db_password = "..."', "postgres://user:...@host", "the password is ..."),
    patterns=(
        Pattern("quoted", _quoted(_PASSWORD_NAME, 4)),
        Pattern("argument", _argument(_PASSWORD_NAME)),
        Pattern("bare", _bare(_PASSWORD_NAME, 4) + _ENDED),
        Pattern("spaced", rf"{_PASSWORD_NAME}[ \t]{{1,3}}\K{_STRONG}{_mixed(6, 64)}"),
        Pattern("said", rf"(?i:{_PASSWORD})[ ](?i:is|was|ist|es|est|:)[ ]{{1,2}}\K{_mixed(4, 64)}"),
        Pattern("spaced quoted", rf"(?i:{_PASSWORD})[ \t]{{1,3}}\K(?<=\s){_OPEN}\K{_QUOTED}{{4,128}}(?=\\{{0,4}}[\"'`])"),
        Pattern(
            "option",
            rf"(?<![\w-])--?[\w-]{{0,20}}(?i:{_PASSWORD}|pwd)(?:[ \t]{{1,3}}{_MIXED_NEXT}|=)[\"']?\K(?!-)[^\s\"']{{3,128}}",
        ),
        Pattern("curl option", r"(?i:CURLOPT_\w{0,20}PASSWORD)[ ]?,\s{0,16}\"\K[^\"\s]{3,128}(?=\")", SURE),
        Pattern("curl", r"(?<![\w-])(?:-u|--user|--proxy-user)[ =]?[\"']?[^\s\"':]{1,64}:\K[^\s\"']{3,128}", SURE),
        Pattern("openssl", r"(?<![\w-])-pass(?:in|out)?[ ][\"']?pass:[ ]?\K[^\s\"']{3,128}", SURE),
        Pattern("url", r"(?i:[a-z][a-z0-9+.-]{1,20})://[^\s:/@\"'<>?#]{0,128}:\K[^\s/@\"'<>]{1,128}(?=@[\w\[])", SURE),
        Pattern("mail url", r"(?i:smtps?|imaps?|pop3s?)://[^\s:\"'<>]{1,128}:\K[^\s/@\"'<>]{1,128}(?=@)", SURE),
        Pattern("sql", r"(?i:identified\s{1,4}(?:with\s{1,4}[\"']?\w{1,40}[\"']?\s{1,4})?(?:by|as(?=\s{1,4}['\"]))\s{1,4}(?:password\s{1,4})?)" + _MIXED_NEXT + r"[\"']?\K[^\s\"';)]{3,128}", SURE),
        Pattern("sql password", r"(?i:(?:login|encrypted|with|role\s{1,4}\w{1,64})\s{1,4}password\s{1,4})[\"']?\K[^\s\"';)]{3,128}"),
        Pattern("netrc", r"(?i:login)[ \t\r\n]{1,4}\S{1,128}[ \t\r\n]{1,4}(?i:password)[ \t\r\n]{1,4}\K\S{1,128}", SURE),
        Pattern("xml", r"<(?:\w{1,20}:)?[\w-]{0,30}(?i:password|passwd|passphrase)[\w-]{0,20}(?:\s[^<>]{0,80})?>\s{0,20}\K[^<>\s]{4,128}(?=\s{0,20}</)"),
        Pattern("pair", r"(?i:\b(?:id|user(?:name)?|login)[ ]?/[ ]?(?:pw|pwd|password|pass))\)?[ \t]{0,2}[:=]?[ \t]{0,2}\(?\K[^\s/()]{2,64}/[^\s/()]{4,64}"),
        Pattern("secure string", r"(?i:ConvertTo-SecureString)(?:[ ]-\w{1,20}){0,3}[ ](?:\\{0,4}[\"'])?\K[^\s\"'\\-][^\s\"'\\]{3,128}", SURE),
        Pattern(
            "hash",
            r"\$(?:2[abxy]\$[0-9]{2}\$[./A-Za-z0-9]{53}|[156y]\$[^\s$:]{1,40}\$(?:[^\s$:]{8,40}\$)?[./A-Za-z0-9]{22,90}"
            r"|argon2(?:id|i|d)\$v=[0-9]{1,3}\$[\w=,]{5,40}\$[A-Za-z0-9+/]{8,90}\$[A-Za-z0-9+/]{16,90}"
            r"|apr1\$[./A-Za-z0-9]{1,8}\$[./A-Za-z0-9]{22})",
            SURE,
        ),
    ),
    judge=_password,
)  # fmt: skip

SECRETS = Recognizer(
    name="SecretRecognizer",
    entity="SECRET",
    what="Tokens, keys and other secrets of any form behind a name for them, in HTTP headers and in "
    "the queries of URLs; names, words and placeholders are none",
    examples=('client_secret = "..."', "Authorization: Bearer ...", "https://host/?sig=..."),
    patterns=(
        Pattern("quoted", _quoted(_SECRET_NAME, 8)),
        Pattern("quoted key", _quoted(_KEY_NAME, 15)),
        Pattern("argument", _argument(_SECRET_NAME)),
        Pattern("bare", _bare(_SECRET_NAME, 8) + _ENDED),
        Pattern("bare key", _bare(_KEY_NAME, 16) + _ENDED),
        Pattern("spaced", rf"{_SECRET_NAME}[ \t]{{1,3}}(?:is[ ])?\K{_STRONG}{_BARE}{{8,20000}}"),
        Pattern("option", rf"(?<![\w-])--?[\w-]{{0,30}}(?i:{_SECRET})[\w-]{{0,20}}(?:[ \t]{{1,3}}|=)[\"']?\K(?!-)[^\s\"']{{8,400}}"),
        Pattern(
            "header",
            r"(?i:authorization)\b[\"']?[ ]?[:=,][ ]{0,3}[\"']?(?i:basic|bearer|digest|negotiate|ntlm|token|apikey|aws4-hmac-sha256)"
            r"[ ]{1,3}\K[^\s\"'<>]{8,4000}",
            SURE,
        ),
        Pattern("groups", rf"(?i:(?:activation|licen[cs]e|product|serial|registration)[ _-]?(?:key|code|number)s?)[\"']?[ ]?(?:[:=]|is)?[ ]{{0,4}}[\"']?\K{_GROUPS}(?![\w-])", SURE),
        Pattern("bytes", rf"{_KEY_NAME}[ ]?(?:\[\w*\])?[ ]?(?:=|:=)?[ ]?(?:\w{{1,12}})?[\[{{(]\s{{0,40}}\K{_BYTES}"),
        Pattern("query", r"[?&](?i:sig|signature|x-amz-(?:signature|credential|security-token)|access_token|code|state|key|token)=\K[\w%.~+/-]{16,4000}"),
        Pattern("cookie", r"(?i:phpsessid|jsessionid|asp\.net_sessionid|connect\.sid|sessionid|csrf_?token|xsrf-token)=\K[\w%.~+/:-]{16,4000}"),
        Pattern("npm registry", r"//[\w.-]{1,100}/[\w./-]{0,100}:_(?:authToken|auth|password)[ ]?=[ ]?\K[^\s$\"'][^\s\"']{7,400}", SURE),
    ),
    judge=_secret,
)  # fmt: skip
