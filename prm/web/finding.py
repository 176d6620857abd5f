"""What a page is about, or the answer that it does not exist."""

from django.http import Http404


def or_404[T](found: T | None) -> T:
    """`found` itself; where nothing was found the request ends with 404."""
    if found is None:
        raise Http404
    return found
