"""Reading mails: whatever bytes come, the words of whoever wrote come out, and machines are told from people."""

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prm.inbound import reading
from prm.inbound.quotes import new_words
from prm.inbound.reading import Nature, read_mail
from tests.prm.raw_mails import (
    DELIVERY_REPORT,
    GMAIL_HTML,
    OUTLOOK_HTML,
    QUESTION,
    QUOTES,
    letter,
    raw,
)


@pytest.mark.parametrize(
    ("text", "charset", "encoding"),
    [
        ("Grüße aus Köln – 5 €", "utf-8", "8bit"),
        ("Grüße aus Köln – 5 €", "utf-8", "base64"),
        ("Grüße aus Köln – 5 €", "utf-8", "quoted-printable"),
        ("Grüße aus Köln", "iso-8859-1", "8bit"),
        ("Grüße aus Köln", "iso-8859-1", "quoted-printable"),
        ("“Quoted” – 5 €", "windows-1252", "base64"),
        ("两份合同一起计算吗？", "gb18030", "base64"),
        ("两份合同一起计算吗", "gb2312", "8bit"),
        ("契約は合算されますか", "iso-2022-jp", "8bit"),
        ("Договор подписан", "koi8-r", "quoted-printable"),
    ],
)
def test_text_in_every_encoding(text: str, charset: str, encoding: str) -> None:
    assert read_mail(raw(text, charset=charset, encoding=encoding)).text == text


def test_a_character_set_that_is_unknown_or_a_lie_loses_nothing_that_can_be_read() -> None:
    for declared in ("x-unknown", "us-ascii", "utf-7-of-ours"):
        mail = raw("Grüße".encode(), charset=declared)
        assert read_mail(mail).text == "Grüße"
    assert "Gr" in read_mail(raw(b"Gr\xfc\xdfe aus K\xf6ln", charset="utf-8")).text


@pytest.mark.parametrize("program", QUOTES)
def test_the_mail_that_is_answered_is_left_out(program: str) -> None:
    found = read_mail(raw(QUOTES[program])).text
    assert found.startswith("Yes, both together.")
    assert QUESTION not in found
    assert "wrote" not in found
    assert "Bob Keller" not in found
    assert "Nordwind GmbH" not in found


def test_answers_between_the_lines_keep_every_word() -> None:
    text = f"Here:\n\n> {QUESTION}\nYes.\n\n> And the discount?\nTen percent."
    assert new_words(text) == text


def test_where_nothing_new_is_written_all_of_it_stays() -> None:
    assert new_words(f"> {QUESTION}\n> Bob") == f"> {QUESTION}\n> Bob"
    assert new_words("From: me\nTo: you") == "From: me\nTo: you"


@pytest.mark.parametrize(
    "text",
    [
        "From: our side all is well.\nWe sign on Monday.",
        "On the second contract:\nit is fine.",
        "The list:\n- one\n- two",
        "Five > four, and that is\nall we wrote: nothing else.",
    ],
)
def test_words_that_look_like_a_quote_are_words(text: str) -> None:
    assert new_words(text) == text


def test_html_alone_is_read_as_text() -> None:
    assert read_mail(raw(GMAIL_HTML, kind="text/html")).text == "Yes, both together.\nLena"
    assert read_mail(raw(OUTLOOK_HTML, kind="text/html")).text.split("\n") == [
        "Yes, both\xa0together.",
        "",
        "Lena & team",
    ]


def test_of_two_versions_the_plain_text_is_read() -> None:
    mail = letter("In words")
    mail.add_alternative("<p>In HTML</p>", subtype="html")
    assert read_mail(bytes(mail)).text == "In words"


def test_attachments_are_kept_up_to_a_limit_and_the_others_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ATTACHED", 1000)
    mail = letter()
    mail.add_attachment(b"x" * 600, maintype="application", subtype="pdf", filename="Plän.pdf")
    mail.add_attachment(b"y" * 600, maintype="application", subtype="pdf", filename="large.pdf")
    mail.add_attachment(b"z" * 100, maintype="text", subtype="csv", filename="small.csv")
    found = read_mail(bytes(mail))
    assert found.text == "See the files."
    assert [(one.name, len(one.content)) for one in found.attached] == [("Plän.pdf", 600), ("small.csv", 100)]
    assert found.left_out == ["large.pdf"]


