"""Addresses of people and machines: e-mail under any domain, accounts on hosts, pages, networks."""

from __future__ import annotations

from contextlib import suppress
from ipaddress import ip_address

import regex

from scrubber.detect.recognizers.labels import labelled
from scrubber.detect.recognizers.recognizer import LIKELY, SURE, Pattern, Recognizer

_ATOM = r"[\p{Latin}0-9!#$%&'*+/=?^_`{|}~.-]"
_LABEL = r"[\p{Latin}0-9](?:[\p{Latin}0-9_-]{0,61}[\p{Latin}0-9])?"
# A label with a capital begins the next sentence, unless the address is written so.
_NEXT = r"(?![A-Z][a-z]+[ ,;!?])"
_DOMAIN = rf"{_LABEL}(?:\.{_NEXT}{_LABEL}){{0,8}}\.{_NEXT}(?=[\p{{Latin}}0-9-]{{0,20}}\p{{Latin}}){_LABEL}"
# A step of a path is an address, or a package with its version, a picture's scale, a unit of systemd.
_STEP_ATOM = r"[\p{Latin}0-9!$%&'*+=^_`{|}~.-]"
_NO_DOMAIN = r"v?[0-9]+\.[0-9]|[0-9]x\.|[\w.-]{0,80}\.(?:service|socket|timer|target|slice|mount)\b"
_IP4 = r"(?:[0-9]{1,3}\.){3}[0-9]{1,3}"

_VERSION = regex.compile(r"@v?[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}(?:[-.+][\w.-]*)?\Z")


def _is_mail(value: str) -> bool | None:
    """Refutes a package with its version: vue@3.2.1-rc1."""
    return False if _VERSION.search(value) and not regex.search(rf"@{_IP4}\Z", value) else None


MAIL = Recognizer(
    name="MailAddressRecognizer",
    entity="EMAIL_ADDRESS",
    what="E-mail addresses under any domain: internal hosts, IP addresses, quoted names",
    examples=("ann@build01.local", "ann@localhost", '"ann poe"@example.com', "ann@192.0.2.7", "/home/ann@example.com/in"),
    patterns=(
        Pattern("domain", rf"(?<![\p{{Latin}}0-9._%+/:@-])(?=[\p{{Latin}}0-9_]){_ATOM}{{0,63}}(?<=[\p{{Latin}}0-9_+-])@{_DOMAIN}(?![\p{{Latin}}(]|://)", SURE),
        Pattern("path", rf"(?<=[^/\s]/)[\p{{Latin}}0-9_]{_STEP_ATOM}{{0,63}}(?<=[\p{{Latin}}0-9_+-])@(?!{_NO_DOMAIN}){_DOMAIN}(?![\p{{Latin}}(]|://)", SURE),
        Pattern("quoted", rf"\"[^\"\s@<>][^\"\r\n@<>]{{0,62}}\"@(?:{_DOMAIN}|localhost)", SURE),
        Pattern("number", rf"(?<![\p{{Latin}}0-9._%+/:@-])(?=[\p{{Latin}}0-9_]){_ATOM}{{1,64}}@\[?{_IP4}\]?(?![\w.])", SURE),
        Pattern("local", r"(?<![\p{Latin}0-9._%+/:@-])[\p{Latin}0-9_][\p{Latin}0-9._+-]{0,62}@(?:localhost|localdomain)(?![\w.-])", SURE),
    ),
    judge=_is_mail,
)  # fmt: skip

