"""Settings of the organization: its address, its look, and two tabs that save at once."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from prm.accounts.models import Membership
from prm.audit.models import AuditEntry
from prm.colors import brand, contrast
from prm.files.models import StoredFile
from prm.tenancy.models import FormerSlug, Organization
from prm.tenancy.scope import scope
from prm.web.logos import main_color

pytestmark = pytest.mark.django_db
SETTINGS = "/o/acme/studio/settings/"
LOOK = "/o/acme/studio/settings/branding/"


def picture(color: str = "#c01030", size: tuple[int, int] = (80, 40), kind: str = "PNG") -> BytesIO:
    held = BytesIO()
    drawn = Image.new("RGB", size, "white")
    drawn.paste(color, (10, 5, size[0] - 10, size[1] - 5))
    drawn.save(held, kind)
    held.seek(0)
    return held


def upload(name: str = "logo.png", content: bytes | None = None, mime: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture().read() if content is None else content, mime)


def fields(organization: Organization, **changed: Any) -> dict[str, Any]:
    organization.refresh_from_db()
    values = {
        "name": organization.name,
        "slug": organization.slug,
        "zone": organization.zone,
        "fiscal_year_start_month": str(organization.fiscal_year_start_month),
        "revision": str(organization.revision),
    }
    return {**values, **changed}


def look(organization: Organization, **changed: Any) -> dict[str, Any]:
    organization.refresh_from_db()
    values = {
        "brand_color": organization.brand_color,
        "portal_title": organization.portal_title,
        "sender_name": "Alice Moreau",
        "reply_to": "alice@acme.example",
        "welcome_text": "",
        "revision": str(organization.revision),
    }
    return {**values, **changed}


@pytest.fixture
def owner(sign_in: Callable[[Membership], Client], alice: Membership) -> Client:
    return sign_in(alice)


def test_saving_writes_what_changed_and_the_trail(owner: Client, acme: Organization) -> None:
    assert owner.post(SETTINGS, fields(acme, name="Acme Group", zone="Asia/Tokyo")).status_code == 303
    acme.refresh_from_db()
    assert (acme.name, acme.zone, acme.revision) == ("Acme Group", "Asia/Tokyo", 2)
    with scope(acme):
        entry = AuditEntry.objects.get()
    assert entry.changes == {"name": ["Acme Cloud", "Acme Group"], "zone": ["Europe/Berlin", "Asia/Tokyo"]}


def test_of_two_tabs_the_second_is_told_and_keeps_its_words(owner: Client, acme: Organization) -> None:
    opened = fields(acme)
    owner.post(SETTINGS, {**opened, "name": "First tab"})
    answer = owner.post(SETTINGS, {**opened, "name": "Second tab"})
    assert answer.status_code == 422
    assert "Somebody saved this meanwhile" in answer.content.decode()
    assert 'value="Second tab"' in answer.content.decode()
    acme.refresh_from_db()
    assert acme.name == "First tab"
    again = {**opened, "name": "Second tab", "revision": answer.context["form"]["revision"].value()}
    assert owner.post(SETTINGS, again).status_code == 303
    acme.refresh_from_db()
    assert acme.name == "Second tab"


def test_a_new_address_keeps_the_old_one_as_a_redirect(owner: Client, acme: Organization) -> None:
    answer = owner.post(SETTINGS, fields(acme, slug="acme-group"))
    assert answer["Location"] == "/o/acme-group/studio/settings/"
    moved = owner.get("/o/acme/studio/settings/people/", {"page": "1"})
    assert moved.status_code == 301
    assert moved["Location"] == "/o/acme-group/studio/settings/people/?page=1"
    assert owner.post("/o/acme/studio/settings/", {}).status_code == 404


def test_going_back_to_a_former_address(owner: Client, acme: Organization) -> None:
    owner.post(SETTINGS, fields(acme, slug="acme-group"))
    assert owner.post("/o/acme-group/studio/settings/", fields(acme, slug="acme")).status_code == 303
    assert list(FormerSlug.objects.values_list("slug", flat=True)) == ["acme-group"]


@pytest.mark.parametrize("slug", ["umbrella", "umbrella-old", "admin", "a", "Ä", "x y"])
def test_addresses_that_cannot_be_had(owner: Client, acme: Organization, umbrella: Organization, slug: str) -> None:
    FormerSlug.objects.create(slug="umbrella-old", organization=umbrella)
    answer = owner.post(SETTINGS, fields(acme, slug=slug, name="Kept"))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"slug"}
    assert 'value="Kept"' in answer.content.decode()
    acme.refresh_from_db()
    assert acme.slug == "acme"


@pytest.mark.parametrize(
    ("field", "value"), [("zone", "Mars/Olympus"), ("fiscal_year_start_month", "13"), ("name", "")]
)
def test_wrong_values_are_said_beside_their_field(owner: Client, acme: Organization, field: str, value: str) -> None:
    answer = owner.post(SETTINGS, fields(acme, **{field: value}))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {field}


@pytest.mark.parametrize("page", [SETTINGS, LOOK, "/o/acme/studio/start/look/", "/o/acme/studio/start/partners/"])
def test_only_owners_change_the_organization(sign_in: Any, bob: Membership, lena: Membership, page: str) -> None:
    assert sign_in(bob).post(page, {}).status_code == 403
    assert sign_in(lena).post(page, {}).status_code == 403


def test_a_logo_brings_its_color_and_is_served_to_anybody(owner: Client, client: Client, acme: Organization) -> None:
    assert client.get("/o/acme/logo/").status_code == 404
    answer = owner.post(LOOK, look(acme, logo=upload()))
    assert answer.status_code == 303
    acme.refresh_from_db()
    assert acme.logo_key
    assert main_color(picture()) == acme.brand_color
    served = client.get("/o/acme/logo/")
    assert served.status_code == 200
    assert served["Content-Type"].startswith("image/")
    assert served["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in served["Content-Security-Policy"]


def test_a_color_chosen_with_the_logo_wins(owner: Client, acme: Organization) -> None:
    owner.post(LOOK, look(acme, logo=upload(), brand_color="#006644"))
    acme.refresh_from_db()
    assert acme.brand_color == "#006644"


def test_a_new_logo_replaces_the_old_file_and_removing_leaves_none(owner: Client, acme: Organization) -> None:
    owner.post(LOOK, look(acme, logo=upload()))
    owner.post(LOOK, look(acme, logo=upload("new.png", picture("#1030c0").read())))
    with scope(acme):
        assert StoredFile.objects.count() == 1
    owner.post(LOOK, look(acme, remove_logo="on"))
    acme.refresh_from_db()
    assert acme.logo_key == ""
    with scope(acme):
        assert StoredFile.objects.count() == 0


@pytest.mark.parametrize(
    "logo",
    [
        upload("logo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "image/svg+xml"),
        upload("logo.png", b"<html><script>1</script></html>"),
        upload("../../logo.php", b"<?php", "image/png"),
        upload("logo.png", b""),
    ],
)
def test_a_logo_that_is_no_picture_is_refused_and_the_words_kept(
    owner: Client, acme: Organization, logo: SimpleUploadedFile
) -> None:
    logo.seek(0)
    answer = owner.post(LOOK, look(acme, logo=logo, portal_title="My words"))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"logo"}
    assert "My words" in answer.content.decode()
    acme.refresh_from_db()
    assert acme.logo_key == ""


def test_the_look_in_two_tabs(owner: Client, acme: Organization) -> None:
    opened = look(acme)
    owner.post(LOOK, {**opened, "portal_title": "First"})
    answer = owner.post(LOOK, {**opened, "portal_title": "Second", "logo": upload()})
    assert answer.status_code == 422
    with scope(acme):
        assert not StoredFile.objects.exists()


def test_the_preview_saves_nothing(owner: Client, acme: Organization) -> None:
    shown = owner.post(f"{LOOK}preview/", look(acme, portal_title="Try me", brand_color="#ffee00"))
    assert shown.status_code == 200
    assert "Try me" in shown.content.decode()
    assert "hard to read" in shown.content.decode()
    acme.refresh_from_db()
    assert acme.portal_title == "Acme Partners"


@pytest.mark.parametrize("color", ["#ffee00", "#ffffff", "#000000", "#3b3fb6", "#7f7f7f"])
def test_whatever_the_color_words_can_be_read(color: str) -> None:
    for palette in (brand(color).light, brand(color).dark):
        assert contrast(palette.fill, palette.on_fill) >= 4.5


@pytest.mark.parametrize("color", ["red", "#12345", "#1234567", "javascript:1", "#12345g"])
def test_colors_are_six_digits(owner: Client, acme: Organization, color: str) -> None:
    answer = owner.post(LOOK, look(acme, brand_color=color))
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"brand_color"}


@pytest.mark.parametrize(("drawn", "expected"), [("#c01030", True), ("#808080", False), ("#000000", False)])
def test_a_logo_without_colors_says_none(drawn: str, expected: bool) -> None:
    assert bool(main_color(picture(drawn))) is expected


def test_what_is_no_picture_has_no_color() -> None:
    assert main_color(BytesIO(b"nonsense")) == ""


def test_starting_ends_in_the_studio(owner: Client, acme: Organization) -> None:
    page = owner.get("/o/acme/studio/start/look/")
    assert page.status_code == 200
    assert owner.post("/o/acme/studio/start/look/", look(acme))["Location"] == "/o/acme/studio/"
