"""Personal details in numbers and handles: dates of birth, high ages, user names."""

from __future__ import annotations

import regex

from scrubber.detect.recognizers.labels import VALUE_KEY
from scrubber.detect.recognizers.recognizer import LIKELY, SURE, Pattern, Recognizer

_MONTH = r"\p{L}{3,12}\.?"
_YEAR = r"(?:1[89]|20)[0-9]{2}"
_DATE = (
    rf"(?:{_YEAR}[-/.年][ ]?[0-9]{{1,2}}[-/.月][ ]?[0-9]{{1,2}}日?|[0-9]{{1,2}}[-/. ][ ]?[0-9]{{1,2}}[-/. ][ ]?(?:{_YEAR}|[0-9]{{2}})"
    rf"|(?:[0-9]{{1,2}}(?:st|nd|rd|th|er|\.|º)?[- ](?:of[ ]|de[ ])?{_MONTH},?[- ](?:de[ ]|del[ ])?(?:{_YEAR}|'?[0-9]{{2}}))"
    rf"|{_MONTH}[ ][0-9]{{1,2}}(?:st|nd|rd|th)?,?[ ]{_YEAR}|(?:19|20)[0-9]{{6}})(?![0-9])"
)

BIRTHS = Recognizer(
    name="DateOfBirthRecognizer",
    entity="DATE_OF_BIRTH",
    what="Dates to the day behind words for birth, in nine languages",
    examples=("DOB: 04/17/1960", "born on 2 March 1980", "geboren am 2.3.1980"),
    patterns=(
        Pattern(
            "labelled",
            r"(?<![A-Za-z])(?i:d\.?o\.?b\b\.?|(?:date|day)[\s_-]?of[\s_-]?birth|birth[\s_-]?(?:date|day)|born(?:[ ]on)?|b\."
            r"|geburts(?:datum|tag)|geboren|geb\.|date[ ]de[ ]naissance|née?|fecha[ ]de[ ]nacimiento|nacid[oa]"
            r"|data[ ]di[ ]nascita|nat[oa]|data[ ]de[ ]nascimento|nascid[oa]|geboortedatum|född|fødselsdato|urodzon[ya]"
            r"|data[ ]urodzenia|дата[ ]рождения|родил(?:ся|ась)|生年月日|出生(?:日期|年月日)?)"
            r"[\"'\])*>]{0,3}[ \t]{0,16}" + VALUE_KEY + r"(?:(?:is|was|am|on|le|el|il|em|in|den|the|[:=：|])[ \t]{0,4}){0,3}[\"'(\[]{0,2}\K" + _DATE,
            SURE,
        ),
        Pattern("said", _DATE + r"(?=,?[ ](?:is|was)[ ](?:my|his|her|their|your|our|the|\w{1,20}['’]s)[ ](?:birthday|date[ ]of[ ]birth|dob|birthdate|b-day))", SURE),
        Pattern("noted", _DATE + r"(?=[ ]?\((?i:dob|d\.o\.b\.|date[ ]of[ ]birth|birthday)\))", SURE),
    ),
)  # fmt: skip

_OLD = r"(?:9[0-9]|1[01][0-9]|12[0-4])"
_OLD_WORDS = r"(?i:ninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?)"

HIGH_AGES = Recognizer(
    name="AgeOver89Recognizer",
    entity="AGE_OVER_89",
    what="Ages from 90 to 124, which HIPAA counts among the identifiers",
    examples=("a 93-year-old man", "aged 101", "age: 90", "92 yo"),
    patterns=(
        Pattern(
            "before",
            rf"(?<![\w.,$€£-])(?:{_OLD}|{_OLD_WORDS})(?=[- ]?(?i:years?[- ]old|yrs?[. -]{{1,2}}old|y[./]?o\b|year[- ]old|yr[- ]old|years?[ ]of[ ]age"
            r"|jahre[ ]alt|-?jährig|ans\b|años\b|anni\b|anos\b|jaar[ ]oud|år[ ]gammal|летн|лет\b))",
            SURE,
        ),
        Pattern(
            "after",
            rf"(?<![A-Za-z])(?i:age[ds]?(?:[ ]of)?|pt[ ]age|patient[_ ]age|alter)[\"']?[ ]{{0,2}}(?:[:=]|is)?[ ]{{0,2}}[\"']?\K{_OLD}"
            r"(?![\w%]|[.,:/][0-9]|-[0-9]|[ ](?i:days?|hours?|months?|weeks?|minutes?|seconds?|percent|%))",
            SURE,
        ),
    ),
)  # fmt: skip

