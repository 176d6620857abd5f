import email
from email import policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import mjml
import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from prm.markdown import render_markdown
from prm.outbox.kinds import Attachment, Markdown
from prm.outbox.rendering import layout, wording
from prm.outbox.rendering.escaping import BREAK, clean_line, clean_text, escape_markdown, plain_text
from prm.outbox.rendering.layout import Look
from prm.outbox.rendering.letters import Envelope, Footer, Letter, make_letter, message_id, sender_line
from prm.outbox.rendering.masking import MASK, mask_tokens
from prm.outbox.rendering.wording import TemplateWrong, Wording, word
from prm.tenancy.models import Organization
from tests.prm.mails import Kinds

NASTY = [
    "<script>alert(1)</script>",
    "**bold** _it_ `code` ~~gone~~",
    "[click](https://evil.example)",
    "https://evil.example and www.evil.example and a@evil.example",
    "# heading\n- list\n1. one\n> quote\n---\n===",
    "    indented code",
    "![x](https://evil.example/x.png)",
    "| a | b |\n|---|---|\n| c | d |",
    "&amp; &lt; &#x27;",
    "back\\slash \\* end\\",
    "[^1] footnote\n\n[^1]: text",
    "- [ ] task",
    "{{ settings.SECRET_KEY }} {% load x %}",
    "line one\nline two\n\nafter a gap",
    "$100 (50%) @home #1 ~/.profile",
    "@@body@@ @@footer@@",
]


