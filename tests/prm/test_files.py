import io
import struct
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.files import storage
from prm.files.models import StoredFile
from prm.files.names import normalized
from prm.files.services import discard, store_bytes, store_image, store_upload
from prm.files.serving import file_response, signed_address
from prm.files.types import DOCUMENTS, TABLES
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.prm.uploads import DOCX, archive, linked_archive, picture, upload, workbook

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
SignIn = Callable[[Membership], Client]


@pytest.fixture(autouse=True)
def files_root(tmp_path: Path, settings: Any) -> Path:
    settings.FILES_ROOT = tmp_path / "files"
    return settings.FILES_ROOT


@pytest.fixture
def actor(bob: Membership) -> Actor:
    return Actor.of(bob)


def content_of(stored: StoredFile) -> bytes:
    return storage.path_of(stored.key).read_bytes()


def test_a_document_is_stored_as_it_came(in_acme: Organization, actor: Actor, bob: Membership, now: datetime) -> None:
    stored = store_upload(actor=actor, upload=upload("Price sheet.PDF", PDF, "application/pdf"), now=now)
    assert (stored.name, stored.size, stored.content_type) == ("Price sheet.pdf", len(PDF), "application/pdf")
    assert stored.uploaded_by_id == bob.pk
    assert content_of(stored) == PDF
    organization, year, name = stored.key.split("/")
    assert (organization, year, len(name)) == (str(in_acme.pk), "2026", 32)


