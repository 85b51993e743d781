"""Passwords and tokens on command lines, and in pairs of a name and a value."""

from __future__ import annotations

from scrubber.detect.recognizers.credentials import is_placeholder
from scrubber.detect.recognizers.recognizer import SURE, Pattern, Recognizer

_QUOTE = r"[\"']?"
_VALUE = r"(?!-|\$[A-Z_({])[^\s\"']{3,200}"
_ARGUMENTS = r"[^\n|;&]*?[ \t]{1,4}"
_START = r"(?<![\w./-])"


def _option(name: str, commands: str, option: str) -> Pattern:
    """The value of `option`, which ends in the gap before the value, of one of `commands`."""
    return Pattern(
        name, rf"{_START}(?:[\w./-]{{0,40}}/)?(?:{commands}){_ARGUMENTS}{option}{_QUOTE}\K{_VALUE}", SURE
    )  # fmt: skip


_WORD = (
    r"[\w.:-]{0,40}(?i:password|passwd|passphrase|passwort|pwd|secret|token|api[_.-]?key|access[_.-]?key"
    r"|private[_.-]?key|credential)s?[\w.:-]{0,24}"
)
_SECRET_VALUE = r"(?!\$\{|\{\{|<|%)[^\"'<>\n]{3,400}"
_NAMES, _VALUES = r"(?i:name|key|id|field|variable|property)", r"(?i:value|val|default|content)"

