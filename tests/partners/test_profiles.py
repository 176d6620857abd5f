"""What people tell about themselves: who reads which field, kept and deleted by the person alone."""

from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from cohorts.models import Cohort
from partners.conditions.grammar import Block, Condition
from partners.models import Group, Partner, PartnerUser, PersonProfile
from partners.queries.profiles import Profile, Reader, person_for, profiles_for
from partners.rules import fields_read, levels_read
from partners.services.competitors import add_conditions, add_rule, mark_pair
from partners.services.groups import add_to_group
from partners.services.profiles import ProfileDetails, erase_profile, save_profile
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.accounts.services.memberships import leave
from prm.addresses import address
from prm.audit.models import AuditEntry
from prm.files import storage
from prm.files.models import StoredFile
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts.factories import CohortFactory, seat
from tests.costs import MOST_QUERIES, queries_of
from tests.factories import NOW
from tests.partners.factories import PartnerFactory, partner_user

type SignIn = Callable[[Membership], Client]

ALL = {"nobody", "staff", "cohort", "partners"}
TOLD = ProfileDetails(
    said_as="LAY-na",
    job_title="Sales lead",
    function="sales",
    seniority="head",
    languages=("de", "en"),
    link="https://profiles.example/lena",
    offers="Hospitals",
    seeks="A partner in the north",
)


def picture(size: tuple[int, int] = (900, 600)) -> "SimpleUploadedFile":
    kept = BytesIO()
    Image.new("RGB", size, "#336699").save(kept, "JPEG", exif=_where_it_was_taken())
    return SimpleUploadedFile("me.jpg", kept.getvalue(), "image/jpeg")


def _where_it_was_taken() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    return exif.tobytes()


def keep(user: PartnerUser, now: datetime, *, upload: Any = None, **readers: str) -> PersonProfile:
    known = PersonProfile.objects.filter(user=user).first()
    return save_profile(
        actor=Actor.of(user.membership),
        user=user,
        revision=known.revision if known else 0,
        details=ProfileDetails(**{**TOLD.__dict__, "readers": readers}),
        photo=upload,
        now=now,
    )


def hide_photo(user: PartnerUser) -> None:
    PersonProfile.objects.filter(user=user).update(readers={"photo": "nobody"})


def seen(reader: Membership, user: PartnerUser, *, is_watched: bool = False) -> Profile:
    return profiles_for(Reader(reader, NOW, is_watched), [user.membership_id])[user.membership_id]


@pytest.fixture
def together(in_acme: Organization, lena_user: PartnerUser, paul_user: PartnerUser) -> Cohort:
    """Lena and Paul, of two companies, in one cohort."""
    cohort = CohortFactory.create(state="running")
    seat(cohort, lena_user.membership)
    seat(cohort, paul_user.membership)
    return cohort


# ── Rules ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("who", "levels"),
    [
        ({"is_self": True, "is_partner": True}, ALL),
        ({"is_self": True, "is_partner": True, "is_here": False}, ALL),
        ({"is_staff": True}, {"staff", "cohort", "partners"}),
        ({"is_staff": True, "is_here": False}, set()),
        ({"is_partner": True, "is_close": True}, {"cohort", "partners"}),
        ({"is_partner": True}, {"partners"}),
        ({"is_partner": True, "is_here": False}, set()),
        ({"is_close": True}, {"cohort", "partners"}),
        ({}, set()),
    ],
)
def test_levels_that_a_reader_reads(who: dict[str, bool], levels: set[str]) -> None:
    asked = {"is_self": False, "is_staff": False, "is_partner": False, "is_close": False, "is_here": True}
    assert levels_read(**{**asked, **who}) == levels


def test_a_field_without_a_choice_is_for_cohorts_and_a_strange_choice_for_nobody() -> None:
    assert "photo" in fields_read({}, {"cohort"})
    assert "seeks" not in fields_read({}, {"cohort"})
    assert "photo" not in fields_read({"photo": "everybody"}, {"staff", "cohort", "partners"})


