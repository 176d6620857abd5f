"""Recruitment of the demo: two calls in each organization, and applicants in every stage."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from demo.ecosystem import World
from demo.history import keep_letters
from demo.material import recruitment_words
from partners.models import PartnerApplication, RecruitmentCall
from partners.names import fold
from partners.queries.recruitment import targets_of
from partners.recruiting.questions import Kind, Question
from partners.recruiting.scoring import Criterion, Test
from partners.recruiting.wordings import decline_words
from partners.services import applying, deciding, screening
from partners.services import recruitment as services
from partners.services.inviting import Invitee
from prm.accounts.actors import Actor
from prm.accounts.models import Membership

_OPENED = 120
_HALF_A_YEAR = timedelta(days=182)


def recruit(world: World) -> None:
    """Open the calls, and let companies apply to them, the first of them first."""
    words = recruitment_words(world.words.slug)
    calls = {key: _open(world, row) for key, row in words["calls"].items()}
    for row in sorted(words["applicants"], key=lambda row: -float(row["days"])):
        _Applicant(world, calls[row["call"]], row).tell()


def _open(world: World, row: dict[str, Any]) -> RecruitmentCall:
    actor, now = world.cast.actor(world.lead), world.ago(_OPENED)
    details = services.CallDetails(
        title=row["title"],
        group=world.groups[row["group"]] if "group" in row else None,
        why=row["why"],
        gains=row["gains"],
        expectations=row["expectations"],
        account_manager=world.cast.staff[row["reviewers"][0]],
        reviewers=[world.cast.staff[key] for key in row["reviewers"]],
        checklist=row["checklist"],
    )
    call = services.create_call(actor=actor, details=details, now=now)
    for asked in row.get("questions", []):
        choices = tuple((_key(label), label) for label in asked["choices"])
        question = Question("", asked["label"], Kind(asked["kind"]), choices=choices)
        services.save_question(actor=actor, call=call, question=question)
    call.refresh_from_db()
    criteria = [_criterion(call, found) for found in row["criteria"]]
    services.set_profile(actor=actor, call=call, version=call.profile_version, criteria=criteria, now=now)
    services.open_call(actor=actor, call=call)
    return RecruitmentCall.objects.select_related("group").get(pk=call.pk)


def _key(label: str) -> str:
    return label.lower().replace(" ", "-")


def _criterion(call: RecruitmentCall, row: dict[str, Any]) -> Criterion:
    """A criterion over the question of this key, or of these words."""
    asked = next(found for found in call.questions if row["question"] in (found["key"], found["label"]))
    keys = {label: key for key, label in asked["choices"]}
    wanted = tuple(keys.get(value, value) for value in row.get("wanted", ()))
    plain = {name: row[name] for name in ("test", "weight", "number", "few", "many") if name in row}
    key, label = asked["key"], asked["label"]
    if row["test"] == Test.GAP:
        key, label = f"{key}-gap", f"{label}: a gap"
    return Criterion(key=key, label=label, question=asked["key"], wanted=wanted, **plain)


@dataclass
class _Applicant:
    """One company on its way through the stages, as far as its story goes."""

    world: World
    call: RecruitmentCall
    row: dict[str, Any]

    def tell(self) -> None:
        application = self._apply()
        stage = self.row["stage"]
        if stage in ("draft", "new"):
            return
        if stage == "withdrawn":
            applying.withdraw_application(
                actor=applying.applicant(application, ""), application=application, now=self._after(0.4)
            )
            return
        self._screen(application)
        if stage == "question":
            text = self.row["question"]
            screening.ask_for_more(
                actor=self.actor, asker=self.decider, application=application, text=text, now=self._after(0.3)
            )
        elif stage == "accepted":
            self._accept(application)
        elif stage == "declined":
            self._decline(application)
        keep_letters(self._after(0.9))

    @property
    def decider(self) -> Membership:
        manager: Membership | None = self.call.account_manager
        assert manager is not None
        return manager

    @property
    def actor(self) -> Actor:
        return Actor.of(self.decider)

    def _after(self, share: float) -> datetime:
        """The moment when so much of the time since they came is over."""
        return self.world.ago(float(self.row["days"]) * (1 - share))

    def _apply(self) -> PartnerApplication:
        contact, domain = self.row["contact"], self.row["domain"]
        email = f"{fold(contact).split()[-1]}@{domain}"
        begun = self.world.ago(float(self.row["days"]) + 0.5)
        applying.begin_application(call=self.call, email=email, source=self.row["source"], now=begun)
        keep_letters(begun)
        application = PartnerApplication.objects.select_related("call").get(call=self.call, email=email)
        told: dict[str, Any] = {"contact_name": contact, "answers": self._answers()}
        if self.row["stage"] == "draft":
            applying.save_draft(application=application, now=begun, **told)
            return application
        actor, received = applying.applicant(application, ""), self._after(0)
        applying.submit_application(actor=actor, application=application, now=received, **told)
        keep_letters(received)
        return PartnerApplication.objects.select_related("call").get(pk=application.pk)

    def _answers(self) -> dict[str, Any]:
        row = self.row
        answers = {
            "company": row["company"],
            "website": f"https://www.{row['domain']}",
            "country": row["country"],
            "about": row["about"],
            "people": row.get("people"),
            "hours": row.get("hours"),
        }
        own = [found for found in self.call.questions if found["kind"] == Kind.CHOICES]
        answers |= {found["key"]: [_key(label) for label in row.get("skills", [])] for found in own}
        return {key: value for key, value in answers.items() if value not in (None, "", [])}

    def _screen(self, application: PartnerApplication) -> None:
        screening.move_application(actor=self.actor, application=application, verb="screen", seen="new")
        keys = [row["key"] for row in self.call.checklist[: self.row.get("ticks", 0)]]
        screening.tick(actor=self.actor, application=application, done=keys)
        if "comment" in self.row:
            screening.comment(
                author=self.decider, application=application, text=self.row["comment"], now=self._after(0.2)
            )

    def _accept(self, application: PartnerApplication) -> None:
        acceptance = deciding.Acceptance(
            account_manager=self.decider,
            groups=targets_of(self.call),
            invitees=[Invitee(application.email, application.contact_name)],
            personal_line="Good that you are here. Your first steps wait in the portal.",
        )
        deciding.accept_application(
            actor=self.actor,
            decider=self.decider,
            application=application,
            acceptance=acceptance,
            now=self._after(0.3),
        )

    def _decline(self, application: PartnerApplication) -> None:
        again: date = (self.world.now + _HALF_A_YEAR).date()
        deciding.decline_application(
            actor=self.actor,
            decider=self.decider,
            application=application,
            reason=self.row["reason"],
            wording=decline_words(self.row["reason"], {}),
            reapply_on=again,
            now=self._after(0.3),
        )
