"""Copies what browsers load of other projects from assets/node_modules to static/vendor/."""

import re
import shutil
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
MODULES = CHECKOUT / "assets" / "node_modules"
VENDOR = CHECKOUT / "static" / "vendor"
FONT = "@fontsource-variable/inter"

# Source → name in static/vendor/.
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "tabler.min.js",
    f"{FONT}/files/inter-latin-wght-normal.woff2": "inter-latin-wght-normal.woff2",
    f"{FONT}/files/inter-latin-ext-wght-normal.woff2": "inter-latin-ext-wght-normal.woff2",
    f"{FONT}/LICENSE": "inter-LICENSE",
}
# The map is not shipped, and collecting static files refuses a reference to a file that is not there.
SOURCE_MAP = re.compile(rb"\n?(/\*# sourceMappingURL=\S+ \*/|//# sourceMappingURL=\S+)\s*$")


def main() -> None:
    """Fills static/vendor/ anew, all or nothing."""
    draft = VENDOR.with_name("vendor.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for source, name in FILES.items():
        path = MODULES / source
        if not path.exists():
            sys.exit(f"{path} is missing: run `npm ci` in assets/ (make setup does).")
        content = path.read_bytes()
        if path.suffix in {".css", ".js"}:
            content = SOURCE_MAP.sub(b"", content)
        (draft / name).write_bytes(content)
    (draft / "inter.css").write_text(font_faces((MODULES / FONT / "wght.css").read_text()))
    shutil.rmtree(VENDOR, ignore_errors=True)
    draft.rename(VENDOR)


def font_faces(stylesheet: str) -> str:
    """The declarations of the font files that are copied, pointing to where they are copied to."""
    blocks = re.findall(r"/\* (inter-latin(?:-ext)?-wght-normal) \*/\n(@font-face \{.*?\n\})", stylesheet, re.DOTALL)
    return "\n".join(block.replace("./files/", "") for _name, block in blocks) + "\n"


if __name__ == "__main__":
    main()