# ── What one reads of another ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("level", ["nobody", "staff", "cohort", "partners"])
def test_each_level_is_read_by_exactly_whom_it_names(
    level: str,
    in_acme: Organization,
    alice: Membership,
    together: Cohort,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    paul: Membership,
    kestrel: Partner,
    now: datetime,
) -> None:
    competitor = partner_user(kestrel, "rival@kestrel.example", "Rita Rival").membership
    keep(lena_user, now, **dict.fromkeys(PersonProfile.FIELDS, level))
    readers = {
        "self": lena_user.membership,
        "staff": alice,
        "colleague": tom_user.membership,
        "cohort": paul,
        "competitor": competitor,
    }
    wanted = {
        "nobody": {"self"},
        "staff": {"self", "staff"},
        "cohort": {"self", "staff", "colleague", "cohort"},
        "partners": {"self", "staff", "colleague", "cohort", "competitor"},
    }
    reading = {name for name, reader in readers.items() if seen(reader, lena_user).offers}
    assert reading == wanted[level]
    for name, reader in readers.items():
        profile = seen(reader, lena_user)
        told = {field for field in PersonProfile.FIELDS if getattr(profile, field)}
        assert told == (set(PersonProfile.FIELDS) - {"photo"} if name in reading else set()), name


def test_fields_are_chosen_one_by_one(
    in_acme: Organization, lena_user: PartnerUser, paul_user: PartnerUser, now: datetime
) -> None:
    keep(lena_user, now, offers="partners", languages="partners", job_title="staff")
    profile = seen(paul_user.membership, lena_user)
    assert (profile.offers, profile.languages, profile.job_title) == ("Hospitals", "German, English", "")
    assert profile.work == "Nordwind GmbH"
    assert profile.readable == {"offers", "languages"}


@pytest.mark.parametrize(("field", "value"), [("roster", "first_names"), ("roster", "hidden"), ("state", "cancelled")])
def test_a_cohort_that_hides_its_people_opens_nothing(
    field: str, value: str, together: Cohort, lena_user: PartnerUser, paul: Membership, now: datetime
) -> None:
    keep(lena_user, now)
    assert seen(paul, lena_user).offers
    Cohort.objects.filter(pk=together.pk).update(**{field: value})
    assert not seen(paul, lena_user)


def test_a_seat_that_is_only_offered_opens_nothing(
    in_acme: Organization, lena_user: PartnerUser, paul_user: PartnerUser, now: datetime
) -> None:
    cohort = CohortFactory.create(state="running")
    seat(cohort, lena_user.membership)
    seat(cohort, paul_user.membership, "offered")
    keep(lena_user, now)
    assert not seen(paul_user.membership, lena_user)


def test_of_who_has_left_nobody_reads_anything(
    in_acme: Organization, alice: Membership, lena_user: PartnerUser, tom_user: PartnerUser, now: datetime
) -> None:
    keep(tom_user, now, **dict.fromkeys(PersonProfile.FIELDS, "partners"))
    Membership.everywhere.filter(pk=tom_user.membership_id).update(state="suspended")
    assert not seen(alice, tom_user)
    assert not seen(lena_user.membership, tom_user)


def test_somebody_who_looks_over_the_shoulder_reads_as_staff(
    in_acme: Organization, lena_user: PartnerUser, now: datetime
) -> None:
    keep(lena_user, now, offers="nobody")
    profile = seen(lena_user.membership, lena_user, is_watched=True)
    assert (profile.offers, profile.seeks) == ("", "A partner in the north")


def test_people_of_other_companies_exist_as_far_as_they_let_themselves_be_seen(
    in_acme: Organization, alice: Membership, lena_user: PartnerUser, tom_user: PartnerUser, paul_user: PartnerUser
) -> None:
    def known_to(reader: Membership) -> bool:
        return person_for(Reader(reader, NOW), lena_user.membership.public_id) is not None

    assert (known_to(alice), known_to(tom_user.membership), known_to(lena_user.membership)) == (True, True, True)
    assert not known_to(paul_user.membership)
    PartnerUser.objects.filter(pk=lena_user.pk).update(job_title="Sales lead")
    assert not known_to(paul_user.membership)


# ── Competitors ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("grade", "reads"), [("fine", True), ("apart", True), ("never", False)])
def test_of_those_never_brought_together_nothing_is_read_and_nobody_exists(
    grade: str,
    reads: bool,
    in_acme: Organization,
    alice: Membership,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    paul_user: PartnerUser,
    actor: Actor,
    now: datetime,
) -> None:
    keep(lena_user, now, **dict.fromkeys(PersonProfile.FIELDS, "partners"))
    mark_pair(actor=actor, partners=(paul_user.partner, lena_user.partner), grade=grade, now=now)
    assert bool(seen(paul_user.membership, lena_user).offers) is reads
    assert seen(paul_user.membership, lena_user).is_apart is not reads
    known = person_for(Reader(paul_user.membership, now), lena_user.membership.public_id)
    assert (known is not None) is reads
    for reader in (alice, tom_user.membership, lena_user.membership):
        assert seen(reader, lena_user).offers, "staff, colleagues and the person compete with nobody"
        assert not seen(reader, lena_user).is_apart


