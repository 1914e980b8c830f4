"""How a version is announced."""

import hashlib
import stat
import sys
from pathlib import Path

import pytest
import release
from devtools.console import SetupError

from desktopchat import __version__
from desktopchat.core.release import Offer
from desktopchat.network.updates import believed


@pytest.mark.parametrize(
    ("name", "system"),
    [
        ("desktopchat_0.1.0_amd64.deb", "linux-x86_64"),
        ("desktopchat_0.1.0_arm64.deb", "linux-aarch64"),
        ("desktopchat-0.1.0-linux-x86_64.tar.xz", "linux-x86_64"),
        ("desktopchat-0.1.0-x86_64.AppImage", "linux-x86_64"),
        ("desktopchat-0.1.0-windows-x86_64.exe", "win32-amd64"),
        ("desktopchat-0.1.0-macos-arm64.dmg", "darwin-arm64"),
        ("SHA256SUMS", ""),
        ("desktopchat-0.1.0.cdx.json", ""),
    ],
)
def test_what_a_package_is_for(name: str, system: str) -> None:
    assert release.system_of(name) == system


def test_a_key_is_its_owners_alone_and_never_lost_by_accident(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    public = release.make_key(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert release.public_key(release.read_key(file)) == public
    with pytest.raises(SetupError, match="is there already"):
        release.make_key(file)
    with pytest.raises(SetupError, match="cannot be read as a key"):
        release.read_key(tmp_path / "none.pem")


def test_what_is_signed_is_what_the_program_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key, package = tmp_path / "key.pem", tmp_path / f"desktopchat_{__version__}_amd64.deb"
    public = release.make_key(key)
    package.write_bytes(b"a package")
    (tmp_path / "SHA256SUMS").touch()
    out = tmp_path / "list"
    files = [str(package), str(tmp_path / "SHA256SUMS"), "--key", str(key), "--out", str(out)]
    news = ["--news", "en", "It is new.", "--news", "zh_CN", "这是新的。"]
    monkeypatch.setattr(sys, "argv", ["release.py", "sign", *files, "--at", "https://example.com/d/", *news])
    assert release.main() == 0
    assert "no desktopchat will believe the list" in capsys.readouterr().err
    offer = Offer(believed(out.read_bytes(), "example.com", (public,)), "0.0.1", "linux-x86_64")
    (file,) = offer.files
    assert file.address == f"https://example.com/d/{package.name}"
    assert (file.size, file.sha256) == (9, hashlib.sha256(b"a package").hexdigest())
    assert offer.release.news_in("zh_CN") == ("这是新的。",)


def test_what_nobody_could_read_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    key, package = tmp_path / "key.pem", tmp_path / f"desktopchat_{__version__}_amd64.deb"
    release.make_key(key)
    package.touch()  # of no size
    arguments = [str(package), "--key", str(key), "--at", "https://example.com", "--news", "en", "x"]
    monkeypatch.setattr(sys, "argv", ["release.py", "sign", *arguments, "--out", str(tmp_path / "list")])
    assert release.main() == 1
    assert not (tmp_path / "list").exists()
    assert "Traceback" not in capsys.readouterr().err


def test_old_packages_are_refused(tmp_path: Path) -> None:
    old = tmp_path / "desktopchat_0.0.1_amd64.deb"
    old.write_bytes(b"x")
    with pytest.raises(SetupError, match="is not of version"):
        release.described([old], "https://example.com", {"en": ["x"]}, "0.1.0", "2026-11-27")
    with pytest.raises(SetupError, match="no package among"):
        release.described([tmp_path / "x.txt"], "https://example.com", {"en": ["x"]}, "0.1.0", "2026-11-27")
