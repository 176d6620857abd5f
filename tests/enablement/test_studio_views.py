"""The library in the studio: roles, writing, files, publishing, questions."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from enablement.models import Content, Memory, Nudge, RecallItem, RecallVariant
from partners.models import Audience, Partner
from partners.services.audiences import add_partner
from prm.accounts.models import Membership
from prm.activity.models import Fact
from prm.audit.models import AuditEntry
from prm.files.models import StoredFile
from prm.tenancy.models import Organization
from tests.enablement.factories import content, item, memory, nudge
from tests.factories import NOW, staff
from tests.partners.factories import partner_user

pytestmark = pytest.mark.django_db
SignIn = Callable[[Membership], Client]
LIBRARY = "/o/acme/studio/library/"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def editor(in_acme: Organization) -> Membership:
    return staff(in_acme, "edda@acme.example", "Edda Writer", "editor")


def article(**fields: Any) -> dict[str, Any]:
    return {
        "title": "Discounts",
        "body": "## Rules\n\nAbove **10 %** a signature.",
        "summary": "When a signature is needed.",
        "purpose": "enablement",
        "minutes": "4",
        "topic": "Pricing",
        **fields,
    }


def question(**fields: str) -> dict[str, str]:
    return {
        "claim": "Discounts above 10 % need a signature.",
        "explanation": "Because margins are thin.",
        "criticality": "normal",
        "0-question": "From which discount on is a signature needed?",
        "0-option-0": "Above 20 %",
        "0-option-1": "Above 10 %",
        "0-option-2": "Above 30 %",
        "0-option-3": "Never",
        "0-correct": "1",
        **fields,
    }


PAGES = [
    "",
    "new/",
    "new/article/",
    "new/file/",
    "new/link/",
    "{id}/",
    "{id}/edit/",
    "{id}/readers/",
    "{id}/questions/new/",
]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("role", ["owner", "manager", "editor", "facilitator", "analyst", "account_manager"])
def test_who_may_write_may_open_everything_others_only_look(
    in_acme: Organization, alice: Membership, readers: Audience, sign_in: SignIn, path: str, role: str
) -> None:
    made = content(alice, readers, questions=1)
    somebody = staff(in_acme, "somebody@acme.example", "Some Body", role)
    writes = role in ("owner", "manager", "editor")
    looks = path in ("", "{id}/", "{id}/readers/")
    status = sign_in(somebody).get(LIBRARY + path.format(id=made.public_id)).status_code
    assert status == (200 if writes or looks else 403)


@pytest.mark.parametrize("path", [*PAGES, "{id}/file/"])
def test_partners_and_strangers_see_nothing_of_it(
    readers: Audience, alice: Membership, lena: Membership, charlie: Membership, sign_in: SignIn, path: str
) -> None:
    made = content(alice, readers)
    address = LIBRARY + path.format(id=made.public_id)
    assert sign_in(lena).get(address).status_code == 403
    assert sign_in(charlie).get(address).status_code == 404
    assert Client().get(address).status_code == 302


@pytest.mark.parametrize("action", ["publish", "withdraw", "archive", "restore"])
def test_only_writers_move_content(
    in_acme: Organization,
    readers: Audience,
    alice: Membership,
    lena: Membership,
    frida: Membership,
    sign_in: SignIn,
    action: str,
) -> None:
    made = content(alice, readers)
    for somebody in (lena, frida):
        assert sign_in(somebody).post(f"{LIBRARY}{made.public_id}/{action}/").status_code == 403
    assert Client().post(f"{LIBRARY}{made.public_id}/{action}/").status_code == 302
    made.refresh_from_db()
    assert made.state == "published"


def test_an_article_is_written_published_and_read(
    readers: Audience, lena: Membership, editor: Membership, sign_in: SignIn, now: datetime
) -> None:
    client = sign_in(editor)
    response = client.post(f"{LIBRARY}new/article/", article(audiences=[readers.pk]))
    made = Content.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"{LIBRARY}{made.public_id}/")
    assert (made.state, made.owner_id, made.minutes, made.topic.name) == ("draft", editor.pk, 4, "Pricing")  # type: ignore[union-attr]
    assert "<strong>10 %</strong>" in made.html
    assert sign_in(lena).get(f"/o/acme/learn/{made.public_id}/").status_code == 404
    page = client.get(f"{LIBRARY}{made.public_id}/").content.decode()
    assert "1 person</strong>" in page
    assert "in 1 partner" in page
    client.post(f"{LIBRARY}{made.public_id}/publish/")
    made.refresh_from_db()
    assert (made.state, made.published_at) == ("published", now)
    assert sign_in(lena).get(f"/o/acme/learn/{made.public_id}/").status_code == 200
    assert Fact.objects.get().kind == "enablement.content_published"
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["enablement.content_created", "enablement.content_published"]


def test_a_file_is_uploaded_and_served_only_to_those_it_is_for(
    readers: Audience, kestrel: Partner, lena: Membership, paul: Membership, editor: Membership, sign_in: SignIn
) -> None:
    upload = SimpleUploadedFile("Prices 2027.pdf", PDF, "application/pdf")
    client = sign_in(editor)
    client.post(f"{LIBRARY}new/file/", article(file=upload, body="", audiences=[readers.pk]))
    made = Content.objects.get()
    assert made.file is not None
    assert made.file.name == "Prices 2027.pdf"
    client.post(f"{LIBRARY}{made.public_id}/publish/")
    address = f"/o/acme/learn/{made.public_id}/file/"
    response = sign_in(lena).get(address)
    assert b"".join(response.streaming_content) == PDF  # type: ignore[attr-defined]
    assert response["Content-Disposition"].startswith("attachment")
    assert sign_in(paul).get(address).status_code == 404
    assert Fact.objects.filter(kind="enablement.file_downloaded").count() == 1
    assert b"".join(client.get(f"{LIBRARY}{made.public_id}/file/").streaming_content) == PDF  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("name", "body", "type_"),
    [
        ("evil.exe", b"MZ....", "application/octet-stream"),
        ("page.html", b"<script>alert(1)</script>", "text/html"),
        ("not.pdf", b"<html>", "application/pdf"),
        ("../../etc/passwd", b"root", "text/plain"),
    ],
)
def test_a_wrong_file_is_refused_and_what_was_typed_is_kept(
    readers: Audience, editor: Membership, sign_in: SignIn, name: str, body: bytes, type_: str
) -> None:
    response = sign_in(editor).post(
        f"{LIBRARY}new/file/", article(file=SimpleUploadedFile(name, body, type_), audiences=[readers.pk])
    )
    assert response.status_code == 422
    assert "Discounts" in response.content.decode()
    assert not Content.objects.exists()
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("article", {"title": ""}),
        ("article", {"title": "x" * 141}),
        ("article", {"minutes": "0"}),
        ("article", {"minutes": "601"}),
        ("article", {"minutes": "²"}),
        ("article", {"purpose": "nonsense"}),
        ("article", {"checked_on": "yesterday"}),
        ("article", {"audiences": ["999999"]}),
        ("article", {"audiences": ["x"]}),
        ("article", {"title": "a\0b"}),
        ("link", {"url": ""}),
        ("link", {"url": "javascript:alert(1)"}),
        ("link", {"url": "ftp://acme.example/x"}),
        ("file", {}),
    ],
)
def test_wrong_input_is_refused(
    in_acme: Organization, editor: Membership, sign_in: SignIn, kind: str, fields: dict[str, Any]
) -> None:
    response = sign_in(editor).post(f"{LIBRARY}new/{kind}/", article(**fields))
    assert response.status_code == 422
    assert "invalid-feedback" in response.content.decode()
    assert not Content.objects.exists()


def test_an_unknown_kind_has_no_page(in_acme: Organization, editor: Membership, sign_in: SignIn) -> None:
    assert sign_in(editor).get(f"{LIBRARY}new/video/").status_code == 404


@pytest.mark.parametrize("kind", ["article", "file", "link"])
def test_what_is_not_whole_is_not_published(
    in_acme: Organization, alice: Membership, sign_in: SignIn, kind: str
) -> None:
    made = content(alice, kind=kind, body="", html="", state="draft")
    client = sign_in(alice)
    client.post(f"{LIBRARY}{made.public_id}/publish/")
    made.refresh_from_db()
    assert made.state == "draft"
    page = client.get(f"{LIBRARY}{made.public_id}/").content.decode()
    assert "first" in page
    assert "0 people can see it yet" in page
    assert not Fact.objects.exists()


def test_of_two_who_edit_the_second_is_told_and_loses_nothing(
    readers: Audience, alice: Membership, editor: Membership, sign_in: SignIn
) -> None:
    made = content(alice, readers)
    address = f"{LIBRARY}{made.public_id}/edit/"
    first, second = sign_in(alice), sign_in(editor)
    assert first.post(address, article(title="First", revision="1", audiences=[readers.pk])).status_code == 303
    response = second.post(address, article(title="Second", revision="1", audiences=[readers.pk]))
    page = response.content.decode()
    assert response.status_code == 422
    assert "Somebody saved this meanwhile" in page
    assert 'value="Second"' in page
    assert "First" in page
    assert 'name="revision" value="2"' in page
    assert second.post(address, article(title="Second", revision="2", audiences=[readers.pk])).status_code == 303
    made.refresh_from_db()
    assert (made.title, made.revision) == ("Second", 3)


def test_published_content_cannot_lose_its_text(readers: Audience, alice: Membership, sign_in: SignIn) -> None:
    made = content(alice, readers)
    response = sign_in(alice).post(
        f"{LIBRARY}{made.public_id}/edit/", article(body=" ", revision="1", audiences=[readers.pk])
    )
    assert response.status_code == 422
    made.refresh_from_db()
    assert made.body


def test_archive_can_be_undone(readers: Audience, alice: Membership, lena: Membership, sign_in: SignIn) -> None:
    made = content(alice, readers)
    client = sign_in(alice)
    client.post(f"{LIBRARY}{made.public_id}/archive/")
    page = client.get(f"{LIBRARY}{made.public_id}/").content.decode()
    assert f"{LIBRARY}{made.public_id}/restore/" in page
    assert made.title not in client.get(LIBRARY).content.decode()
    assert made.title in client.get(f"{LIBRARY}?state=archived").content.decode()
    client.post(f"{LIBRARY}{made.public_id}/restore/")
    made.refresh_from_db()
    assert made.state == "draft"
    assert Fact.objects.get().kind == "enablement.content_withdrawn"
    assert client.post(f"{LIBRARY}{made.public_id}/restore/").status_code == 303


def test_the_reach_is_counted_while_audiences_are_ticked(
    readers: Audience, editor: Membership, sign_in: SignIn
) -> None:
    client = sign_in(editor)
    counted = client.get(f"{LIBRARY}reach/?audiences={readers.pk}").content.decode()
    assert "1 person" in counted
    for query in ("", "?audiences=x", "?audiences=999999", "?audiences=²", "?audiences=" + "9" * 40):
        assert "0 people can see it yet" in client.get(f"{LIBRARY}reach/{query}").content.decode()


def test_the_preview_is_harmless_and_stores_nothing(in_acme: Organization, editor: Membership, sign_in: SignIn) -> None:
    body = "# Hello\n<script>alert(1)</script> [x](javascript:alert(1)) ![y](data:text/html,z)"
    page = sign_in(editor).post(f"{LIBRARY}preview/", {"body": body}).content.decode()
    assert "<h1>Hello</h1>" in page
    assert "<script" not in page
    assert 'href="javascript' not in page
    assert not Content.objects.exists()


def test_the_list_costs_the_same_for_one_and_three(
    readers: Audience, alice: Membership, queries_of: Callable[[Membership, str], int]
) -> None:
    content(alice, readers, questions=2)
    one = queries_of(alice, LIBRARY)
    content(alice, readers, questions=2)
    content(alice, readers, questions=2)
    assert queries_of(alice, LIBRARY) == one <= 12


def test_one_content_costs_the_same_for_one_question_and_three(
    readers: Audience, alice: Membership, queries_of: Callable[[Membership, str], int]
) -> None:
    costs = [
        queries_of(alice, f"{LIBRARY}{content(alice, readers, questions=questions).public_id}/") for questions in (1, 3)
    ]
    assert costs[0] == costs[1] <= 12


def test_the_people_cost_the_same_for_one_and_three(
    readers: Audience, nordwind: Partner, alice: Membership, queries_of: Callable[[Membership, str], int]
) -> None:
    address = f"{LIBRARY}{content(alice, readers).public_id}/readers/"
    one = queries_of(alice, address)
    add_partner(readers, nordwind, NOW)
    for number in range(2):
        partner_user(nordwind, f"p{number}@nordwind.example", f"Person {number}")
    assert queries_of(alice, address) == one <= 12


@pytest.mark.parametrize(
    "query",
    ["?q=" + "x" * 900, "?state=nonsense", "?kind=x", "?topic=zzz", "?sort=hack", "?sort=-title", "?page=-1"],
)
def test_any_query_is_answered(readers: Audience, alice: Membership, sign_in: SignIn, query: str) -> None:
    content(alice, readers)
    assert sign_in(alice).get(f"{LIBRARY}?{query}").status_code == 200


def test_a_question_is_written_in_one_go(
    readers: Audience, alice: Membership, editor: Membership, lena: Membership, sign_in: SignIn, now: datetime
) -> None:
    made = content(alice, readers, questions=1)
    memory(lena, made.recall_items.get(), now)
    second = {
        "2-question": "Who signs above 10 %?",
        "2-option-0": "Nobody",
        "2-option-2": "The account manager",
        "2-option-3": "The customer",
        "2-option-5": "The CEO",
        "2-correct": "2",
    }
    response = sign_in(editor).post(f"{LIBRARY}{made.public_id}/questions/new/", question(**second))
    assert response.status_code == 303
    written = RecallItem.objects.order_by("pk").last()
    assert written is not None
    assert (written.claim, written.owner_id, written.position) == (
        "Discounts above 10 % need a signature.",
        editor.pk,
        2,
    )
    first, other = written.variants.order_by("position")
    assert first.correct == 1
    assert [option["text"] for option in other.options] == ["Nobody", "The account manager", "The customer", "The CEO"]
    assert other.correct == 1
    assert Memory.objects.filter(membership=lena, item=written).count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"claim": " "}, "This field is required"),
        ({"0-question": ""}, "This field is required"),
        ({"0-option-3": ""}, "One more plausible answer is needed."),
        ({"0-option-3": "", "0-option-2": ""}, "2 more plausible answers are needed."),
        ({"0-option-3": "above 20%"}, "Two answers say the same."),
        ({"0-correct": ""}, "Mark the answer that is right"),
        ({"0-correct": "5"}, "Mark the answer that is right"),
        ({"0-correct": "9"}, "Select a valid choice"),
        ({"criticality": "vital"}, "Select a valid choice"),
        ({"1-question": "From which discount on is a signature needed"}, "This wording is there already."),
        ({"3-question": "Half a question"}, "4 more plausible answers are needed."),
    ],
)
def test_a_question_that_would_teach_nothing_is_refused(
    readers: Audience, alice: Membership, sign_in: SignIn, fields: dict[str, str], words: str
) -> None:
    made = content(alice, readers)
    response = sign_in(alice).post(f"{LIBRARY}{made.public_id}/questions/new/", question(**fields))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not RecallItem.objects.exists()


def test_what_was_asked_is_never_reworded(
    readers: Audience, alice: Membership, lena: Membership, sign_in: SignIn
) -> None:
    made = content(alice, readers)
    asked, unasked = item(alice, made, wordings=2), item(alice, made)
    nudge(lena, asked)
    client = sign_in(alice)
    for row in (asked, unasked):
        page = client.get(f"/o/acme/studio/library/questions/{row.public_id}/").content.decode()
        revision = re.search(r'name="revision" value="(\d+)"', page)
        assert revision
        response = client.post(f"/o/acme/studio/library/questions/{row.public_id}/", question(revision=revision[1]))
        assert response.status_code == 303
    active = RecallVariant.objects.filter(item=asked, is_active=True).get()
    assert active.question == "From which discount on is a signature needed?"
    assert RecallVariant.objects.filter(item=asked, is_active=False).get().pk == Nudge.objects.get().variant_id
    assert RecallVariant.objects.filter(item=unasked).count() == 1


def test_a_question_is_retired_and_brought_back(readers: Audience, alice: Membership, sign_in: SignIn) -> None:
    asked = item(alice, content(alice, readers))
    client, address = sign_in(alice), f"/o/acme/studio/library/questions/{asked.public_id}/"
    for action, state in (("retire", "retired"), ("retire", "retired"), ("restore", "active")):
        assert client.post(f"{address}{action}/").status_code == 303
        asked.refresh_from_db()
        assert asked.state == state
    assert list(AuditEntry.objects.order_by("id").values_list("verb", flat=True)) == [
        "enablement.item_retired",
        "enablement.item_restored",
    ]