COMMAND_SECRETS = Recognizer(
    name="CommandSecretRecognizer",
    entity="PASSWORD",
    what="Passwords and tokens on command lines, and in pairs of a name and a value in JSON, YAML "
    "and XML",
    examples=(
        "mysql -u root -p...",
        "sshpass -p ... ssh a@b",
        "docker login -u a -p ...",
        '{"value": "...", "name": "DB_PASSWORD"}',
    ),
    patterns=(
        _option("mysql", r"mysql\w{0,10}|mariadb[\w-]{0,10}|xtrabackup|7za?|unrar|rar", r"-p(?=[^\s])"),
        _option(
            "option",
            r"sshpass|docker[ ]login|podman[ ]login|nerdctl[ ]login|helm[ ]registry[ ]login|oc[ ]login|az[ ]login|az[ ]acr[ ]login"
            r"|mongo(?:sh|dump|restore|export|import)?|rabbitmqadmin|influx|kinit|cf[ ]login|psexec|ipmitool|mosquitto_(?:pub|sub)",
            r"-[pPw][ \t]{1,3}",
        ),
        _option("capital option", r"sqlcmd|bcp|zip|unzip|osql|ipmitool|mosquitto_(?:pub|sub)|snmp\w{1,8}", r"-[PAX][ \t]{1,3}"),
        _option("redis", r"redis-cli|redis-benchmark", r"-a[ \t]{1,3}"),
        _option("ldap", r"ldap\w{2,10}", r"-w[ \t]{1,3}"),
        _option("putty", r"plink|pscp|psftp|putty", r"-pw[ \t]{1,3}"),
        _option("java", r"keytool|jarsigner|apksigner", r"-(?:store|key|src|dest|new)(?:store|key)?pass[ \t]{1,3}(?:pass:)?"),
        _option("curl", r"curl|wget|http|https|xh", r"(?:-[a-zA-Z]{0,5}u|--user|--proxy-user|-a|--auth)[ =]?[\"']?[^\s\"':@/]{1,64}:"),
        _option("windows", r"xfreerdp|rdesktop|cmdkey|wfreerdp", r"[/-](?:p|pass)(?::|[ ])"),
        Pattern("net use", r"(?i:(?<!\w)net[ ]use[ ][^\n]{1,120}?/user:\S{1,60}[ ])\K[^\s/]\S{3,100}", SURE),
        Pattern("htpasswd", rf"{_START}htpasswd[ ]-\w{{0,6}}b\w{{0,6}}[ ]\S{{1,100}}[ ]\S{{1,60}}[ ]{_QUOTE}\K{_VALUE}", SURE),
        Pattern("chpasswd", rf"(?i:echo|printf)[ ]{_QUOTE}[\w.-]{{1,40}}:\K[^\s\"']{{3,100}}(?=[\"']?[ ]?\|[ ]?(?:sudo[ ])?chpasswd)", SURE),
        Pattern("sudo", rf"(?i:echo|printf)[ ]{_QUOTE}\K{_VALUE}(?=[\"']?[ ]?\|[ ]?(?:sudo[ ]-\w{{0,3}}S|(?:docker|podman|helm|az|gh)[ ][^\n]{{0,80}}-(?:stdin|with-token)))", SURE),
        Pattern("samba", rf"{_START}(?:smbclient|rpcclient|smbmap|mount[.]cifs)[^\n|;]{{0,100}}[ ]-U[ ]{_QUOTE}[\w.\\/-]{{1,60}}%\K[^\s\"']{{3,100}}", SURE),
        Pattern("login", rf"{_START}(?:vault[ ]login|cargo[ ]login|nuget[ ]setapikey|heroku[ ]auth:token|doctl[ ]auth[ ]init[ ]-t)[ ](?:token=)?{_QUOTE}\K(?!-)[^\s\"'=]{{8,400}}", SURE),
        Pattern("pair, name first", rf"[\"'](?:{_NAMES})[\"'][ ]?:[ ]?[\"']{_WORD}[\"']\s{{0,8}},\s{{0,40}}[\"']{_VALUES}[\"'][ ]?:[ ]?[\"']\K{_SECRET_VALUE}", SURE),
        Pattern("pair, value first", rf"[\"']{_VALUES}[\"'][ ]?:[ ]?[\"']\K{_SECRET_VALUE}(?=[\"']\s{{0,8}},\s{{0,40}}[\"']{_NAMES}[\"'][ ]?:[ ]?[\"']{_WORD}[\"'])", SURE),
        Pattern("yaml pair", rf"(?<!\w){_NAMES}:[ ]{{1,3}}{_QUOTE}{_WORD}{_QUOTE}[ ]{{0,3}}\r?\n[ ]{{0,40}}{_VALUES}:[ ]{{1,3}}{_QUOTE}\K{_SECRET_VALUE}", SURE),
        Pattern("attributes, name first", rf"(?<!\w){_NAMES}[ ]?=[ ]?[\"']{_WORD}[\"']\s{{1,8}}(?i:value|val)[ ]?=[ ]?[\"']\K{_SECRET_VALUE}", SURE),
        Pattern("attributes, value first", rf"(?<!\w)(?i:value)[ ]?=[ ]?[\"']\K{_SECRET_VALUE}(?=[\"']\s{{1,8}}{_NAMES}[ ]?=[ ]?[\"']{_WORD}[\"'])", SURE),
        Pattern("element", rf"<(?:\w{{1,20}}:)?{_WORD}(?:\s[^<>]{{0,80}})?>\s{{0,20}}\K[^<>\s{{}}$]{{4,400}}(?=\s{{0,20}}</)", SURE),
        Pattern("named element", rf"<\w{{1,30}}[ ]{_NAMES}=[\"']{_WORD}[\"'][^<>]{{0,80}}>\s{{0,20}}(?:<value>)?\K[^<>\s{{}}$]{{4,400}}(?=\s{{0,20}}</)", SURE),
        Pattern("header", r"(?i:(?:proxy-)?authorization)[\"']?[ ]?[:=,][ ]{0,3}[\"']?(?i:[a-z]{1,12}[_-]?(?:token|key)|token|key|sso-key|oauth|hawk|snippet)[ ]{1,3}(?:token=)?[\"']?\K[^\s\"'<>,]{8,4000}", SURE),
        Pattern("header alone", r"(?i:x-(?:api-key|auth-token|access-token|vault-token|gitlab-token|amz-security-token)|private-token|api-key|apikey)[\"']?[ ]?[:=][ ]{0,3}[\"']?\K(?!\$|\{|<)[^\s\"'<>,{}]{8,4000}", SURE),
    ),
    judge=lambda value: False if is_placeholder(value) else None,
)  # fmt: skip
