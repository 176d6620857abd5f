"""What the demo's programs promise and expect, whom they are for, and what draws people in."""

from datetime import timedelta
from typing import Any

from cohorts import shapes
from cohorts.models import Program, Subject, SubjectContent
from cohorts.parts import Part
from cohorts.services.entrance import ExpertDetails, add_expert, show_participant, write_testimonial
from cohorts.services.goals import set_goal
from cohorts.services.prerequisites import Asked, set_prerequisites
from cohorts.services.programs import edit_program, switch_parts
from demo.cohort_story import CohortStory
from demo.ecosystem import World
from demo.material import promise_words
from prm.accounts.actors import Actor


def write(world: World, programs: dict[str, Program]) -> None:
    """Everything about the programs that their first words leave out; before there is a cohort of them."""
    words = promise_words(world.words.slug)
    for key, program in programs.items():
        _edit(world, program, words["programs"][key])
        for row in words["experts"].get(key, ()):
            details = ExpertDetails(row["name"], row["work"], row["bio"])
            add_expert(actor=world.cast.actor(world.lead), program=program, details=details, now=world.ago(230))
    builds_on = words.get("builds_on", {})
    for key, earlier in builds_on.items():
        asked = Asked(certificates=[programs[earlier].pk])
        set_prerequisites(actor=world.cast.actor(world.lead), program=programs[key], asked=asked)


def _edit(world: World, program: Program, row: dict[str, Any]) -> None:
    actor = world.cast.actor(world.lead)
    changes: dict[str, object] = {
        "pain": row["pain"],
        "role": row["role"],
        "stumbling_blocks": "\n".join(row["stumbling_blocks"]),
        "treatment": str(shapes.TREATMENT),
        "misses": str(shapes.MISSES),
    }
    leaders = [world.cast.staff[key] for key in row["leaders"]]
    edit_program(
        actor=actor,
        program=program,
        revision=program.revision,
        changes=changes,
        facilitators=leaders,
        now=world.ago(235),
    )
    content = [world.content[key].pk for key in row["content"]]
    first = Subject.objects.filter(program=program).in_order()[0]
    Subject.objects.filter(pk=first.pk).update(needs_content=True)
    SubjectContent.objects.bulk_create(SubjectContent(subject=first, content_id=pk) for pk in content)


def look_back(world: World, stories: list[CohortStory]) -> None:
    """Goals of the first program, words of its graduates, and who agreed to be named on the pages of open cohorts."""
    words = promise_words(world.words.slug)
    first = stories[0]
    actor = world.cast.actor(world.lead)
    switch_parts(actor=actor, holder=first.program, revision=first.program.revision, parts=[Part.GOALS])
    for row in words["goals"]:
        due_on = (world.now + timedelta(days=row["days"])).date()
        set_goal(
            actor=actor, program=first.program, kind=row["kind"], target=row["target"], due_on=due_on, now=world.ago(2)
        )
    for member, said in zip(first.chosen, words["said"], strict=False):
        write_testimonial(
            actor=Actor.of(member), cohort=first.cohort, membership=member, words=said, agrees=True, now=world.ago(40)
        )
    for story in stories:
        for member in story.chosen[1:5]:
            show_participant(cohort=story.cohort, membership=member, is_shown=True, now=world.ago(1))
