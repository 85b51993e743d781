"""Passwords and tokens on command lines and in pairs; and options that hold none."""

from __future__ import annotations

import pytest

from tests.detect.recognizers.searching import covers, found

SECRET = "tr0ub4Dor9xQ"
FOUND = [
    "mysql -u root -p{} shop", "mysqldump --quick -p'{}' shop", "sshpass -p {} ssh ann@db",
    "redis-cli -h db -a {} ping", "docker login -u ann -p {}", "vault login {}",
    "mongosh -u ann -p {} db", "sqlcmd -S db -U sa -P {}", "ldapsearch -x -D cn=ann -w {}",
    "plink -ssh ann@db -pw {}", "keytool -list -storepass {}", "curl --user ann:{} https://x.org",
    "curl -su 'ann:{}' https://x.org", "htpasswd -bc file ann {}", "echo 'ann:{}' | chpasswd",
    "echo {} | sudo -S ls", "echo {} | docker login -u ann --password-stdin",
    "smbclient //db/share -U ann%{}", "net use Z: \\\\db\\share /user:ann {}", "7z x -p{} a.7z",
    '{{"name": "DB_PASSWORD", "value": "{}"}}', '{{"value":"{}","name":"DB_PASSWORD"}}',
    '<add key="DbPassword" value="{}"/>', '<property value="{}" name="api.token"/>',
    "- name: API_TOKEN\n  value: {}", "<secret>{}</secret>", "<api_token>{}</api_token>",
    '<string name="client_secret">{}</string>', "Authorization: Api-Token {}", "X-Api-Key: {}",
]  # fmt: skip
NONE = [
    "mkdir -p build/output", "docker run -p 8080:80 nginx", "cp -p one two", "ps -p 1234",
    "mysql -u root -p shop", "docker login -u ann -p $TOKEN", "sshpass -p ${PASSWORD} ssh a@b",
    '{"name": "DB_PASSWORD", "value": "${PASSWORD}"}', '{"name": "colour", "value": "turquoise"}',
    '<add key="Theme" value="turquoise"/>', "<title>turquoise</title>", "grep -a pattern file",
    "vault login -method=oidc", "Authorization: Bearer <token>", "ssh -p 2222 host",
]  # fmt: skip


@pytest.mark.parametrize("form", FOUND)
def test_found(form: str) -> None:
    text = form.format(SECRET)
    assert covers(text, SECRET, "PASSWORD", "SECRET")


@pytest.mark.parametrize("text", NONE)
def test_not_found(text: str) -> None:
    assert found(text, "PASSWORD") == set()
