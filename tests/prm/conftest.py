"""What the platform's tests share."""

from tests.prm.mails import kinds

__all__ = ["kinds"]
