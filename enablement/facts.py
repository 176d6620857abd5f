"""What happens with content and with knowledge, as facts that figures count."""

from django.utils.translation import gettext_lazy as _

from prm.activity.kinds import FactKind, Measure

CONTENT_PUBLISHED = FactKind("enablement.content_published", _("Content published"))
CONTENT_WITHDRAWN = FactKind("enablement.content_withdrawn", _("Content taken back"), sign=-1)
CONTENT_OPENED = FactKind("enablement.content_opened", _("Content opened for the first time"))
CONTENT_COMPLETED = FactKind("enablement.content_completed", _("Content completed"))
FILE_DOWNLOADED = FactKind("enablement.file_downloaded", _("File downloaded"))
RECALL_ENROLLED = FactKind("enablement.recall_enrolled", _("Question to be remembered"), is_small=True)
RECALL_ANSWERED = FactKind("enablement.recall_answered", _("Recall question answered"), is_small=True)
NUDGED = FactKind("enablement.nudged", _("Recall question sent by mail"), is_small=True)
RECALL_PAUSED = FactKind("enablement.recall_paused", _("Recall mails paused"), is_small=True)
RECALL_RESUMED = FactKind("enablement.recall_resumed", _("Recall mails resumed"), sign=-1, is_small=True)

KINDS = (
    CONTENT_PUBLISHED,
    CONTENT_WITHDRAWN,
    CONTENT_OPENED,
    CONTENT_COMPLETED,
    FILE_DOWNLOADED,
    RECALL_ENROLLED,
    RECALL_ANSWERED,
    NUDGED,
    RECALL_PAUSED,
    RECALL_RESUMED,
)

MEASURES = (
    Measure(
        "enablement.published", _("Published content"), (CONTENT_PUBLISHED, CONTENT_WITHDRAWN), is_of_partners=False
    ),
    Measure("enablement.opened", _("Content opened"), (CONTENT_OPENED,)),
    Measure("enablement.completed", _("Content completed"), (CONTENT_COMPLETED,)),
    Measure("enablement.answers", _("Recall answers"), (RECALL_ANSWERED,)),
)
