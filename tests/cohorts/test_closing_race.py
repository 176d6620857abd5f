"""Who presses twice has answered once."""

import threading

import pytest
from django.db import connection

from cohorts.models import ClosingAnswer, ClosingSurvey
from cohorts.questions import Question
from cohorts.services.closing import answer_closing
from prm.problems import Refused
from prm.tenancy.models import Organization
from prm.tenancy.scope import scope
from tests.cohorts import factories
from tests.factories import staff
from tests.partners.factories import PartnerFactory

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_answers_in_the_same_moment_are_one(acme: Organization) -> None:
    with scope(acme):
        frida = staff(acme, "frida@acme.example", "Frida Sand", "facilitator")
        cohort = factories.cohort("running", facilitator=frida)
        lena = factories.applicant("Lena Brandt", PartnerFactory.create(domain="nordwind.example"))
        factories.seat(cohort, lena)
        ClosingSurvey.objects.create(cohort=cohort, **ClosingSurvey.asking([Question("sure", "How sure?", "scale")]))
    gate = threading.Barrier(2)
    codes: list[set[str]] = []

    def say() -> None:
        try:
            gate.wait(timeout=60)
            with scope(acme):
                answer_closing(cohort=cohort, membership=lena, answers={"sure": 4}, now=factories.berlin(29, 11))
            codes.append(set())
        except Refused as refusal:
            codes.append(refusal.codes)
        finally:
            connection.close()

    threads = [threading.Thread(target=say) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(codes, key=len) == [set(), {"answered"}]
    with scope(acme):
        assert ClosingAnswer.objects.count() == 1