def test_rules_keep_apart_like_pairs_and_a_pair_says_more(
    in_acme: Organization, lena_user: PartnerUser, paul_user: PartnerUser, msps: Group, actor: Actor, now: datetime
) -> None:
    keep(lena_user, now, **dict.fromkeys(PersonProfile.FIELDS, "partners"))
    add_rule(actor=actor, grade="never", group=msps, now=now)
    add_to_group(actor=actor, group=msps, partner_ids=[lena_user.partner_id], now=now)
    assert seen(paul_user.membership, lena_user).offers
    add_to_group(actor=actor, group=msps, partner_ids=[paul_user.partner_id], now=now)
    assert not seen(paul_user.membership, lena_user).offers
    mark_pair(actor=actor, partners=(paul_user.partner, lena_user.partner), grade="apart", now=now)
    assert seen(paul_user.membership, lena_user).offers


def test_who_competes_in_a_cohort_is_not_among_its_faces_and_it_costs_the_same(
    acme: Organization,
    together: Cohort,
    lena_user: PartnerUser,
    paul: Membership,
    actor: Actor,
    sign_in: SignIn,
    now: datetime,
) -> None:
    client, url = sign_in(paul), page(acme, "cohort_home", together.public_id)
    with scope(acme):
        keep(lena_user, now)
        add_rule(actor=actor, grade="apart", field="country", now=now)
        add_conditions(
            actor=actor, block=Block("all", (Condition("country", "one_of", ("SE",)),)), grade="never", now=now
        )
    assert "Lena Brandt" in client.get(url).content.decode()
    one = queries_of(client, url)
    with scope(acme):
        for number in range(3):
            other = PartnerFactory.create(country="DK")
            seat(together, partner_user(other, f"o{number}@other.example", f"Other {number}").membership)
        mark_pair(actor=actor, partners=(lena_user.partner, paul_user_of(paul).partner), grade="never", now=now)
    shown = client.get(url).content.decode()
    assert "Lena Brandt" not in shown
    assert "Other 2" in shown
    assert client.get(page(acme, "person_profile", lena_user.membership.public_id)).status_code == 404
    assert queries_of(client, url) == one <= MOST_QUERIES
    with scope(acme):
        Cohort.objects.filter(pk=together.pk).update(roster="first_names")
    shown = client.get(url).content.decode()
    assert ("Lena" in shown, "Other" in shown) == (False, True)


def paul_user_of(member: Membership) -> PartnerUser:
    return PartnerUser.objects.select_related("partner").get(membership=member)


# ── Kept and deleted ────────────────────────────────────────────────────────────────────────────────────────────────


def test_saving_keeps_the_picture_drawn_anew_and_the_trail_without_words(
    in_acme: Organization, lena_user: PartnerUser, now: datetime
) -> None:
    profile = keep(lena_user, now, upload=picture(), offers="partners")
    stored = profile.photo
    assert stored is not None
    with storage.path_of(stored.key).open("rb") as file, Image.open(file) as drawn:
        assert (drawn.size, len(drawn.getexif())) == ((480, 320), 0)
    lena_user.refresh_from_db()
    assert (profile.revision, profile.languages, lena_user.job_title) == (1, ["de", "en"], "Sales lead")
    entry = AuditEntry.objects.get(verb="partners.profile_saved")
    told = "function, job_title, languages, link, offers, photo, readers, said_as, seeks, seniority"
    assert entry.changes == {"fields": ["", told]}


def test_a_new_picture_takes_the_place_of_the_former_one(
    in_acme: Organization, lena_user: PartnerUser, now: datetime
) -> None:
    first = keep(lena_user, now, upload=picture()).photo_id
    second = keep(lena_user, now, upload=picture((300, 300))).photo_id
    assert first != second
    assert list(StoredFile.objects.values_list("pk", flat=True)) == [second]
    profile = save_profile(
        actor=Actor.of(lena_user.membership),
        user=lena_user,
        revision=2,
        details=TOLD,
        is_photo_removed=True,
        now=now,
    )
    assert (profile.photo_id, StoredFile.objects.count()) == (None, 0)


