"""Workers are killed while they send: the short form of `make chaos`, for every run of the tests."""

from pathlib import Path

import pytest

from tests.chaos import story
from tests.chaos.rig import LEASE_SECONDS, Rig, running, wait_until


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(180)
def test_ten_deaths_and_two_hundred_mails(tmp_path: Path) -> None:
    recipients = story.people(organizations=2, each=10)
    rig = Rig(tmp_path, seed=7)
    with running(rig, workers=1, schedulers=1):
        for wave in range(6):
            story.post_wave(recipients, subject_id=wave)
        wait_until(lambda: sum(rig.sink.taken.values()) > 0, 60)
        story.hurt(rig, seconds=8, kills=10, whole_every=100)
        wait_until(story.all_final, 10 * LEASE_SECONDS)
    counts = story.check(rig)
    assert counts["kills"] >= 10
    assert counts["mails"] + counts["in_doubt"] >= 200
