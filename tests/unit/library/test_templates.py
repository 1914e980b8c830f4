from pathlib import Path

import pytest

from desktopchat.core.errors import TemplateError
from desktopchat.library import templates


def test_a_template_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.jinja"
    file.write_text("{{ messages }}", encoding="utf-8")
    assert templates.read(str(file)) == "{{ messages }}"


@pytest.mark.parametrize(
    ("content", "why"),
    [(b"\xff\xfe\xff", "no text in UTF-8"), (b" \n", "empty"), (b"x" * (2 << 20), "too long"), (None, "no such file")],
)
def test_what_is_none_is_refused_with_a_reason(tmp_path: Path, content: bytes | None, why: str) -> None:
    file = tmp_path / "a.jinja"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TemplateError) as caught:
        templates.read(str(file))
    assert why.lower() in caught.value.cause.lower()
    assert caught.value.cure
