from enablement.models.content import Content, ContentAudience, Progress, Topic
from enablement.models.memory import Memory, Review
from enablement.models.practice import Nudge, Rhythm, Round, RoundQuestion
from enablement.models.recall import RecallItem, RecallVariant

__all__ = [
    "Content",
    "ContentAudience",
    "Memory",
    "Nudge",
    "Progress",
    "RecallItem",
    "RecallVariant",
    "Review",
    "Rhythm",
    "Round",
    "RoundQuestion",
    "Topic",
]