ACCOUNTS_ON_HOSTS = Recognizer(
    name="HostAccountRecognizer",
    entity="USERNAME",
    what="Accounts on hosts and in the fediverse, and owners of repositories",
    examples=("ssh ann@db01", "@ann@social.example", "git@github.com:ann/repo.git"),
    patterns=(
        Pattern("fediverse", rf"(?<![\w@./])@[A-Za-z0-9_][\w.-]{{0,38}}@{_DOMAIN}(?![\w])", SURE),
        Pattern(
            "remote",
            r"(?<![\w-])(?:ssh|scp|sftp|rsync|mosh|ssh-copy-id|sshfs|telnet|rlogin)(?:[ ]{1,2}-{1,2}[\w=-]{1,30}(?:[ ][\w./~:-]{1,80})?|[ ][\w./~-]{1,60}){0,4}[ ]{1,2}\K(?!git@)[A-Za-z_][\w.-]{0,31}(?=@[\w.-]{1,63}(?![\w@]))",
            SURE,
        ),
        Pattern("prompt", r"(?m:^)\[?\K[a-z_][\w.-]{0,31}(?=@[a-z][\w.-]{0,62}(?::[~/][^\n$#]{0,80}|[ ][~/\w.-]{1,60}\])[$#][ ])", LIKELY),
        Pattern("repository", r"(?<![\w.])(?:ssh://)?git@[\w.-]{3,63}[:/]\K[A-Za-z0-9_][\w.-]{0,38}(?=/[\w.-])", SURE),
    ),
)  # fmt: skip

_REST = r"[^\s\"'`<>\[\]{}|\\^]"
PAGES = Recognizer(
    name="WebAddressRecognizer",
    entity="URL",
    what="Web addresses with a scheme (hxxp too) or www, under any suffix, to their end",
    examples=("www.some.bank", "https://intranet/team", "hxxp://bad.example/x"),
    patterns=(
        Pattern("scheme", rf"(?<![A-Za-z])(?i:h(?:tt|xx)ps?|ftps?|wss?)(?:://|\[:\]//)(?![$%{{]){_REST}{{1,2000}}(?<![.,;:!?)*_~])"),
        Pattern("www", rf"(?<![\w.@/-])(?i:www)\.[\p{{Latin}}0-9-]{{1,63}}(?:\.[\p{{Latin}}0-9-]{{1,63}}){{1,8}}(?::[0-9]{{2,5}})?(?:[/?#]{_REST}{{0,2000}})?(?<![.,;:!?)*_~-])"),
    ),
)  # fmt: skip


def _is_machine(value: str) -> bool | None:
    plain = value.partition("%")[0]
    if ":" not in plain:
        return None if all(int(part) < 256 for part in plain.split(".")) else False
    with suppress(ValueError):
        ip_address(plain)
        return None
    return False


MACHINES = Recognizer(
    name="MachineAddressRecognizer",
    entity="IP_ADDRESS",
    what="IP addresses with leading zeros and with zones",
    examples=("198.051.100.007", "fe80::1ff:fe23:4567:890a%eth2"),
    patterns=(
        Pattern("leading zeros", r"(?<![\w.,-])(?=[0-9.]{0,12}(?<![0-9])0[0-9])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w]|[.][0-9])"),
        Pattern("zone", r"(?<![\w:.])(?:[0-9A-Fa-f]{1,4}:|:){2,7}[0-9A-Fa-f:.]{0,30}%[A-Za-z0-9]{1,15}(?![\w:])"),
    ),
    judge=_is_machine,
)  # fmt: skip

HARDWARE = Recognizer(
    name="HardwareAddressRecognizer",
    entity="MAC_ADDRESS",
    what="Hardware addresses without separators, behind a word for them",
    examples=("MAC address BDA5C5079E23",),
    patterns=(
        labelled(
            r"(?:(?:wi-?fi|wlan|lan|bluetooth|ethernet)[ _-]?)?mac(?:[\s_-]?(?:address|addr|id))?|bssid|hardware[\s_-]?address|ethernet[\s_-]?address|wi-?fi[\s_-]?address|hwaddr|bluetooth[\s_-]?address",
            r"(?=[A-Fa-f]{0,11}[0-9])(?:[0-9A-F]{12}|[0-9a-f]{12})",
        ),
    ),
)  # fmt: skip
