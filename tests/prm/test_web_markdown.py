"""What people write is shown; what would act is not."""

import pytest

from prm.markdown import clean_html, render_markdown

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext></form><form><mglyph><svg><mtext><style><path id=</style><img onerror=alert(1) src>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='vbscript:x'>x</a>",
    "<style>@import 'x'</style>",
    "<form action=//evil><button>x</button></form>",
    "[x](<javascript:alert(1)> 'y')",
    "<base href=//evil>",
    "<p style='position:fixed'>x</p>",
]
HARMFUL = ("<script", "<iframe", "<svg", "<math", "<style", "<form", "<base", "<button")


def acts(html: str) -> bool:
    """Whether anything in the HTML is more than text, links to the web and pictures."""
    lowered = html.lower()
    tags = [part.split(">")[0] for part in lowered.split("<")[1:]]
    return any(f"<{tag}".startswith(HARMFUL) or " on" in tag or "style=" in tag for tag in tags) or any(
        scheme in tag for scheme in ("javascript:", "data:", "vbscript:") for tag in tags
    )


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markdown_does_not_act(payload: str) -> None:
    assert not acts(render_markdown(payload))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_cleaned_html_does_not_act(payload: str) -> None:
    assert not acts(clean_html(payload))


def test_html_in_markdown_is_shown_as_text() -> None:
    assert "&lt;b&gt;bold&lt;/b&gt;" in render_markdown("<b>bold</b>")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**new**", "<strong>new</strong>"),
        ("~~old~~", "<s>old</s>"),
        ("| a |\n|---|\n| b |", "<td>b</td>"),
        ("see https://example.com", 'href="https://example.com"'),
        ("- [x] read", 'type="checkbox"'),
        ("word[^1]\n\n[^1]: note", "note"),
    ],
)
def test_what_people_write_is_shown(written: str, shown: str) -> None:
    assert shown in render_markdown(written)


def test_links_lead_out_without_telling_where_from() -> None:
    assert 'rel="noopener noreferrer nofollow"' in render_markdown("[x](https://example.com)")


def test_nothing_is_nothing() -> None:
    assert render_markdown("") == ""
