"""Periods, shares and refusals: rules without a database, and what versions and numbers refuse."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from partners.forms.numbers import EntriesForm
from partners.models import Ladder, LadderVersion, NumberEntry, Partner, Requirement, Tier
from partners.queries.ladders import draft_of, requirements_of, version_at
from partners.rules.tier_periods import Calendar, next_period_end, windows_of_period
from partners.rules.tier_progress import blocks_of, is_met, reached_tier, share_of_tier, yardstick_of
from partners.services.ladder_versions import begin_draft, publish_version, remove_requirement, try_version
from partners.services.ladders import LadderDetails, TierDetails, add_tier, archive_tier, change_ladder
from partners.services.tier_evaluation import evaluate_ladder
from partners.services.tier_numbers import NewEntry, NumberDetails, create_number, enter_numbers, void_entry
from prm.accounts.actors import Actor
from prm.audit.models import AuditEntry
from prm.problems import Refused
from tests.partners.ladders import DAY, decide, happened, launched, make_ladder, require, tier_of

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("first_month", "moment", "review", "ends"),
    [
        (1, datetime(2026, 11, 29, tzinfo=UTC), "year", datetime(2027, 1, 1, tzinfo=BERLIN)),
        (1, datetime(2026, 11, 29, tzinfo=UTC), "quarter", datetime(2027, 1, 1, tzinfo=BERLIN)),
        (7, datetime(2026, 11, 29, tzinfo=UTC), "year", datetime(2027, 7, 1, tzinfo=BERLIN)),
        (2, datetime(2026, 11, 29, tzinfo=UTC), "quarter", datetime(2027, 2, 1, tzinfo=BERLIN)),
        # An hour before midnight in London is the next quarter in Berlin.
        (1, datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "quarter", datetime(2027, 4, 1, tzinfo=BERLIN)),
    ],
)
def test_a_period_ends_where_the_organization_is(
    first_month: int, moment: datetime, review: str, ends: datetime
) -> None:
    assert next_period_end(Calendar(first_month, BERLIN), review, moment) == ends


def test_a_year_before_a_leap_day_is_its_last_of_february() -> None:
    windows = windows_of_period(Calendar(1, BERLIN), datetime(2028, 2, 29, 9, tzinfo=BERLIN))
    assert windows["rolling"] == datetime(2027, 2, 28, 9, tzinfo=BERLIN)
    assert windows["ever"] is None


def asks(tier: int, block: int, measure: str, threshold: int) -> Requirement:
    return Requirement(
        pk=tier * 100 + block * 10 + threshold,
        tier_id=tier,
        block=block,
        source="measure",
        measure=measure,
        threshold=Decimal(threshold),
    )


@pytest.mark.parametrize(
    ("graduates", "completed", "share", "reached"),
    [
        (0, 0, "0", "Member"),
        (2, 0, "0.5", "Member"),
        (4, 9, "1", "Gold"),
        (-3, 9, "0.5", "Member"),
        (1, 6, "0.75", "Member"),
    ],
)
def test_each_block_counts_the_same_and_no_more_than_whole(
    graduates: int, completed: int, share: str, reached: str
) -> None:
    tiers = [Tier(pk=1, rank=1, name="Member"), Tier(pk=2, rank=2, name="Gold")]
    rows = [asks(2, 1, "graduates", 2), asks(2, 2, "completed", 6), asks(2, 2, "opened", 50)]
    counted = {"graduates": graduates, "completed": completed, "opened": 0}
    values = {yardstick_of(row): Decimal(counted[row.measure]) for row in rows}
    assert share_of_tier(rows, values) == Decimal(share)
    assert reached_tier(tiers, rows, values).name == reached
    assert is_met(rows, values) == (reached == "Gold")
    assert [len(block) for block in blocks_of(rows)] == [1, 2]


@pytest.mark.django_db
@pytest.mark.usefixtures("in_acme")
class TestVersions:
    def test_the_lowest_tier_asks_for_nothing(self, actor: Actor, now: datetime) -> None:
        ladder = make_ladder(actor, now)
        draft = draft_of(ladder)
        assert draft
        with pytest.raises(Refused) as refusal:
            require(actor, draft, "Member", 1, measure="cohorts.graduates")
        assert refusal.value.codes == {"lowest_tier"}

    def test_rules_change_in_the_light_of_a_trial_and_ahead(self, actor: Actor, now: datetime) -> None:
        ladder = make_ladder(actor, now)
        draft = begin_draft(actor=actor, ladder=ladder, now=now)

        def publish(revision: int, applies_at: datetime) -> set[str]:
            try:
                publish_version(actor=actor, version=draft, revision=revision, applies_at=applies_at, now=now)
            except Refused as refused:
                return refused.codes
            return set()

        assert publish(draft.revision, now + DAY) == {"not_tried"}
        try_version(version=draft, now=now)
        draft.refresh_from_db()
        assert publish(draft.revision, now - DAY) == {"not_ahead"}
        require(actor, draft, "Silver", 1, source="people")
        assert publish(draft.revision, now + DAY) == {"not_tried"}
        try_version(version=draft, now=now)
        draft.refresh_from_db()
        assert publish(draft.revision - 1, now + DAY) == {"not_tried"}
        assert publish(draft.revision, now + DAY) == set()
        assert publish(draft.revision, now + 2 * DAY) >= {"not_draft"}
        with pytest.raises(Refused):
            remove_requirement(actor=actor, requirement=requirements_of(draft)[0])

    def test_a_trial_tells_who_and_what_decides(
        self, actor: Actor, nordwind: Partner, kestrel: Partner, now: datetime
    ) -> None:
        happened(nordwind, "cohorts.graduated", 2, now)
        ladder = launched(actor, now)
        draft = begin_draft(actor=actor, ladder=ladder, now=now)
        for row in requirements_of(draft):
            if row.tier.name == "Silver":
                Requirement.objects.filter(pk=row.pk).update(threshold=3)
        happened(kestrel, "cohorts.graduated", 3, now)
        try_version(version=draft, now=now + DAY)
        tried = LadderVersion.objects.get(pk=draft.pk).tried
        assert (tried["partners"], tried["rising"], tried["dropping"]) == (2, 1, 1)
        assert [(line["name"], line["from"], line["to"]) for line in tried["drops"]] == [
            ("Nordwind GmbH", "Silver", "Member")
        ]
        assert tried["drops"][0]["figures"][0]["value"] == "2.0000"
        assert (tier_of(nordwind, ladder), tier_of(kestrel, ladder)) == ("Silver", "Member")

    def test_a_new_version_lowers_nobody_when_it_begins(self, actor: Actor, nordwind: Partner, now: datetime) -> None:
        happened(nordwind, "cohorts.graduated", 2, now)
        ladder = launched(actor, now)
        begin_draft(actor=actor, ladder=ladder, now=now)
        Requirement.objects.filter(version__applies_at=None, tier__name="Silver").update(threshold=9)
        second = decide(actor, ladder, now + 5 * DAY)
        assert version_at(ladder, now + 4 * DAY) != second
        assert version_at(ladder, now + 5 * DAY) == second
        evaluate_ladder(ladder, None, now + 6 * DAY)
        assert tier_of(nordwind, ladder) == "Silver"

    def test_tiers_come_between_and_go_when_empty(self, actor: Actor, nordwind: Partner, now: datetime) -> None:
        ladder = launched(actor, now)
        silver = Tier.objects.get(name="Silver")
        add_tier(actor=actor, ladder=ladder, details=TierDetails("Chosen"), above=silver, now=now)
        names = Tier.objects.listed().from_lowest().values_list("name", "rank")
        assert list(names) == [("Member", 1), ("Silver", 2), ("Chosen", 3), ("Gold", 4)]
        with pytest.raises(Refused) as refusal:
            archive_tier(actor=actor, tier=Tier.objects.select_related("ladder").get(name="Member"), now=now)
        assert refusal.value.codes == {"tier_in_use"}
        archive_tier(actor=actor, tier=Tier.objects.select_related("ladder").get(name="Chosen"), now=now)
        assert list(Tier.objects.listed().from_lowest().values_list("rank", flat=True)) == [1, 2, 3]

    def test_a_years_work_cannot_be_asked_each_quarter(self, actor: Actor, now: datetime) -> None:
        ladder = make_ladder(actor, now)
        details = LadderDetails("Resellers", review=Ladder.Review.QUARTER)
        with pytest.raises(Refused) as refusal:
            change_ladder(actor=actor, ladder=ladder, revision=ladder.revision, details=details, now=now)
        assert refusal.value.codes == {"period_too_long"}


@pytest.mark.django_db
@pytest.mark.usefixtures("in_acme")
class TestNumbers:
    @pytest.mark.parametrize(("reading", "expected"), [("sum", "Silver"), ("average", "Member"), ("latest", "Member")])
    def test_entries_are_read_as_they_should(
        self, actor: Actor, nordwind: Partner, now: datetime, reading: str, expected: str
    ) -> None:
        number = create_number(actor=actor, details=NumberDetails("Revenue", "EUR", reading), now=now - 9 * DAY)
        ladder = make_ladder(actor, now - 3 * DAY)
        draft = draft_of(ladder)
        assert draft
        Requirement.objects.filter(version=draft).delete()
        require(actor, draft, "Silver", 100, source="number", number=number)
        entries = [NewEntry(nordwind.pk, now - days * DAY, Decimal(amount)) for days, amount in ((5, 80), (4, 40))]
        assert enter_numbers(actor=actor, number=number, entries=entries, now=now - 2 * DAY) == 2
        decide(actor, ladder, now)
        evaluate_ladder(ladder, None, now)
        assert tier_of(nordwind, ladder) == expected

    def test_what_is_taken_back_counts_no_longer(self, actor: Actor, nordwind: Partner, now: datetime) -> None:
        number = create_number(actor=actor, details=NumberDetails("Revenue"), now=now)
        enter_numbers(actor=actor, number=number, entries=[NewEntry(nordwind.pk, now, Decimal(5))], now=now)
        entry = NumberEntry.objects.select_related("number", "partner").get()
        void_entry(actor=actor, entry=entry, now=now)
        with pytest.raises(Refused) as refusal:
            void_entry(actor=actor, entry=entry, now=now)
        assert refusal.value.codes == {"voided"}
        assert AuditEntry.objects.filter(verb="partners.number_voided").count() == 1

    def test_a_pasted_list_finds_its_partners(self, nordwind: Partner, kestrel: Partner, now: datetime) -> None:
        lines = "Nordwind GmbH\t12,500.50\nkestrel.example; 40; 2026-01-31; first deal\n"
        form = EntriesForm({"lines": lines, "on": "2026-02-01"}, now=now)
        assert form.is_valid(), form.errors
        first, second = form.entries()
        assert (first.partner_id, first.amount) == (nordwind.pk, Decimal("12500.5"))
        assert (second.partner_id, second.note) == (kestrel.pk, "first deal")

    def test_a_pasted_list_is_taken_as_a_whole(self, nordwind: Partner, now: datetime) -> None:
        form = EntriesForm({"lines": "Nordwind GmbH;x\nNobody;1\nalone", "on": "2026-02-01"}, now=now)
        assert not form.is_valid()
        told = form.errors["lines"]
        assert [str(text).split(":")[0] for text in told] == ["Line 1", "Line 3", "Line 2"]
