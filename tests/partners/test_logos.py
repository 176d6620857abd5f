"""A company's logo: put up by colleagues and by its lead, drawn anew, shown to strangers where the lead agrees."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from partners.models import Partner, PartnerLogo
from partners.services.logos import keep_logo
from partners.services.merging import merge_partners
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.files import storage
from prm.files.models import StoredFile
from prm.problems import Refused
from prm.tenancy.models import Organization
from tests.partners.factories import PartnerFactory, partner_user

type SignIn = Callable[[Membership], Client]


def picture(size: tuple[int, int] = (900, 300), color: str = "#336699") -> SimpleUploadedFile:
    kept = BytesIO()
    Image.new("RGBA", size, color).save(kept, "PNG")
    return SimpleUploadedFile("logo.png", kept.getvalue(), "image/png")


@pytest.fixture
def nordwind(in_acme: Organization, lena: Membership) -> Partner:
    """Lena leads it."""
    partner = PartnerFactory.create(name="Nordwind", domain="nordwind.example")
    partner_user(partner, membership=lena, role="lead")
    return partner


@pytest.fixture
def put(nordwind: Partner, alice: Membership, now: datetime) -> Callable[..., PartnerLogo | None]:
    """Alice, or who is named, says something about Nordwind's logo."""

    def act(by: Membership | None = None, **said: Any) -> PartnerLogo | None:
        keep_logo(actor=Actor.of(by or alice), partner=nordwind, now=now, **said)
        return PartnerLogo.objects.select_related("file").first()

    return act


type Put = Callable[..., Any]


def test_a_logo_is_drawn_anew_and_the_former_one_deleted(put: Put) -> None:
    first = put(upload=picture())
    with storage.path_of(first.file.key).open("rb") as file, Image.open(file) as drawn:
        assert drawn.size == (480, 160)
    second = put(upload=picture((200, 200)))
    assert list(StoredFile.objects.values_list("pk", flat=True)) == [second.file_id]
    assert put(is_removed=True) is None
    assert not StoredFile.objects.exists()
    told = AuditEntry.objects.filter(verb="partners.logo_changed").order_by("pk").values_list("changes", flat=True)
    assert [row["logo"][1] for row in told] == ["new", "another", "removed"]


def test_strangers_see_it_only_while_the_lead_agrees_to_this_picture(put: Put, lena: Membership) -> None:
    assert put(upload=picture()).shown_at is None
    assert put(lena, is_shown=True).shown_at is not None
    assert put(is_shown=None).shown_at is not None, "staff say nothing about it"
    assert put(lena, is_shown=False).shown_at is None
    assert put(lena, upload=picture(), is_shown=True).shown_at is not None
    assert put(upload=picture()).shown_at is None, "nobody agreed to the picture that staff put up"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"upload": SimpleUploadedFile("logo.svg", b"<svg onload=alert(1)>", "image/svg+xml")}, "file_type"),
        ({"upload": SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>", "image/png")}, "file_content"),
        ({"is_shown": True}, "no_logo"),
    ],
)
def test_what_is_no_logo_is_refused_at_the_field(put: Put, said: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        put(**said)
    assert [(problem.code, problem.field) for problem in refusal.value.problems] == [(code, "logo")]
    assert not StoredFile.objects.exists()


def test_an_archived_partner_gets_none(put: Put, nordwind: Partner, now: datetime) -> None:
    Partner.objects.filter(pk=nordwind.pk).update(archived_at=now)
    with pytest.raises(Refused):
        put(upload=picture())


@pytest.mark.parametrize("both", [True, False])
def test_a_merge_keeps_the_survivors_logo_or_takes_on_the_doubles(
    put: Put, nordwind: Partner, alice: Membership, now: datetime, both: bool
) -> None:
    double = PartnerFactory.create(name="Nordwind GmbH")
    keep_logo(actor=Actor.of(alice), partner=double, upload=picture(), now=now)
    theirs = PartnerLogo.objects.get()
    mine = put(upload=picture()) if both else None
    for partner in (nordwind, double):
        partner.refresh_from_db()
    revisions = (nordwind.revision, double.revision)
    merge_partners(actor=Actor.of(alice), survivor=nordwind, merged=double, revisions=revisions, taken={}, now=now)
    (kept,) = PartnerLogo.objects.all()
    if mine is not None:
        mine = PartnerLogo.objects.get(partner=nordwind)
    assert (kept.partner_id, kept.pk) == (nordwind.pk, mine.pk if mine else theirs.pk)
    assert StoredFile.objects.count() == 1


def test_staff_and_the_lead_put_it_up_and_see_it(
    nordwind: Partner, alice: Membership, lena: Membership, sign_in: SignIn
) -> None:
    staff, lead = sign_in(alice), sign_in(lena)
    url = address("partner_logo", nordwind.public_id)
    wrong = SimpleUploadedFile("logo.png", b"no picture", "image/png")
    refusal = staff.post(url, {"logo": wrong})
    assert (refusal.status_code, "was not stored" in refusal.content.decode()) == (422, True)
    assert staff.post(url, {"logo": picture()}).status_code == 303
    assert "cn-logo" in staff.get(address("partner_detail", nordwind.public_id)).content.decode()
    shown = lead.get(address("my_company")).content.decode()
    link = shown.partition('class="cn-logo is-large" src="')[2].partition('"')[0]
    assert lead.get(link)["Content-Type"] == "image/png"
    assert lead.post(address("my_logo"), {"shown": "on"}).status_code == 303
    assert PartnerLogo.objects.get().shown_at is not None
    assert lead.post(address("my_logo"), {"is_removed": "on"}).status_code == 303
    assert not PartnerLogo.objects.exists()
    assert lead.post(address("my_logo"), {"shown": "on"}).status_code == 422


def test_only_a_lead_speaks_for_the_company(nordwind: Partner, paul: Membership, sign_in: SignIn) -> None:
    partner_user(nordwind, membership=paul)
    client = sign_in(paul)
    assert client.post(address("my_logo"), {"logo": picture()}).status_code == 403
    assert "Put up your logo" not in client.get(address("my_company")).content.decode()
