from prm.accounts.models import Membership
from prm.accounts.permissions import may
from prm.jobs.models import Job


def may_see(job: Job, membership: Membership) -> bool:
    """The one who started it, and everybody in the studio."""
    return job.created_by_id == membership.pk or may(membership, "studio.enter")
