"""What an answer does: it is kept as it was given, and the memory learns from it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from enablement import facts, memory, rules
from enablement.memory import Rating
from enablement.models import Memory, Nudge, RecallItem, RecallVariant, RoundQuestion
from partners.queries.people import partner_user_of
from prm.accounts.models import Membership
from prm.activity.services import record
from prm.tenancy.scope import current_organization

# The condition on `answers` lets one of two identical answers win; the review's unique number has the last word.
_ANSWER = """
WITH kept AS (
    INSERT INTO enablement_memory (organization_id, membership_id, item_id, cause, state, first_exposed_at, stability,
        difficulty, last_review_at, due_at, answers)
    VALUES (%(organization)s, %(membership)s, %(item)s, %(cause)s, 'active', %(now)s, %(stability)s,
        %(difficulty)s, %(now)s, %(due_at)s, %(number)s)
    ON CONFLICT (organization_id, membership_id, item_id) DO UPDATE
    SET state = 'active', stability = excluded.stability, difficulty = excluded.difficulty,
        last_review_at = excluded.last_review_at, due_at = excluded.due_at, answers = excluded.answers
    WHERE enablement_memory.answers = excluded.answers - 1
    RETURNING id
), stored AS (
    INSERT INTO enablement_review (organization_id, membership_id, item_id, variant_id, number, answered_at, choice,
        rating, predicted, channel, algorithm, parameters)
    SELECT %(organization)s, %(membership)s, %(item)s, %(variant)s, %(number)s, %(now)s, %(choice)s, %(rating)s,
        %(predicted)s, %(channel)s, %(algorithm)s, %(parameters)s
    FROM kept
    RETURNING id
){mark}
SELECT id FROM stored
"""

# On the nudge or the round's question that asked: which review answered it.
_MARKS: dict[type, str] = {
    Nudge: "UPDATE enablement_nudge AS asked SET answered_at = %(now)s, review_id = stored.id FROM stored",
    RoundQuestion: "UPDATE enablement_roundquestion AS asked SET review_id = stored.id FROM stored",
}
_ASKED = "WHERE asked.organization_id = %(organization)s AND asked.id = %(asked_by)s"


@dataclass(frozen=True)
class Answer:
    """One answer as it was given: `choice` is a place in the variant's options, None for "not sure".

    `number` says which answer of this member to this item it is, as the question counted when it was shown; `predicted`
    is the recall that was expected then, None where nothing was known. `asked_by` is the nudge or the round's question
    that is thereby answered.
    """

    variant: RecallVariant
    choice: int | None
    number: int
    channel: str
    guessed: bool = False
    predicted: float | None = None
    asked_by: Nudge | RoundQuestion | None = None

    @property
    def rating(self) -> Rating:
        return rules.rating_of(self.variant, self.choice, self.guessed)


def store_answer(
    *, membership: Membership, item: RecallItem, before: Memory | None, answer: Answer, now: datetime
) -> int | None:
    """Keep the raw answer and let the memory learn from it; returns the review's id. For services in a transaction.

    None, and nothing written, when the same question was answered meanwhile (a second click, another tab). A first
    answer without a memory is a first exposure and makes one. One statement, and one for the fact.
    """
    known = memory.Memory(before.stability, before.difficulty, before.last_review_at) if before else None
    retention = rules.retention_of(item)
    after = memory.review(known, answer.rating, now, retention)
    with connection.cursor() as cursor:
        cursor.execute(
            _ANSWER.format(mark=_mark(answer.asked_by)),
            {
                "organization": current_organization().pk,
                "membership": membership.pk,
                "item": item.pk,
                "variant": answer.variant.pk,
                "number": answer.number,
                "now": now,
                "cause": Memory.Cause.QUIZ,
                "stability": after.stability,
                "difficulty": after.difficulty,
                "due_at": memory.due_at(after, retention),
                "choice": answer.choice,
                "rating": int(answer.rating),
                "predicted": answer.predicted,
                "channel": answer.channel,
                "algorithm": memory.ALGORITHM,
                "parameters": memory.PARAMETERS_VERSION,
                "asked_by": answer.asked_by.pk if answer.asked_by else None,
            },
        )
        stored = cursor.fetchone()
    if stored is None:
        return None
    user = partner_user_of(membership)
    record(
        kind=facts.RECALL_ANSWERED,
        at=now,
        partner_id=user.partner_id if user else None,
        person_id=membership.person_id,
        object_id=item.pk,
        data={"content": item.content_id, "rating": int(answer.rating), "channel": str(answer.channel)},
    )
    return int(stored[0])


def _mark(asked_by: Nudge | RoundQuestion | None) -> str:
    return "" if asked_by is None else f", marked AS ({_MARKS[type(asked_by)]} {_ASKED})"
