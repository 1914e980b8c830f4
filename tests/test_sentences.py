"""What the window can show can be translated: no error, notice or sentence outside of ui/ hides its words."""

import ast
import re
import runpy
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[1] / "packaging" / "translations.py"))
PACKAGE: Path = SCRIPT["PACKAGE"]
SAYING: dict[str, slice] = SCRIPT["SAYING"]
# Here a text is declared that is collected in another way, goes to the log, or is no words for people.
ELSEWHERE = {"tr", "translate", "Command", "Option", "ParameterSpec", "ArgumentParser", "add_argument", "add_parser"}
ELSEWHERE |= {"move", "debug", "info", "warning", "error", "exception", "compile"}
# Texts that read like sentences and are shown in no window.
SILENT = {
    "exchange/words.py",  # stand in files that are exported
    "exchange/formats/open_webui.py",  # stands in an imported conversation
    "core/title.py",  # is for the model
}
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
READS_LIKE_A_SENTENCE = re.compile(r"[A-Z“{][^\n]*[ }][^\n]*[.!]")


def hidden(source: str) -> Iterator[str]:
    """Return what is said where nobody can translate it."""
    tree = ast.parse(source)
    seen: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node) is not None:
            seen.update(ast.walk(node.body[0]))
        name = SCRIPT["called"](node)
        if name in ELSEWHERE:
            seen.update(ast.walk(node))
        if name in SAYING:
            assert isinstance(node, ast.Call)
            said = node.args[SAYING[name]]
            seen.update(one for one in said if isinstance(one, ast.Constant))
            if name != "Sentence":
                said += [word.value for word in node.keywords if word.arg in ("cause", "cure", "reason")]
                yield from (ast.unparse(one) for one in said if not _may_be_a_sentence(one))
                seen.update(part for one in node.args for part in ast.walk(one) if isinstance(one, ast.JoinedStr))
            elif said and isinstance(said[0], ast.Constant):
                names = Counter(re.findall(r"\{(\w+)\}", said[0].value))
                given = Counter(word.arg for word in node.keywords)
                # Values may come later, but never other ones.
                if (given and names != given) or any(count > 1 for count in names.values()):
                    yield ast.unparse(node)
    for node in ast.walk(tree):
        if node not in seen and READS_LIKE_A_SENTENCE.fullmatch(_text(node)):
            yield _text(node)
        if isinstance(node, ast.JoinedStr):
            seen.update(ast.walk(node))


def _may_be_a_sentence(node: ast.expr) -> bool:
    """Return whether this is a literal, or comes from where it was looked at."""
    if isinstance(node, ast.IfExp):
        return _may_be_a_sentence(node.body) and _may_be_a_sentence(node.orelse)
    return isinstance(node, ast.Constant | ast.Name | ast.Attribute | ast.Call | ast.Starred)


def _text(node: ast.AST) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(_text(part) or "{}" for part in parts)
    return ""


def sources() -> Iterator[Path]:
    for path in SCRIPT["silent_sources"]():
        place = path.relative_to(PACKAGE)
        if not SCRIPT["is_terminal"](path) and place.as_posix() not in SILENT:
            yield path


def test_no_sentence_is_hidden() -> None:
    found = {str(path.relative_to(PACKAGE)): list(hidden(path.read_text("utf-8"))) for path in sources()}
    assert len(found) > 100, "the modules were not read"
    assert {path: texts for path, texts in found.items() if texts} == {}


@pytest.mark.parametrize(
    "source",
    [
        'raise StorageError(f"{path} is gone.", "Look.")',
        'raise StorageError("The file is gone.", f"Look in {folder}.")',
        'raise StorageError("The file is gone." + more)',
        'raise StorageError(cure=f"Look in {folder}.", cause="Gone.")',
        'Notice("info", f"{count} files.")',
        'Notice("info", "The file is gone." if gone else f"{count} are left.")',
        'raise BadRecordError(f"It has {count} heads.")',
        'CURE = "Choose another one."',
        'cause = f"{path} is gone."\nraise StorageError(cause)',
        'Sentence("{path} is gone.", file=path)',
        'Sentence("{path} is {path}.", path=path)',
        'found.append(("It is gone.", Sentence("Look.")))',
    ],
)
def test_hidden_sentence_is_seen(source: str) -> None:
    assert list(hidden(source)) != []


@pytest.mark.parametrize(
    "source",
    [
        '"""What this is for."""\nraise StorageError("The file is gone.", CURE, f"{error} is technical.")',
        'raise StorageError(Sentence("{path} is gone.", path=path), cure)',
        'CURES = (Sentence("Choose {name}."), Sentence("Stop it first."))',
        '_log.info("It is for the log.")',
        'self.tr("The answer is ready.")',
        'name = f"{stem}.{suffix}"',
    ],
)
def test_other_texts_are_let_be(source: str) -> None:
    assert list(hidden(source)) == []