class _Words(HTMLParser):
    """The text of some HTML, and the tags in it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: list[str] = []
        self.feed(html)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.tags.append(tag)
        if tag == "br":
            self.text += "\n"


def _shown(value: str) -> _Words:
    return _Words(render_markdown(escape_markdown(value).replace(BREAK, "\\\n")))


@pytest.mark.parametrize("value", NASTY)
def test_a_value_is_shown_as_it_is_and_never_becomes_markup(value: str) -> None:
    words = _shown(value)
    assert set(words.tags) <= {"p", "br"}
    assert words.text.split() == clean_text(value).split()


@given(st.text(max_size=200))
def test_any_text_survives_as_text(value: str) -> None:
    source = escape_markdown(value)
    assert plain_text(source).replace(BREAK, "\n") == clean_text(value)
    assert set(_shown(value).tags) <= {"p", "br"}


@given(st.text(alphabet="*_`#[]()<>\\!|-+.:/@=~ \n&ab", max_size=60))
def test_markup_characters_in_any_order_stay_text(value: str) -> None:
    words = _shown(value)
    assert set(words.tags) <= {"p", "br"}
    assert "".join(words.text.split()) == "".join(clean_text(value).split())


def test_control_characters_and_direction_marks_are_dropped() -> None:
    assert clean_line("Eve\x00\x1b[0m\u202egnp.exe\r\nBcc: x@y.example") == "Eve[0mgnp.exe Bcc: x@y.example"
    assert clean_text("a\ud800b\ue000c") == "abc"


class TestWording:
    @pytest.fixture(autouse=True)
    def templates(self, kinds: Kinds) -> None:
        self.kinds = kinds

    def word(self, source: str, **context: str) -> Wording:
        self.kinds.template(source)
        return word("tests/hello", context)

    def test_subject_preheader_and_body(self) -> None:
        worded = self.word(
            "Subject: A seat for {{ who }}\nPreheader: Until {{ day }}\n\nDear **{{ who }}**, [look]({{ url }}).\n",
            who="Lena *Brandt*",
            day="5 Dec.",
            url="https://x.example/o/acme/a_b/?q=1&r=(2)",
        )
        assert worded.subject == "A seat for Lena *Brandt*"
        assert worded.preheader == "Until 5 Dec."
        assert worded.text == "Dear **Lena *Brandt***, look (https://x.example/o/acme/a_b/?q=1&r=(2))."
        assert "<strong>Lena *Brandt*</strong>" in worded.html
        assert 'href="https://x.example/o/acme/a_b/?q=1&amp;r=(2)"' in worded.html

    def test_a_line_break_in_a_value_stays_in_its_line(self) -> None:
        worded = self.word(
            "Subject: Hi {{ a }}\nPreheader: {{ a }}\n\n> {{ a }}\n\nend", a="one\nPreheader: two\n\nthree"
        )
        assert worded.subject == "Hi one Preheader: two three"
        assert worded.preheader == "one Preheader: two three"
        assert worded.html.count("<blockquote>") == 1
        assert "three" in worded.html.split("</blockquote>")[0]
        assert worded.text == "> one\nPreheader: two\n\nthree\n\nend"

    def test_what_staff_wrote_as_markdown_is_markdown(self) -> None:
        worded = self.word(
            "Subject: s\nPreheader: p\n\n{{ recap }}", recap=Markdown("# Recap\n\n- one\n  - two\n\n<b>x</b>")
        )
        assert "<h1>Recap</h1>" in worded.html
        assert worded.html.count("<ul>") == 2
        assert "<b>" not in worded.html

    def test_conditions_and_translations_of_templates_work(self) -> None:
        source = 'Subject: {% translate "Hello" %}\nPreheader: p\n\n{% if a %}yes {{ a }}{% else %}no{% endif %}'
        assert self.word(source, a="").text == "no"
        assert self.word(source, a="x.y").text == "yes x.y"

    @pytest.mark.parametrize("source", ["Hello", "Subject: only\n\nbody", "Preheader: x\nSubject: y\n\nbody"])
    def test_a_template_without_its_head_is_refused(self, source: str) -> None:
        with pytest.raises(TemplateWrong):
            self.word(source)


def _letter(**changes: Any) -> Letter:
    envelope = Envelope(
        to="lena@nordwind.example",
        to_name=changes.pop("to_name", "Lena Brandt"),
        from_name=changes.pop("from_name", "Alice Moreau (Acme)"),
        message_id=message_id("abc.1"),
        reply_to="alice@acme.example",
        headers=changes.pop("headers", {}),
    )
    wording = changes.pop("wording", Wording("Subject äöü", "Pre", "Dear **Lena**, hello"))
    footer = Footer("Because.", [("Stop", "https://x.example/stop")])
    return make_letter(envelope, wording, changes.pop("look", Look("Acme & Co", "#ffdd00")), footer, **changes)


def _parsed(letter: Letter) -> EmailMessage:
    parsed = email.message_from_bytes(letter.message(policy=policy.SMTP).as_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def _part(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_letter_has_text_html_preheader_button_and_footer() -> None:
    mail = _parsed(_letter(button=("Open & see", "https://x.example/?a=1&b=2")))
    text, html = _part(mail, "plain"), _part(mail, "html")
    assert text == (
        "Dear **Lena**, hello\n\nOpen & see:\nhttps://x.example/?a=1&b=2\n\n"
        "-- \nBecause.\nStop: https://x.example/stop\n"
    )
    assert "<strong>Lena</strong>" in html
    assert 'href="https://x.example/?a=1&amp;b=2"' in html
    assert "Open &amp; see" in html
    assert "Acme &amp; Co" in html
    assert ">Pre</div>" in html
    assert "Because." in html
    assert "fonts.googleapis.com" not in html
    assert "@@" not in html
    assert mail["Message-ID"] == "<abc.1@localhost>"
    assert mail["Subject"] == "Subject äöü"


def test_slots_in_what_people_wrote_are_not_filled() -> None:
    mail = _parsed(_letter(wording=Wording("@@footer@@", "@@body@@", "@@button\\_url@@")))
    assert _part(mail, "html").count("Because.") == 1


@pytest.mark.parametrize(
    "name",
    [
        "Alice Moreau (Acme)",
        "Zoë Łuk “The” Ångström (Ümbrella, Inc.)",
        'Jörg, "x" \\ <a@b.example>',
        'Q "x" <y@z.example>',
        "ä" * 100,
        "",
    ],
)
def test_the_sender_is_always_our_own_address(name: str) -> None:
    mail = _parsed(_letter(from_name=name))
    (sender,) = mail["From"].addresses
    assert sender.addr_spec == "canopy@localhost"
    assert sender.display_name == clean_line(name)


@pytest.mark.parametrize(
    ("person", "set_name", "expected"),
    [
        ("Bob Keller", "Alice Moreau", "Bob Keller (Acme)"),
        ("", "Alice Moreau", "Alice Moreau (Acme)"),
        ("Bob Keller", "", "Bob Keller (Acme)"),
        ("", "", "Acme"),
    ],
)
def test_a_mail_names_its_person_and_the_organization(person: str, set_name: str, expected: str) -> None:
    assert Organization(name="Acme", sender_name=set_name).sender_label(person) == expected


@override_settings(DEFAULT_FROM_EMAIL="Canopy <partners@acme.example>")
def test_a_name_in_the_setting_gives_way_to_the_sender() -> None:
    assert sender_line("Alice (Acme)") == '"Alice (Acme)" <partners@acme.example>'


def test_nothing_can_be_put_into_the_head_of_a_mail() -> None:
    evil = "Lena\r\nBcc: victim@x.example\r\n\r\nbody"
    mail = _parsed(_letter(to_name=evil, from_name=evil, wording=Wording(clean_line(evil), "p", "b")))
    assert mail["Bcc"] is None
    assert [address.addr_spec for address in mail["To"].addresses] == ["lena@nordwind.example"]
    assert len(mail["From"].addresses) == 1
    with pytest.raises(ValueError, match=r"linefeed|newline"):
        _letter(wording=Wording("a\r\nBcc: x@y.example", "p", "b")).message(policy=policy.SMTP)


def test_a_long_header_stays_in_one_piece() -> None:
    url = "https://partners.a-rather-long-name.example/o/" + "organization-" * 6 + "/unsubscribe/" + "a1" * 22 + "/"
    letter = _letter(headers={"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"})
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in letter.message(policy=policy.SMTP).as_bytes()


def test_a_calendar_invitation_stands_where_mail_programs_look_for_it() -> None:
    ics = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:K\xc3\xbcche\r\nEND:VCALENDAR\r\n"
    invitation = Attachment("invite.ics", "text/calendar; method=REQUEST", ics)
    mail = _parsed(
        _letter(
            attachments=[
                invitation,
                Attachment("notes.txt", "text/plain", b"hi"),
                Attachment("a.pdf", "application/pdf", b"%PDF"),
            ]
        )
    )
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
        "text/plain",
        "application/pdf",
    ]
    calendar = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert calendar.get_param("method") == "REQUEST"
    assert "SUMMARY:Küche" in calendar.get_content()
    assert [part.get_filename() for part in mail.iter_attachments()] == ["invite.ics", "notes.txt", "a.pdf"]


def test_the_layout_is_compiled_once_for_each_look(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[str] = []
    known = mjml.mjml2html

    def compile_once_more(source: str, **options: Any) -> Any:
        compiled.append(source)
        return known(source, **options)

    monkeypatch.setattr(layout, "mjml2html", compile_once_more)
    layout._compiled.cache_clear()
    for color in ("#112233", "#112233", "#445566"):
        _letter(look=Look("Acme", color))
    assert len(compiled) == 2


def test_tokens_are_masked_and_nothing_else() -> None:
    token = "a2" * 22
    text = f"https://x.example/o/a-long-slug-of-an-organization/join/{token}/ ?t={token}&page=2 /p/k7c2m9x4q1ab/"
    assert mask_tokens(text) == (
        f"https://x.example/o/a-long-slug-of-an-organization/join/{MASK}/ ?t={MASK}&page=2 /p/k7c2m9x4q1ab/"
    )
    assert token not in mask_tokens(escape_markdown(text))
    assert mask_tokens("Donaudampfschifffahrtsgesellschaft") == "Donaudampfschifffahrtsgesellschaft"
    assert wording.LONGEST_SUBJECT < 256