_NO_HANDLES = frozenset(
    """abstract apply arg argument author autowired bean before after beforeeach aftereach brief
    charset class classmethod code component config constructor controller copyright data default
    dataclass deprecated description desc doc docs dynamic each else end endif entity enum event
    example exception export extend extends file fixture font foreach func function generated get
    getmapping given global group home host id if import include inheritdoc inherits injectable
    interface internal internet invariant it item keyframes layer license link lru_cache main map
    media mixin mock model module name namespace none note notnull nullable onevent override
    overload package page param parameter params parametrize patch pathvariable post postmapping
    preconcurrency private property protected provide public pytest query ref remarks repository
    requestbody requestmapping require requires responsebody rest return returns route root
    section see self service setter signature since slot staticmethod static style summary supports
    suppress suppresswarnings table target task template test tests testable text this throw throws
    title todo transactional transient try tutorial type typedef uses validate value var variable
    version view viewchild volatile warning when with work yield""".split()
)


def _is_handle(value: str) -> bool | None:
    bare = value.removeprefix("@").rstrip(".")
    if value.startswith("@") and (
        bare.lower() in _NO_HANDLES or not regex.search("[A-Za-z]", bare)
    ):
        return False
    if regex.search(r"\.(?:com|org|net|edu|gov|co|uk|de|fr|io)$", bare, regex.I):
        return False  # the end of an e-mail address that was torn apart
    return (
        False
        if regex.fullmatch(r"(?i:none|null|true|false|string|is|and|the|name)", bare)
        else None
    )


USERNAMES = Recognizer(
    name="UsernameRecognizer",
    entity="USERNAME",
    what="Handles (@name, u/name), names of users behind words for them, in profile addresses and "
    "in home folders",
    examples=("@ann_poe", "username: ann.poe", "github.com/annpoe", "/home/annpoe/"),
    patterns=(
        Pattern(
            "handle",
            r"(?<![\w@./:\\&;=#$%+*-])@[A-Za-z0-9_](?:[A-Za-z0-9_]|[.](?=[A-Za-z0-9_])){1,29}(?![\w(/@-]|\.[a-z]{2,}\()"
            r"(?!\s{0,80}\n\s{0,80}(?:def|class|async|public|private|protected|static|function|export|final|abstract|@|fun|func|var|let)\b)",
            LIKELY,
        ),
        Pattern(
            "labelled",
            r"(?<![A-Za-z])(?i:user[\s_-]?name|user[\s_-]?id|login(?:[\s_-]?(?:name|id))?|screen[\s_-]?name|nick[\s_-]?name|gamer[\s_-]?tag|handle"
            r"|(?:twitter|instagram|telegram|github|discord|snapchat|tiktok|skype|insta|snap)(?:[\s_-]?(?:id|name|handle|user))?"
            r"|benutzername|nom[ ]d.utilisateur|nombre[ ]de[ ]usuario|nome[ ]utente)"
            r"[\"'\])*]{0,3}[ \t]{0,4}(?:[:=：]|(?:is|ist|est|es|è)[ ](?=[^\s]{0,30}[0-9_.@-][A-Za-z0-9]))[ \t]{0,4}[\"'(\[]{0,2}\K"
            r"@?[A-Za-z][\w.-]{1,38}\w(?![\w@(/]|\.\w|://)",
        ),
        Pattern("federated", r"(?<![\w@./])@[\w.-]{1,30}@[\w-]{1,60}(?:\.[\w-]{1,30}){1,4}(?!\w)", SURE),
        Pattern("remote host", r"(?<![\w./-])(?:ssh|scp|sftp|rsync|mosh|autossh)[ ](?:-[^\n|;&]{1,80}?[ ])?\K(?!(?:root|git|ubuntu|ec2-user|admin|user|deploy)@)[A-Za-z_][\w.-]{1,31}(?=@[\w-])"),
        Pattern("repository", r"git@[\w.-]{3,60}:\K[A-Za-z0-9][\w.-]{1,38}(?=/[\w.-])"),
        Pattern("profile number", r"(?i:facebook\.com/profile\.php\?id=)\K[0-9]{5,20}", SURE),
        Pattern("reddit", r"(?<![\w/])/?u/[A-Za-z0-9_-]{3,20}(?![\w/-])"),
        Pattern("discord", r"(?<![\w@#])[A-Za-z][\w.]{1,31}#[0-9]{4}(?![\w#])"),
        Pattern(
            "profile",
            r"(?i:(?<![\w.-])(?:www\.|m\.)?(?:twitter|x|instagram|github|gitlab|facebook|tiktok|linkedin|t|medium|youtube|reddit|pinterest|twitch)"
            r"\.(?:com|me|tv)/(?:in/|@|user/|u/|c/)?)\K(?!(?i:home|search|explore|share|intent|login|about|help|watch|hashtag|status|profile\.php|p|r)(?:[/?\s]|\Z))[A-Za-z0-9_][\w.-]{1,38}\w",
        ),
        Pattern("home folder", r"(?:(?<![\w.])/(?:home|Users)/|[A-Za-z]:\\{1,2}Users\\{1,2})\K(?!(?i:runner|public|shared|default|user|username|ubuntu|root)(?:[/\\]|\Z))[A-Za-z_][\w.-]{1,31}(?=[/\\])"),
    ),
    judge=_is_handle,
)  # fmt: skip
