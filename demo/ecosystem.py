"""An organization of the demo with its staff, groups, partners, their people, and what they can read."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from demo.cast import Cast, hire, person_called, welcome
from demo.history import keep_letters
from demo.material import Words, file_bytes, people_words, read_options
from enablement.models import Content
from enablement.rules import Wording
from enablement.services.contents import ContentDetails, create_content, publish_content
from enablement.services.items import ItemDetails, create_item
from partners.models import Audience, Group, Partner, Product
from partners.services.groups import GroupDetails, add_to_group, create_group
from partners.services.inviting import Invitee, invite_people
from partners.services.partners import PartnerDetails, create_partner
from partners.services.people import add_person
from prm.accounts.actors import Actor
from prm.accounts.models import Membership
from prm.imports.services import begin_import, map_columns
from prm.tenancy.models import Organization

FOUNDED = timedelta(days=400)
STATUSES = ("active", "active", "active", "active", "onboarding", "prospect", "dormant")


@dataclass
class World:
    """What has been made so far, by the keys that the material uses."""

    words: Words
    now: datetime
    cast: Cast
    chance: random.Random
    groups: dict[str, Group] = field(default_factory=dict)
    partners: dict[str, list[Partner]] = field(default_factory=dict)
    content: dict[str, Content] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)

    @property
    def lead(self) -> str:
        """The key of the person who owns the organization."""
        return self.words.staff[0].key

    def ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)


def make_organization(words: Words, now: datetime) -> Organization:
    # A quarter ends soon, so that what happens at its end is under way.
    month = (now.month + (0 if now.day <= 22 else 1)) % 12 + 1
    return Organization.objects.create(
        **words.organization, is_demo=True, created_at=now - FOUNDED, fiscal_year_start_month=month
    )


def make_staff(world: World) -> None:
    for colleague in world.words.staff:
        email = f"{colleague.key}@{world.words.domain}"
        person = person_called(colleague.name, email)
        membership = hire(person, colleague.roles, world.now - FOUNDED)
        world.cast.staff[colleague.key] = membership
        if colleague.shown:
            world.cast.show(colleague.key, membership, colleague.shown)


def make_groups(world: World) -> None:
    for row in world.words.groups:
        details = GroupDetails(
            name=row["name"],
            description=row["description"],
            purpose=row["purpose"],
            color=row["color"],
            owner=world.cast.staff[world.lead],
        )
        world.groups[row["key"]] = create_group(actor=world.cast.actor(world.lead), details=details, now=world.ago(395))


def make_partners(world: World) -> None:
    """The named companies, each in its group, spread over the last year."""
    managers = [
        member for member in world.cast.staff.values() if {"owner", "manager", "account_manager"} & set(member.roles)
    ]
    for key, companies in world.words.companies.items():
        made = []
        for number, (name, domain, country, region) in enumerate(companies):
            details = PartnerDetails(
                name=name,
                domain=domain,
                country=country,
                region=region,
                website=f"https://www.{domain}/",
                # The first of each group has a story, so it is active.
                status=STATUSES[number % len(STATUSES)] if number else "active",
                account_manager=managers[number % len(managers)],
            )
            joined = world.ago(390 - 14 * number)
            made.append(create_partner(actor=world.cast.actor(world.lead), details=details, now=joined))
            add_to_group(
                actor=world.cast.actor(world.lead),
                group=world.groups[key],
                partner_ids=[made[-1].pk],
                reason="Signed the partner agreement",
                now=joined,
            )
        world.partners[key] = made


def make_people(world: World) -> None:
    """Two people for each active company; the first is its lead. Names repeat only after they have run out."""
    names = _names()
    for key, partners in world.partners.items():
        staffed = [partner for partner in partners if partner.status in ("active", "onboarding")]
        world.cast.people[key] = [_employ(world, partner, number, names) for partner in staffed for number in range(2)]


def _names() -> Iterator[str]:
    words = people_words()
    for number in count():
        shift = number // len(words["last"])
        yield f"{words['first'][number % len(words['first'])]} {words['last'][(number + shift) % len(words['last'])]}"


def _employ(world: World, partner: Partner, number: int, names: Iterator[str]) -> Membership:
    words = people_words()
    fixed = words["fixed"].get(partner.domain)
    name = fixed[number] if fixed else next(names)
    person = person_called(name, f"{_plain(name.split()[0])}@{partner.domain}")
    joined = partner.created_at + timedelta(days=3 + number)
    member = welcome(person, joined)
    user = add_person(actor=world.cast.actor(world.lead), partner=partner, membership=member, now=joined)
    user.job_title = world.chance.choice(words["jobs"])
    user.save(update_fields=["job_title"])
    return member


def _plain(name: str) -> str:
    table = str.maketrans("áäåçéëèïíñöøóšúüýłńţ", "aaaceeeiinooosuuylnt")
    return name.lower().translate(table).replace(" ", ".")


def make_content(world: World) -> None:
    """What partners can read, published on its day, with its recall items."""
    audiences = {key: Audience.objects.get(kind="group", source_id=group.pk).pk for key, group in world.groups.items()}
    audiences["everyone"] = Audience.objects.everyone().pk
    for row in world.words.content:
        published = row.get("published")
        written = world.ago(2 - published if published is not None else 5)
        owner = world.cast.staff[row.get("owner", world.lead)]
        actor = world.cast.actor(row.get("owner", world.lead))
        content = create_content(
            actor=actor,
            owner=owner,
            kind=row["kind"],
            details=_details(row, written),
            audience_ids=[audiences[key] for key in row["audiences"]],
            now=written,
        )
        for item in row.get("items", []):
            create_item(actor=actor, owner=owner, content=content, details=_item(item), now=written)
        if published is not None:
            publish_content(actor=actor, content=content, now=world.ago(-published))
        world.content[row["key"]] = content


def _details(row: dict[str, Any], written: datetime) -> ContentDetails:
    return ContentDetails(
        title=row["title"],
        purpose=row["purpose"],
        topic=row["topic"],
        summary=row["summary"],
        body=row.get("body", "").strip(),
        url=row.get("url", ""),
        minutes=row["minutes"],
        checked_on=written.date(),
        upload=_upload(row["file"]) if "file" in row else None,
    )


def _upload(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, file_bytes(name), "text/csv")


def _item(row: dict[str, Any]) -> ItemDetails:
    wordings = [Wording(variant["question"], *read_options(variant["options"])) for variant in row["variants"]]
    return ItemDetails(
        claim=row["claim"],
        explanation=row["explanation"],
        criticality=row.get("criticality", "normal"),
        wordings=wordings,
    )


def make_invitations(world: World) -> None:
    """People who were invited and have not come yet; one of them long ago, so that the link has lapsed."""
    bob = next(member for member in world.cast.staff.values() if {"owner", "manager"} & set(member.roles))
    for number, partner in enumerate([partner for group in world.partners.values() for partner in group[1:3]]):
        moment = world.ago(40 if number == 0 else 1 + number)
        invite_people(
            actor=Actor.of(bob),
            inviter=bob,
            partner=partner,
            invitees=[Invitee(f"sales@{partner.domain}")],
            note="Your price sheet and the autumn cohort are waiting for you.",
            now=moment,
        )
        keep_letters(moment)


def make_import(world: World) -> None:
    """A spreadsheet that was read and waits for a decision: most of it new, one double, one row without a name."""
    owner = world.cast.actor(world.lead)
    found = begin_import(
        actor=owner, schema="partners.partners", upload=_upload("new-partners.csv"), now=world.ago(0.1)
    )
    map_columns(actor=owner, row_import=found, mapping=found.mapping, now=world.ago(0.1))
