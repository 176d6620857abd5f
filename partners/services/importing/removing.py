"""Taking back what an import made, as far as nobody has used it since."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, Q
from django.utils.translation import gettext as _

from partners.models import AudienceMember, GroupMember, Partner, PartnerMerge, PartnerUser, PreparedPerson
from partners.queries.invitations import KIND
from prm.invitations.models import Invitation


def partners_in_use(ids: Sequence[int]) -> dict[int, str]:
    """Partners that somebody did something with since the import, and what."""
    changed = Partner.objects.filter(pk__in=ids, revision__gt=1).values_list("pk", flat=True)
    grouped = GroupMember.objects.filter(partner__in=ids).exclude(source=GroupMember.Source.IMPORT)
    invited = Invitation.objects.filter(kind=KIND, target_id__in=ids).values_list("target_id", flat=True)
    joined = PartnerUser.objects.filter(partner__in=ids).values_list("partner", flat=True)
    known = PreparedPerson.objects.filter(partner__in=ids).values_list("partner", flat=True)
    merges = PartnerMerge.objects.filter(Q(merged__in=ids) | Q(survivor__in=ids)).values_list("merged", "survivor")
    return {
        **dict.fromkeys((pk for pair in merges for pk in pair if pk in ids), _("It was merged since.")),
        **dict.fromkeys(known, _("Its people were brought or added since.")),
        **dict.fromkeys(changed, _("It was edited since.")),
        **dict.fromkeys(grouped.values_list("partner", flat=True), _("It was put into a group since.")),
        **dict.fromkeys(filter(None, invited), _("Its people were invited since.")),
        **dict.fromkeys(joined, _("Its people are in already.")),
    }


def delete_partners(ids: Sequence[int]) -> dict[int, str]:
    """Delete partners with what their import wrote about them; those that something else refers to stay."""
    kept = {}
    for group in (ids, *([pk] for pk in ids)):
        try:
            with transaction.atomic():
                AudienceMember.objects.filter(partner__in=group).delete()
                GroupMember.objects.filter(partner__in=group).delete()
                Partner.objects.filter(pk__in=group).delete()
        except (ProtectedError, IntegrityError):
            if len(group) == 1:
                kept[group[0]] = _("It is in use.")
            continue
        if group is ids:
            break
    return kept
