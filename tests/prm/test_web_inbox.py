"""Mails that stay on this machine can be read there, and do nothing else."""

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from prm.web.mail_folder import kept_mail, kept_mails

HTML = """<html><head><style>p{color:red}</style></head><body><div style="display:none">Preheader</div>
<p onclick="x()">Hello <a href="https://canopy.example/join">Join</a></p><script>alert(1)</script></body></html>"""


def mail(subject: str, day: int, html: str = "") -> bytes:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = "Alice Moreau (Acme) <canopy@example.com>"
    message["To"] = "lena@nordwind.example"
    message["Date"] = f"{day:02} Nov 2026 10:00:00 +0000"
    message.set_content("Hello <b>Lena</b>\n\nhttps://canopy.example/join")
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.MAIL_FOLDER = tmp_path
    separator = b"\n" + b"-" * 79 + b"\n"
    (tmp_path / "first.log").write_bytes(mail("Old", 3) + separator + mail("Newer", 5, HTML) + separator)
    (tmp_path / "second.eml").write_bytes(mail("Newest", 7))
    (tmp_path / "notes.txt").write_text("not a mail")
    return tmp_path


def test_mails_are_listed_newest_first(folder: Path) -> None:
    assert [kept.subject for kept in kept_mails()] == ["Newest", "Newer", "Old"]


def test_no_folder_is_no_mail(settings: Any, tmp_path: Path) -> None:
    settings.MAIL_FOLDER = tmp_path / "missing"
    assert kept_mails() == []


def test_html_is_shown_without_what_acts(folder: Path) -> None:
    found = next(kept for kept in kept_mails() if kept.subject == "Newer")
    assert 'href="https://canopy.example/join"' in found.html
    for gone in ("script", "onclick", "Preheader", "color:red", "style"):
        assert gone not in found.html


def test_text_is_escaped_and_its_links_work(folder: Path) -> None:
    found = next(kept for kept in kept_mails() if kept.subject == "Old")
    assert "&lt;b&gt;" in found.text
    assert 'href="https://canopy.example/join"' in found.text
    assert found.html == ""


@pytest.mark.parametrize("key", ["../../etc/passwd", "missing.0", "", "a" * 200])
def test_unknown_key_is_no_mail(folder: Path, key: str) -> None:
    assert kept_mail(key) is None


def test_broken_mail_is_still_listed(folder: Path) -> None:
    (folder / "broken.eml").write_bytes(b"Date: nonsense\nSubject: =?utf-8?q?broken?=\n\n\xff\xfe")
    assert "broken" in [kept.subject for kept in kept_mails()]


def test_pages_of_the_inbox(client: Client, folder: Path, db: None) -> None:
    listed = client.get("/dev/inbox/").content.decode()
    assert listed.index("Newest") < listed.index("Newer") < listed.index("Old")
    key = next(kept.key for kept in kept_mails() if kept.subject == "Newer")
    assert "Hello <a" in client.get(f"/dev/inbox/{key}/").content.decode()
    assert "&lt;b&gt;Lena" in client.get(f"/dev/inbox/{key}/?text").content.decode()
    assert client.get("/dev/inbox/missing.0/").status_code == 404


def test_only_the_list_is_sent_when_it_is_looked_at_again(client: Client, folder: Path, db: None) -> None:
    headers = {"HX-Request": "true", "HX-Target": "inbox"}
    partial = client.get("/dev/inbox/", headers=headers).content.decode()
    assert partial.strip().startswith('<div id="inbox"')
