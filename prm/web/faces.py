"""Pages that staff and partners share, each in the frame of their own face."""

from prm.accounts.requests import Request


def face_of(request: Request) -> str:
    """The template that a shared page extends."""
    return "studio/base.html" if request.membership.is_staff else "portal/base.html"
