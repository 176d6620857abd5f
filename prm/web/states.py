"""One color for one kind of state, everywhere."""

_TONES: dict[str, frozenset[str]] = {
    "success": frozenset(
        [
            "accepted",
            "active",
            "approved",
            "certified",
            "completed",
            "confirmed",
            "connected",
            "done",
            "earned",
            "graduated",
            "joined",
            "live",
            "open",
            "passed",
            "paid",
            "published",
            "ready",
            "sent",
            "strong",
            "won",
        ]
    ),
    "info": frozenset(
        [
            "applied",
            "assigned",
            "drafted",
            "fresh",
            "in_review",
            "invited",
            "new",
            "nominated",
            "opened",
            "planned",
            "released",
            "running",
            "scheduled",
            "sending",
            "submitted",
            "under_review",
        ]
    ),
    "warning": frozenset(
        [
            "at_risk",
            "bounced",
            "delayed",
            "due",
            "expiring",
            "fading",
            "lapsed",
            "late",
            "needs_changes",
            "offered",
            "overdue",
            "paused",
            "pending",
            "queued",
            "unknown",
            "waiting",
            "waitlisted",
        ]
    ),
    "danger": frozenset(
        ["blocked", "dead", "error", "expired", "failed", "lost", "refused", "rejected", "revoked", "suspended"]
    ),
}


def tone_of(state: str) -> str:
    """success, info, warning, danger, or neutral for drafts, ends and everything unnamed."""
    word = state.strip().lower().replace(" ", "_").replace("-", "_")
    return next((tone for tone, words in _TONES.items() if word in words), "neutral")