@pytest.mark.parametrize(
    ("details", "photo", "code", "field"),
    [
        ({"link": "ftp://profiles.example/x"}, None, "wrong_link", "link"),
        ({"languages": ("xx",)}, None, "wrong_language", "languages"),
        ({"languages": ("de", "en", "fr", "es", "it")}, None, "too_many", "languages"),
        ({}, SimpleUploadedFile("me.jpg", b"<svg onload=alert(1)>", "image/jpeg"), "file_content", "photo"),
        ({}, SimpleUploadedFile("me.pdf", b"%PDF-1.4", "application/pdf"), "file_type", "photo"),
    ],
)
def test_what_is_wrong_is_refused_and_leaves_nothing(
    details: dict[str, Any],
    photo: Any,
    code: str,
    field: str,
    in_acme: Organization,
    lena_user: PartnerUser,
    now: datetime,
) -> None:
    wrong = ProfileDetails(**details)
    with pytest.raises(Refused) as refused:
        save_profile(
            actor=Actor.of(lena_user.membership), user=lena_user, revision=0, details=wrong, photo=photo, now=now
        )
    (problem,) = refused.value.problems
    assert (problem.code, problem.field) == (code, field)
    assert (PersonProfile.objects.count(), StoredFile.objects.count(), AuditEntry.objects.count()) == (0, 0, 0)


def test_of_two_windows_the_second_is_told(in_acme: Organization, lena_user: PartnerUser, now: datetime) -> None:
    keep(lena_user, now)
    for revision in (0, 7):
        with pytest.raises(Refused) as refused:
            save_profile(actor=Actor.of(lena_user.membership), user=lena_user, revision=revision, details=TOLD, now=now)
        assert refused.value.codes == {"changed_meanwhile"}


def test_erasing_leaves_no_word_and_no_picture(in_acme: Organization, lena_user: PartnerUser, now: datetime) -> None:
    stored = keep(lena_user, now, upload=picture()).photo
    assert stored is not None
    assert erase_profile(actor=Actor.of(lena_user.membership), user=lena_user, now=now)
    lena_user.refresh_from_db()
    assert (PersonProfile.objects.count(), StoredFile.objects.count(), lena_user.job_title) == (0, 0, "")
    kept = str(list(AuditEntry.objects.values_list("object_label", "changes", "reason")))
    assert "Hospitals" not in kept
    assert "Sales lead" not in kept
    assert not erase_profile(actor=Actor.of(lena_user.membership), user=lena_user, now=now)


def test_whoever_leaves_takes_it_along(
    in_acme: Organization, lena_user: PartnerUser, tom_user: PartnerUser, now: datetime
) -> None:
    keep(tom_user, now, upload=picture())
    leave(actor=Actor.of(tom_user.membership), member=tom_user.membership, now=now)
    assert (PersonProfile.objects.count(), StoredFile.objects.count()) == (0, 0)


# ── Pages ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def page(acme: Organization, name: str, *ids: str) -> str:
    with scope(acme):
        return address(name, *ids)


def sent(**more: Any) -> dict[str, Any]:
    readers = {f"see_{field}": "cohort" for field in PersonProfile.FIELDS}
    return {"revision": "0", "offers": "Hospitals", "language_1": "de", **readers, **more}


def test_a_person_keeps_the_own_profile_in_the_portal(
    acme: Organization, lena_user: PartnerUser, sign_in: SignIn
) -> None:
    client = sign_in(lena_user.membership)
    url = page(acme, "my_profile")
    answer = client.post(url, sent(photo=picture(), see_offers="partners"))
    assert (answer.status_code, answer["Location"]) == (
        303,
        page(acme, "person_profile", lena_user.membership.public_id),
    )
    with scope(acme):
        profile = PersonProfile.objects.get()
        assert (profile.offers, profile.languages, profile.readers["offers"]) == ("Hospitals", ["de"], "partners")
        assert profile.photo_id
    refused = client.post(url, sent(revision="1", link="ftp://x.example/", seeks="A friend"))
    assert refused.status_code == 422
    assert "A friend" in refused.content.decode()
    stale = client.post(url, sent(revision="0", offers="Other"))
    assert (stale.status_code, "Hospitals" in stale.content.decode()) == (422, True)
    assert client.post(page(acme, "my_profile_erase")).status_code == 303
    with scope(acme):
        assert not PersonProfile.objects.exists()