def test_a_reply_of_thirty_megabytes_keeps_its_words_and_names_what_is_too_large() -> None:
    mail = letter("The recording, as promised.")
    mail.add_attachment(b"\0" * 30 * 2**20, maintype="video", subtype="mp4", filename="recording.mp4")
    content = bytes(mail)
    found = read_mail(content)
    assert (found.text, found.attached, found.left_out) == ("The recording, as promised.", [], ["recording.mp4"])
    cut = read_mail(content[: 10 * 2**20], is_cut=True)
    assert (cut.text, cut.attached, cut.left_out) == ("The recording, as promised.", [], ["recording.mp4"])


def test_a_very_long_text_is_kept_as_a_file() -> None:
    found = read_mail(raw("word " * 10_000))
    assert len(found.text) <= 20_000
    assert [(one.name, len(one.content)) for one in found.attached] == [("mail.txt", 49_999)]


@pytest.mark.parametrize(
    ("headers", "nature"),
    [
        ({}, Nature.PERSONAL),
        ({"Auto_Submitted": "no"}, Nature.PERSONAL),
        ({"Auto_Submitted": "auto-replied"}, Nature.AUTOMATIC),
        ({"Auto_Submitted": "auto-generated (vacation)"}, Nature.AUTOMATIC),
        ({"Return_Path": "<>"}, Nature.AUTOMATIC),
        ({"Precedence": "bulk"}, Nature.AUTOMATIC),
        ({"Precedence": "auto_reply"}, Nature.AUTOMATIC),
        ({"X_Autoreply": "yes"}, Nature.AUTOMATIC),
        ({"List_Id": "<partners.acme.example>"}, Nature.AUTOMATIC),
        ({"X_Auto_Response_Suppress": "All", "subject": "Automatic reply: Volume steps"}, Nature.AUTOMATIC),
        ({"X_Auto_Response_Suppress": "All", "subject": "Abwesenheitsnotiz: Volume steps"}, Nature.AUTOMATIC),
        # What Exchange sets on mails that people write.
        ({"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, Nature.PERSONAL),
        ({"sender": "MAILER-DAEMON@mx.example"}, Nature.BOUNCE),
    ],
)
def test_machines_are_told_from_people(headers: dict[str, Any], nature: Nature) -> None:
    assert read_mail(raw(**headers)).nature == nature


def test_a_delivery_report_is_a_bounce() -> None:
    assert read_mail(DELIVERY_REPORT % {b"to": b"reply@acme.example"}).nature == Nature.BOUNCE


def test_several_senders_are_all_seen_and_a_disowned_one_is_forged() -> None:
    twice = raw().replace(b"To:", b"From: paul@kestrel.example\r\nTo:", 1)
    assert read_mail(twice).senders == ["lena@nordwind.example", "paul@kestrel.example"]
    in_name = raw(sender='"lena@nordwind.example" <paul@kestrel.example>')
    assert read_mail(in_name).senders == ["paul@kestrel.example"]
    assert read_mail(raw(Authentication_Results="mx.acme.example; spf=pass; dmarc=fail")).is_forged
    assert not read_mail(raw(Authentication_Results="mx.acme.example; dkim=fail; dmarc=pass")).is_forged


def test_the_same_mail_has_the_same_key_and_one_without_an_id_its_own() -> None:
    assert read_mail(raw("a")).key == read_mail(raw("b")).key
    assert read_mail(raw("a", message_id="")).key != read_mail(raw("b", message_id="")).key
    assert read_mail(raw("a", message_id="")).key == read_mail(raw("a", message_id="")).key


@given(st.binary(max_size=3000))
@settings(max_examples=150, deadline=None)
def test_no_bytes_break_it(noise: bytes) -> None:
    read_mail(noise)
    read_mail(raw() + noise)
    read_mail(b"Content-Type: multipart/mixed; boundary=x\r\nFrom: " + noise + b"\r\n\r\n--x\r\n" + noise)


@pytest.mark.parametrize("piece", ["On ", "> ", "From: ", "-", "wrote: ", "<div>", "\n> a:\n", "=?utf-8?q?"])
def test_nothing_that_is_sent_takes_long(piece: str) -> None:
    started = time.process_time()
    new_words(piece * 50_000)
    read_mail(raw(piece * 50_000, kind="text/html"))
    read_mail(raw(subject=piece * 5_000 if "\n" not in piece else "x"))
    assert time.process_time() - started < 5
