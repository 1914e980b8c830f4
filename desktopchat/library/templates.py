"""Chat templates in files, such as those that come beside a model on the Hub."""

from pathlib import Path

from desktopchat.core.errors import TemplateError
from desktopchat.core.sentence import Sentence, reason_of

_LONGEST = 1 << 20  # bytes


def read(path: str) -> str:
    """Return the text of a template file.

    Raises:
        TemplateError: It cannot be read, is too long, or is empty.
    """
    file = Path(path)
    try:
        size = file.stat().st_size
        text = file.read_text(encoding="utf-8") if size <= _LONGEST else ""
    except UnicodeDecodeError as error:
        raise _no_template(file, Sentence("it is no text in UTF-8")) from error
    except OSError as error:
        raise _no_template(file, reason_of(error)) from error
    if size > _LONGEST:
        raise _no_template(file, Sentence("it is too long"))
    if not text.strip():
        raise _no_template(file, Sentence("it is empty"))
    return text


def _no_template(file: Path, why: Sentence) -> TemplateError:
    return TemplateError(
        Sentence("{name} is no chat template: {why}.", name=file.name, why=why), "Choose a file with a Jinja template."
    )