def test_nobody_opens_the_form_of_another_one(
    acme: Organization, alice: Membership, lena_user: PartnerUser, sign_in: SignIn, now: datetime
) -> None:
    with scope(acme):
        keep(lena_user, now, offers="nobody")
    client = sign_in(alice)
    assert client.get(page(acme, "my_profile")).status_code == 403
    client.post(page(acme, "see_as_begin", lena_user.membership.public_id))
    assert client.get(page(acme, "my_profile")).status_code == 403
    shown = client.get(page(acme, "person_profile", lena_user.membership.public_id)).content.decode()
    assert "A partner in the north" in shown
    assert "Hospitals" not in shown


def test_a_person_and_the_picture_are_shown_to_whom_they_are_for(
    acme: Organization,
    alice: Membership,
    lena_user: PartnerUser,
    tom_user: PartnerUser,
    paul_user: PartnerUser,
    charlie: Membership,
    sign_in: SignIn,
    now: datetime,
) -> None:
    with scope(acme):
        keep(lena_user, now, upload=picture(), link="staff")
    profile_url = page(acme, "person_profile", lena_user.membership.public_id)
    photo_url = page(acme, "person_photo", lena_user.membership.public_id)
    for reader, status in ((alice, 200), (tom_user.membership, 200), (paul_user.membership, 404), (charlie, 404)):
        client = sign_in(reader)
        assert client.get(profile_url).status_code == status
        answer = client.get(photo_url)
        assert answer.status_code == status
        if status == 200:
            assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "private, no-store")
            assert answer["Content-Disposition"].startswith("inline")
    assert "profiles.example" in sign_in(alice).get(profile_url).content.decode()
    assert "profiles.example" not in sign_in(tom_user.membership).get(profile_url).content.decode()


def test_a_picture_is_gone_with_the_next_request(
    acme: Organization, lena_user: PartnerUser, tom_user: PartnerUser, sign_in: SignIn, now: datetime
) -> None:
    client = sign_in(tom_user.membership)
    url = page(acme, "person_photo", lena_user.membership.public_id)
    with scope(acme):
        keep(lena_user, now, upload=picture())
    assert client.get(url).status_code == 200
    with scope(acme):
        hide_photo(lena_user)
    assert client.get(url).status_code == 404


def test_a_job_that_staff_may_not_read_stays_when_they_save_the_role(
    acme: Organization, alice: Membership, lena_user: PartnerUser, nordwind: Partner, sign_in: SignIn, now: datetime
) -> None:
    with scope(acme):
        keep(lena_user, now, job_title="nobody")
        lena_user.refresh_from_db()
    client = sign_in(alice)
    url = page(acme, "partner_person", nordwind.public_id, lena_user.public_id)
    shown = client.get(url).content.decode()
    assert "Hospitals" in shown
    assert "Sales lead" not in shown
    assert "Sales lead" not in client.get(page(acme, "partner_detail", nordwind.public_id)).content.decode()
    answer = client.post(url, {"role": "lead", "job_title": "Boss", "revision": str(lena_user.revision)})
    assert answer.status_code == 303
    with scope(acme):
        lena_user.refresh_from_db()
    assert lena_user.job_title == "Sales lead"


def test_a_cohort_shows_faces_to_one_another_and_costs_the_same(
    acme: Organization, together: Cohort, lena_user: PartnerUser, paul: Membership, sign_in: SignIn, now: datetime
) -> None:
    client = sign_in(paul)
    url = page(acme, "cohort_home", together.public_id)
    with scope(acme):
        keep(lena_user, now, upload=picture(), offers="cohort", said_as="staff")
    shown = client.get(url).content.decode()
    assert page(acme, "person_photo", lena_user.membership.public_id) in shown
    assert "Hospitals" in shown
    assert "LAY-na" not in shown
    before = queries_of(client, url)
    with scope(acme):
        for number in range(3):
            user = partner_user(lena_user.partner, f"p{number}@nordwind.example", f"Person {number}")
            seat(together, user.membership)
            keep(user, now)
    assert queries_of(client, url) == before
