"""Files that operators start from: what they say about settings, services and the image is true."""

import re
from pathlib import Path

import pytest
import yaml
from django.core.checks import run_checks
from django.test import override_settings

from prm.embedded.checks import for_one_machine_only
from prm.embedded.home import CHECKOUT
from prm.embedded.supervisor import QUEUES


def text(path: str) -> str:
    return (CHECKOUT / path).read_text()


def test_every_setting_is_in_the_example_and_every_example_is_read() -> None:
    read = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', text("prm/settings.py")))
    shown = set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", text(".env.example"), re.MULTILINE))
    composed = {"POSTGRES_PASSWORD", "VALKEY_PASSWORD", "LISTEN", "WEB_CONCURRENCY"}
    assert read - shown == set()
    assert shown - read == composed
    for name in composed:
        assert name in text("docker-compose.yml") + text("Dockerfile")


def test_compose_runs_every_part_with_the_queues_of_make_run() -> None:
    services = yaml.safe_load(text("docker-compose.yml"))["services"]
    assert set(services) == {"setup", "web", "worker", "beat", "nginx", "postgres", "valkey", "mail"}
    assert QUEUES in services["worker"]["command"]
    for name in ("web", "worker", "beat"):
        assert services[name]["depends_on"]["setup"]["condition"] == "service_completed_successfully"


def test_nginx_serves_stored_files_where_the_settings_say() -> None:
    (location,) = re.findall(r"^FILES_ACCEL_LOCATION=(\S+)$", text(".env.example"), re.MULTILINE)
    assert re.search(rf"location {re.escape(location)} \{{\s+internal;", text("deploy/nginx.conf"))


def test_the_image_holds_every_app() -> None:
    apps = {path.parent.name for path in CHECKOUT.glob("*/apps.py")}
    assert apps
    for app in apps:
        assert f"COPY {app} {app}" in text("Dockerfile")


def test_no_lock_names_where_packages_come_from() -> None:
    for path in ("requirements.lock", "requirements-dev.lock", "assets/package-lock.json"):
        assert not re.search(r'"resolved"|^--(extra-)?index-url', text(path), re.MULTILINE), path


@pytest.mark.parametrize(("embedded", "testing", "count"), [(True, False, 1), (False, True, 1), (False, False, 0)])
def test_check_deploy_rejects_what_is_for_one_machine(embedded: bool, testing: bool, count: int) -> None:
    with override_settings(EMBEDDED=embedded, TESTING=testing):
        assert len(for_one_machine_only(None)) == count
        found = [message for message in run_checks(include_deployment_checks=True) if message.id == "canopy.E010"]
        assert len(found) == count


def test_scripts_may_be_executed() -> None:
    for name in ("bin/bootstrap", "bin/check", "bin/chromium", ".ci/run"):
        assert Path(CHECKOUT / name).stat().st_mode & 0o111


# File → how many marks, each read by a second person: icons of a package, a constant, what nh3 or linebreaks escaped.
MARKED_SAFE = {
    "prm/cells.py": 1,
    "prm/markdown.py": 2,
    "prm/web/mail_folder.py": 1,
    "prm/web/templatetags/canopy.py": 4,
}


def test_markup_is_marked_safe_only_where_it_was_looked_at() -> None:
    mark = re.compile(r"\b(?:mark_safe|SafeString|SafeText)\(|\|\s*safe(?:seq)?\b|\bautoescape off\b")
    rooms = ("prm", "partners", "enablement", "cohorts", "analytics", "demo", "templates")
    files = [file for room in rooms for file in (CHECKOUT / room).rglob("*") if file.suffix in {".py", ".html", ".md"}]
    found = {str(file.relative_to(CHECKOUT)): len(mark.findall(file.read_text())) for file in files}
    assert {name: count for name, count in found.items() if count} == MARKED_SAFE


def test_private_modules_of_each_app_are_in_the_import_contract() -> None:
    contract = text(".importlinter")
    for app in ("partners", "enablement", "cohorts"):
        for module in ("views", "forms", "tasks", "emails", "admin"):
            if (CHECKOUT / app / module).is_dir() or (CHECKOUT / app / f"{module}.py").exists():
                assert f"    {app}.{module}\n" in contract, f"{app}.{module}"
