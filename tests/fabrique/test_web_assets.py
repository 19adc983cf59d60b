import gzip
import json
from pathlib import Path

import pytest

from fabrique.web import build_assets
from fabrique.web.environment import STATIC, WEB, icon_names


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A web folder with its manifests and two icons, nothing installed."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (tmp_path / name).write_bytes((WEB / name).read_bytes())
    (tmp_path / "icons.txt").write_text("bus\ncarrot\n")
    return tmp_path


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((WEB / "package-lock.json").read_text())
    packages = lock["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert all("integrity" in package for name, package in packages.items() if name)
    assert (
        packages[""]["dependencies"]
        == (json.loads((WEB / "package.json").read_text())["dependencies"])
    )


def test_the_fingerprint_follows_the_lock_and_the_icons(web: Path) -> None:
    before = build_assets.fingerprint(web)
    assert build_assets.fingerprint(web) == before
    (web / "icons.txt").write_text("bus\n")
    fewer_icons = build_assets.fingerprint(web)
    (web / "package-lock.json").write_text("{}")
    assert len({before, fewer_icons, build_assets.fingerprint(web)}) == 3


def test_assets_up_to_date_are_left_alone(web: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vendor = web / "static" / "vendor"
    vendor.mkdir(parents=True)
    (vendor / ".stamp").write_text(build_assets.fingerprint(web))
    monkeypatch.setenv("PATH", "")
    assert build_assets.build(web) == vendor
    assert [path.name for path in vendor.iterdir()] == [".stamp"]


def test_a_failing_npm_is_said_and_leaves_the_assets_alone(
    web: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vendor = web / "static" / "vendor"
    vendor.mkdir(parents=True)
    (vendor / ".stamp").write_text("older")
    (web / "package-lock.json").write_text("not json")
    monkeypatch.setenv("npm_config_offline", "true")
    with pytest.raises(SystemExit, match="npm could not install"):
        build_assets.build(web)
    assert (vendor / ".stamp").read_text() == "older"
    assert [path.name for path in vendor.parent.iterdir()] == ["vendor"]


def test_the_sprite_keeps_the_shapes_of_each_icon(tmp_path: Path) -> None:
    (tmp_path / "bus.svg").write_text(
        '<!-- @license x -->\n<svg\n  class="lucide"\n>\n'
        '  <path d="M8 6v6" />\n  <circle r="2" />\n</svg>\n'
    )
    assert build_assets.sprite(tmp_path, ["bus"]) == (
        '<svg xmlns="http://www.w3.org/2000/svg">\n'
        '<symbol id="bus" viewBox="0 0 24 24"><path d="M8 6v6"/><circle r="2"/></symbol>\n'
        "</svg>\n"
    )


def test_every_icon_in_use_is_in_the_sprite() -> None:
    sprite = (STATIC / "vendor" / "icons.svg").read_text()
    assert {name for name in icon_names() if f'id="{name}"' not in sprite} == set()


def test_the_form_page_stays_under_its_budget() -> None:
    # Interface §6.2: fonts 56 kB, styles 12 kB and scripts 18 kB once compressed.

    def weight(*paths: str) -> int:
        return sum(len(gzip.compress((STATIC / path).read_bytes(), 6)) for path in paths)

    fonts = ("atkinson-hyperlegible-next.woff2", "bricolage-grotesque-700.woff2")
    assert sum((STATIC / "vendor/fonts" / font).stat().st_size for font in fonts) <= 57_000
    assert weight("css/base.css") <= 12_000
    assert weight("vendor/htmx.min.js", "js/swaps.js", "js/need-form.js") <= 18_000