@pytest.mark.parametrize(
    ("name", "content", "declared"),
    [
        ("a.pdf", PDF, "application/octet-stream"),
        ("a.docx", archive(DOCX), ""),
        ("a.xlsx", workbook(["x"]), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("a.zip", archive({"notes.txt": b"hello"}), "application/x-zip-compressed"),
        ("a.csv", b"name;mail\nx;y\n", "application/vnd.ms-excel"),
        ("a.txt", "Grüße".encode(), "text/plain; charset=utf-8"),
        ("a.txt", "Grüße".encode("utf-16"), "text/plain"),
    ],
)
def test_what_is_taken(
    in_acme: Organization, actor: Actor, now: datetime, name: str, content: bytes, declared: str
) -> None:
    assert store_upload(actor=actor, upload=upload(name, content, declared), now=now).extension == name[2:]


REFUSED: list[tuple[str, bytes, str, str]] = [
    ("program.exe", b"MZ", "", "file_type"),
    ("no-extension", PDF, "", "file_type"),
    ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", "file_type"),
    ("page.html", b"<html></html>", "text/html", "file_type"),
    ("invoice.pdf.exe", PDF, "application/pdf", "file_type"),
    ("report.pdf", PDF, "text/html", "file_type"),
    ("report.pdf", picture(), "application/pdf", "file_content"),
    ("picture.png", PDF, "image/png", "file_content"),
    ("picture.png", picture("JPEG"), "image/png", "file_content"),
    ("letter.docx", archive({"notes.txt": b"not a letter"}), "", "file_content"),
    ("sheet.xlsx", archive(DOCX), "", "file_content"),
    ("page.txt", b"  <!DOCTYPE html><script>alert(1)</script>", "text/plain", "file_content"),
    ("drawing.txt", b"\xef\xbb\xbf<svg onload=alert(1)>", "text/plain", "file_content"),
    ("binary.txt", b"abc\0def", "text/plain", "file_content"),
    ("empty.txt", b"", "text/plain", "file_content"),
    ("cut.zip", archive({"a.txt": b"hello"})[:-10], "", "file_content"),
    ("many.zip", archive({f"{n}.txt": b"" for n in range(1001)}), "", "file_content"),
    ("bomb.zip", archive({"a.txt": bytes(5_000_000)}), "", "file_content"),
    ("link.zip", linked_archive(), "", "file_content"),
    ("climb.zip", archive({"../../etc/cron.d/x": b"x"}), "", "file_content"),
    ("rooted.zip", archive({"/etc/passwd": b"x"}), "", "file_content"),
    ("windows.zip", archive({"..\\..\\x": b"x"}), "", "file_content"),
]


@pytest.mark.parametrize(("name", "content", "declared", "code"), REFUSED, ids=[f"{r[0]}-{r[3]}" for r in REFUSED])
def test_what_is_refused_is_named_with_its_reason(
    in_acme: Organization, actor: Actor, now: datetime, name: str, content: bytes, declared: str, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        store_upload(actor=actor, upload=upload(name, content, declared), now=now)
    (problem,) = refusal.value.problems
    assert (problem.code, problem.field) == (code, "file")
    assert f"“{name}”" in problem.message
    assert not StoredFile.objects.exists()


def test_a_page_may_take_less(in_acme: Organization, actor: Actor, now: datetime) -> None:
    with pytest.raises(Refused, match="csv, xlsx"):
        store_upload(actor=actor, upload=upload("a.pdf", PDF), allow=TABLES, now=now)
    with pytest.raises(Refused, match="not taken"):
        store_upload(actor=actor, upload=upload("a.png", picture()), allow=DOCUMENTS, now=now)


@pytest.mark.parametrize(("name", "most"), [("a.pdf", 25 * 2**20), ("a.png", 5 * 2**20)])
def test_sizes_end_somewhere(in_acme: Organization, actor: Actor, now: datetime, name: str, most: int) -> None:
    file = upload(name, PDF)
    file.size = most + 1
    with pytest.raises(Refused, match="larger than"):
        store_upload(actor=actor, upload=file, now=now)


def test_an_organizations_space_ends_somewhere(
    in_acme: Organization, actor: Actor, now: datetime, settings: Any
) -> None:
    settings.FILES_QUOTA_BYTES = len(PDF)
    store_upload(actor=actor, upload=upload("a.pdf", PDF), now=now)
    with pytest.raises(Refused, match="space for files"):
        store_upload(actor=actor, upload=upload("b.pdf", PDF), now=now)
    assert len(list(Path(settings.FILES_ROOT, str(in_acme.pk), "2026").iterdir())) == 1


@pytest.mark.parametrize(
    ("kind", "name", "stored_name"),
    [("PNG", "a.png", "a.png"), ("JPEG", "a.jpeg", "a.jpg"), ("WEBP", "a.webp", "a.webp"), ("GIF", "a.gif", "a.png")],
)
def test_pictures_are_drawn_anew(
    in_acme: Organization, actor: Actor, now: datetime, kind: str, name: str, stored_name: str
) -> None:
    """Whatever came along behind the picture, a script or a place, does not come out again."""
    original = picture(kind) + b"<script>alert(1)</script>"
    stored = store_upload(actor=actor, upload=upload(name, original), now=now)
    assert stored.name == stored_name
    assert stored.is_image
    assert b"<script>" not in content_of(stored)
    with Image.open(io.BytesIO(content_of(stored))) as drawn:
        assert drawn.size == (40, 30)


def test_a_photo_loses_where_it_was_taken_and_stands_upright(
    in_acme: Organization, actor: Actor, now: datetime
) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "secret place"
    original = picture("JPEG", (40, 30), exif=exif)
    assert b"secret place" in original
    stored = store_image(actor=actor, upload=upload("photo.jpg", original), now=now)
    assert b"secret place" not in content_of(stored)
    with Image.open(io.BytesIO(content_of(stored))) as drawn:
        assert drawn.size == (30, 40)
        assert not drawn.getexif()


def test_pictures_are_made_no_larger_than_needed(in_acme: Organization, actor: Actor, now: datetime) -> None:
    stored = store_image(actor=actor, upload=upload("logo.png", picture(size=(800, 200))), longest_side=400, now=now)
    with Image.open(io.BytesIO(content_of(stored))) as drawn:
        assert drawn.size == (400, 100)


def huge_png(width: int, height: int) -> bytes:
    """A few bytes that claim to be a picture of that size."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10_000, 5_001), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_never_unpacked(
    in_acme: Organization, actor: Actor, now: datetime, size: tuple[int, int]
) -> None:
    with pytest.raises(Refused) as refusal:
        store_image(actor=actor, upload=upload("huge.png", huge_png(*size)), now=now)
    assert refusal.value.codes == {"file_content"}


def test_a_broken_picture_is_refused(in_acme: Organization, actor: Actor, now: datetime) -> None:
    with pytest.raises(Refused, match="cannot be read as a picture"):
        store_image(actor=actor, upload=upload("cut.png", picture()[:60]), now=now)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\me\\plan.TXT", "plan.txt"),
        ("  plan  v2 .txt", "plan v2.txt"),
        ("\u202egpj.exe.txt", "gpj.exe.txt"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie_ x.txt"),
        ("nul.txt", "file nul.txt"),
        (".htaccess", "htaccess"),
        ("...", "file"),
        ("a" * 300 + ".txt", "a" * 146 + ".txt"),
        ("<script>.txt", "_script_.txt"),
        ("Übersicht\u0308.txt", "Übersich\u1e97.txt"),
        ("\ud800.txt", "_.txt"),
    ],
)
def test_hostile_names_become_harmless(name: str, kept: str) -> None:
    assert normalized(name) == kept


# ── What happens to bytes whose row never came ──────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_upload_leaves_nothing_for_long(acme: Organization, files_root: Path) -> None:
    actor, present = Actor.system("test"), timezone.now()
    with scope(acme):
        lost = store_upload(actor=actor, upload=upload("lost.pdf", PDF), now=present)
        transaction.set_rollback(True)
    with scope(acme):
        kept = store_upload(actor=actor, upload=upload("kept.pdf", PDF), now=present)
    assert storage.path_of(lost.key).exists()
    with scope(acme):
        store_upload(actor=actor, upload=upload("later.pdf", PDF), now=present + timedelta(hours=2))
    assert not storage.path_of(lost.key).exists()
    assert storage.path_of(kept.key).exists()
    assert not list(files_root.glob("*/.pending/*"))


@pytest.mark.django_db(transaction=True)
def test_a_discarded_file_goes_with_its_row(acme: Organization, now: datetime) -> None:
    with scope(acme):
        stored = store_bytes(actor=Actor.system("test"), name="x.csv", content_type="text/csv", content=b"a", now=now)
    path = storage.path_of(stored.key)
    with scope(acme):
        discard(stored=StoredFile.objects.get())
        transaction.set_rollback(True)
    assert path.exists()
    with scope(acme):
        discard(stored=StoredFile.objects.get())
    assert not path.exists()


def test_a_key_never_leads_out_of_the_folder() -> None:
    with pytest.raises(ValueError, match="leads out"):
        storage.path_of("1/../../secret")


# ── Answers ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def stored(in_acme: Organization, actor: Actor, now: datetime) -> StoredFile:
    content = bytes(range(256)) * 1000
    return store_bytes(actor=actor, name="Größe.csv", content_type="text/csv", content=content, now=now)


def answer(stored: StoredFile, **headers: str) -> Any:
    return file_response(stored, RequestFactory().get("/", headers=headers))


def body(response: Any) -> bytes:
    return b"".join(response)


def test_a_file_is_a_download_and_nothing_else(stored: StoredFile) -> None:
    response = answer(stored)
    assert response.status_code == 200
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Gr%C3%B6%C3%9Fe.csv"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "text/csv"
    assert body(response) == content_of(stored)
    assert file_response(stored, RequestFactory().get("/"), inline=True)["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("wanted", "status", "content_range", "start", "stop"),
    [
        ("bytes=0-99", 206, "bytes 0-99/256000", 0, 100),
        ("bytes=255990-", 206, "bytes 255990-255999/256000", 255990, 256000),
        ("bytes=-10", 206, "bytes 255990-255999/256000", 255990, 256000),
        ("bytes=100-999999", 206, "bytes 100-255999/256000", 100, 256000),
        ("bytes=256000-", 416, "bytes */256000", 0, 0),
        ("bytes=9-3", 416, "bytes */256000", 0, 0),
        ("bytes=0-1,5-6", 200, None, 0, 256000),
        ("lines=1-2", 200, None, 0, 256000),
    ],
)
def test_parts_of_a_file(
    stored: StoredFile, wanted: str, status: int, content_range: str | None, start: int, stop: int
) -> None:
    response = answer(stored, range=wanted)
    assert response.status_code == status
    assert response.get("Content-Range") == content_range
    assert body(response) == content_of(stored)[start:stop]


def test_a_part_of_another_version_is_the_whole(stored: StoredFile) -> None:
    etag = answer(stored)["ETag"]
    assert answer(stored, range="bytes=0-1", if_range=etag).status_code == 206
    assert answer(stored, range="bytes=0-1", if_range='"other"').status_code == 200


def test_behind_nginx_nginx_sends_the_bytes(stored: StoredFile, settings: Any) -> None:
    settings.FILES_ACCEL_LOCATION = "/internal-files/"
    response = answer(stored)
    assert response["X-Accel-Redirect"] == f"/internal-files/{stored.key}"
    assert response["Content-Disposition"].startswith("attachment")
    assert response.content == b""


# ── The page ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def made(acme: Organization, bob: Membership, lena: Membership) -> Callable[[Membership], tuple[StoredFile, str]]:
    """A file, and a link to it for a member."""

    def make(membership: Membership) -> tuple[StoredFile, str]:
        with scope(acme):
            stored = store_image(actor=Actor.of(bob), upload=upload("a.png", picture()), now=timezone.now())
            return stored, signed_address(stored, membership, inline=True)

    return make


def test_file_download_answers_the_member_it_was_made_for(made: Any, lena: Membership, sign_in: SignIn) -> None:
    stored, link = made(lena)
    response = sign_in(lena).get(link)
    assert response.status_code == 200
    assert response["Content-Disposition"] == 'inline; filename="a.png"'
    assert response["Cache-Control"] == "private, no-store"
    assert body(response) == content_of(stored)


def test_file_download_knows_nobody_else(
    made: Any, lena: Membership, paul: Membership, charlie: Membership, sign_in: SignIn, client: Client
) -> None:
    _stored, link = made(lena)
    assert sign_in(paul).get(link).status_code == 404
    assert sign_in(charlie).get(link).status_code == 404
    assert client.get(link).status_code == 302
    assert sign_in(lena).get(link[:-3] + "xx/").status_code == 404


def test_a_link_of_one_file_opens_no_other(made: Any, lena: Membership, sign_in: SignIn) -> None:
    _first, link = made(lena)
    second, _link = made(lena)
    token = link.rstrip("/").rpartition("/")[2]
    swapped = reverse("file_download", args=["acme", second.public_id, "x"]).replace("/x/", f"/{token}/")
    assert sign_in(lena).get(swapped).status_code == 404


def test_a_link_ends_after_a_minute(made: Any, lena: Membership, sign_in: SignIn) -> None:
    with time_machine.travel(timezone.now(), tick=False) as clock:
        _stored, link = made(lena)
        client = sign_in(lena)
        clock.shift(59)
        assert client.get(link).status_code == 200
        clock.shift(2)
        assert client.get(link).status_code == 404


def test_a_removed_member_loses_the_file_at_once(made: Any, lena: Membership, sign_in: SignIn) -> None:
    _stored, link = made(lena)
    client = sign_in(lena)
    lena.state = Membership.State.REMOVED
    lena.save()
    assert client.get(link).status_code == 404


def test_the_name_of_a_request_is_made_harmless_too(in_acme: Organization, actor: Actor, now: datetime) -> None:
    file = SimpleUploadedFile("../../x\x00y.pdf", PDF, "application/pdf")
    assert store_upload(actor=actor, upload=file, now=now).name == "xy.pdf"
