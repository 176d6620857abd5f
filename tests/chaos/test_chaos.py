"""`make chaos`: for minutes workers and schedulers die, the mail server goes away, and what Celery knew is wiped
out.
"""

import time
from pathlib import Path

import pytest

from tests.chaos import story
from tests.chaos.rig import Rig, running, wait_until

CALM_WITHIN = 300


@pytest.mark.chaos
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(900)
def test_a_hundred_deaths_and_more_than_a_thousand_mails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recipients = story.people(organizations=3, each=20)
    rig = Rig(tmp_path, seed=11)
    with running(rig, workers=2, schedulers=2):
        story.post_wave(recipients, subject_id=0)
        wait_until(lambda: sum(rig.sink.taken.values()) > 0, 120)
        for wave in range(1, 11):
            story.post_wave(recipients, subject_id=wave)
            story.hurt(rig, seconds=12, kills=10, whole_every=6)
            match wave:
                case 3:
                    rig.flush_broker()
                case 5:
                    rig.sink.stop()
                case 6:
                    time.sleep(5)
                    rig.sink.start()
                case 8:
                    rig.kill_whole("beat0")
                    rig.flush_broker()
        calm_after = wait_until(story.all_final, CALM_WITHIN)
    counts = story.check(rig)
    with capsys.disabled():
        print(f"\n{counts}, every message final {calm_after:.0f} s after the last death")
    assert counts["kills"] >= 100
    assert counts["mails"] >= 1000
