"""A year on a ladder: a launch, rises that were agreed, one that waits, notices, an appeal, a tier by hand, a draft."""

import tomllib
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from demo.ecosystem import World
from demo.history import keep_letters
from demo.material import FOLDER
from partners.models import Ladder, LadderVersion, NumberEntry, Partner, PartnerUser, Tier, TierMove, TierNumber
from partners.queries.ladders import requirements_of
from partners.services.ladder_versions import (
    RequirementDetails,
    add_requirement,
    begin_draft,
    change_note,
    change_requirement,
    publish_version,
    try_version,
)
from partners.services.ladders import LadderDetails, TierDetails, create_ladder
from partners.services.tier_moves import add_words, appeal, approve_rise, hold_tier
from partners.services.tier_numbers import NewEntry, NumberDetails, create_number, enter_numbers, void_entry
from partners.services.tier_planning import plan_tiers
from prm.accounts.actors import Actor

LAUNCHED = 280
# How often the scheduler looked, as far as the story needs it.
EVERY = 14


@cache
def material() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "tiers.toml").read_text("utf-8"))


@dataclass
class TiersStory:
    """The ladder of one organization, told up to its present."""

    world: World
    told: dict[str, Any]
    ladder: Ladder = field(init=False)
    number: TierNumber = field(init=False)

    @property
    def actor(self) -> Actor:
        return self.world.cast.actor(self.told["owner"])

    def tell(self) -> None:
        self._found()
        entries = sorted(
            ((days, name, amount) for name, rows in self.told["revenue"].items() for days, amount in rows), reverse=True
        )
        moments = [*range(LAUNCHED, EVERY, -EVERY), 9, 5, 3]
        for days in moments:
            entries = self._enter(entries, days)
            self._look(days, approve=True)
        self._hold()
        self._appeal()
        self._void()
        self._enter(entries, 1.1)
        self._look(1, approve=False)
        self._add_words()
        self._draft()

    def _found(self) -> None:
        at = self.world.ago(LAUNCHED + 20)
        owner = self.world.cast.staff[self.told["owner"]]
        details = LadderDetails(
            name=self.told["name"],
            description=self.told["description"],
            owner=owner,
            promotion=Ladder.Promotion.APPROVAL,
            review=Ladder.Review.QUARTER,
            notice_days=45,
        )
        tiers = [
            TierDetails(
                row["name"], row["color"], row["description"], row["hours"], [tuple(one) for one in row["benefits"]]
            )
            for row in material()["tiers"]
        ]
        self.ladder = create_ladder(actor=self.actor, details=details, tiers=tiers, now=at)
        revenue = NumberDetails("Revenue", self.told["unit"])
        self.number = create_number(actor=self.actor, details=revenue, now=at)
        draft = begin_draft(actor=self.actor, ladder=self.ladder, now=at)
        change_note(actor=self.actor, version=draft, text="The first rules: revenue, people, and what they learned.")
        for tier, amount in (("Silver", 20000), ("Gold", 60000), ("Platinum", 150000)):
            self._ask(draft, tier, amount, source="number", number=self.number)
        people = self._ask(draft, "Gold", 2, source="people")
        self._ask(draft, "Gold", 2, source="measure", measure="cohorts.graduates", instead_of=people)
        self._ask(draft, "Platinum", 2, source="people")
        try_version(version=draft, now=at)
        draft.refresh_from_db()
        applies_at = self.world.ago(LAUNCHED + 1)
        publish_version(actor=self.actor, version=draft, revision=draft.revision, applies_at=applies_at, now=at)

    def _ask(self, draft: LadderVersion, tier: str, threshold: int, **details: Any) -> Any:
        wanted = Tier.objects.get(ladder=self.ladder, name=tier)
        asked = RequirementDetails(tier=wanted, threshold=Decimal(threshold), **details)
        return add_requirement(actor=self.actor, version=draft, details=asked)

    def _enter(self, entries: list[tuple[float, str, int]], until: float) -> list[tuple[float, str, int]]:
        """Enter what was sold up to so many days ago; returns what comes later."""
        due = [entry for entry in entries if entry[0] >= until]
        new = [NewEntry(self._partner(name).pk, self.world.ago(days), Decimal(amount)) for days, name, amount in due]
        if new:
            enter_numbers(actor=self.actor, number=self.number, entries=new, now=self.world.ago(until))
        return entries[len(due) :]

    def _look(self, days: float, *, approve: bool) -> None:
        """What the scheduler does at that moment; a colleague then agrees to who rises."""
        moment = self.world.ago(days)
        plan_tiers(moment)
        waiting = TierMove.objects.filter(ladder=self.ladder, state=TierMove.State.WAITING)
        for move in waiting.select_related("ladder", "partner", "from_tier", "to_tier", "version") if approve else ():
            approve_rise(actor=self.actor, move=move, now=moment)
        keep_letters(moment)

    def _hold(self) -> None:
        partner = self._partner(self.told["roles"]["held"])
        silver = Tier.objects.select_related("ladder").get(ladder=self.ladder, name="Silver")
        at = self.world.ago(2.9)
        ends_at = self.world.ago(-120)
        reason = material()["words"]["hold"]
        hold_tier(actor=self.actor, partner=partner, tier=silver, reason=reason, ends_at=ends_at, now=at)
        keep_letters(at)

    def _appeal(self) -> None:
        partner = self._partner(self.told["roles"]["appeals"])
        lead = PartnerUser.objects.select_related("membership__person", "partner").get(partner=partner, role="lead")
        move = self._moves().get(partner=partner)
        at = self.world.ago(2)
        text = material()["words"]["appeal"]
        appeal(actor=Actor.of(lead.membership), user=lead, move=move, text=text, now=at)
        keep_letters(at)

    def _void(self) -> None:
        """A booking that was made twice is taken back, and with it a tier is no longer earned."""
        rows = NumberEntry.objects.select_related("number", "partner")
        entry = rows.get(number=self.number, partner=self._partner(self.told["roles"]["voided"]))
        void_entry(actor=self.actor, entry=entry, now=self.world.ago(1.5))

    def _add_words(self) -> None:
        for move in self._moves().filter(state=TierMove.State.PREPARED):
            add_words(actor=self.actor, move=move, words=material()["words"]["manager"])

    def _draft(self) -> None:
        """Stricter rules for the next year, tried and not decided."""
        now = self.world.ago(0.5)
        draft = begin_draft(actor=self.actor, ladder=self.ladder, now=now)
        change_note(actor=self.actor, version=draft, text=self.told["note"])
        for row in requirements_of(draft):
            wanted = self.told.get(f"draft_{row.tier.name.lower()}")
            if wanted and row.source == "number":
                threshold = Decimal(wanted)
                details = RequirementDetails(row.tier, "number", threshold, number=self.number)
                change_requirement(actor=self.actor, requirement=row, details=details)
        draft.refresh_from_db()
        try_version(version=draft, now=now)

    def _moves(self) -> Any:
        rows = TierMove.objects.open().drops().filter(ladder=self.ladder)
        return rows.select_related("ladder", "partner", "from_tier", "to_tier")

    def _partner(self, name: str) -> Partner:
        found: Partner = Partner.objects.get(domain=f"{name}.example")
        return found


def tell_tiers(world: World) -> None:
    TiersStory(world, material()[world.words.slug]).tell()
