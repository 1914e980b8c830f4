"""The window speaks Simplified Chinese, and no text is left out."""

import errno
import re
import runpy
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fake_chats import FakeChat
from fake_running import NOWHERE, InlineRunner
from PySide6.QtCore import QLocale, Qt, QTranslator
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.commands.command import Menu
from desktopchat.commands.keymap import Keymap
from desktopchat.commands.registry import COMMANDS, command
from desktopchat.controllers.palette_entries import command_entry, setting_entries, values_typed
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.words import menu_name, said, told
from desktopchat.core.errors import ModelFileError
from desktopchat.core.notice import Notice
from desktopchat.core.params import PARAMETERS
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.settings.file import Settings
from desktopchat.settings.options import OPTIONS
from desktopchat.ui.actions import native_key
from desktopchat.ui.key_help import KeyHelp, key_rows
from desktopchat.ui.language import language_of, speak
from desktopchat.ui.main_window import MainWindow

SCRIPT = runpy.run_path(str(Path(__file__).resolve().parents[3] / "packaging" / "translations.py"))
TS_FILE: Path = SCRIPT["TS_FILE"]
PLURALS_FILE: Path = SCRIPT["PLURALS_FILE"]
HAN = re.compile(r"[\u4e00-\u9fff]")
# Names that are the same in both languages.
NAMES = {"Top-k", "Top-p", "Min-p", "Typical-p", "Top-n-sigma", "DRY", "Mirostat", "Mirostat tau", "Mirostat eta"}
NAMES |= {"Flash attention", "vim", "emacs", "enter", "ctrl+enter", "f16", "q8_0", "Markdown"}
NAMES |= {"{speed} kB/s", "{speed} MB/s", "{speed} GB/s"}


@pytest.fixture
def chinese(qapp: QApplication) -> Iterator[None]:
    before = QLocale()
    installed = speak(qapp, "zh_CN")
    yield
    for translator in installed:
        qapp.removeTranslator(translator)
    QLocale.setDefault(before)


def messages(ts_file: Path) -> dict[tuple[str, str], ElementTree.Element]:
    """Return the translations by context and text."""
    root = ElementTree.parse(ts_file).getroot()
    found = {}
    for context in root.iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            found[context.findtext("name", ""), message.findtext("source", "")] = translation
    return found


def forms(translation: ElementTree.Element) -> list[str]:
    """Return a translation, or those for each number of things."""
    return [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]


def translations() -> dict[tuple[str, str], str]:
    return {key: forms(translation)[-1] for key, translation in messages(TS_FILE).items()}


def test_every_text_is_translated(tmp_path: Path) -> None:
    fresh = tmp_path / TS_FILE.name
    fresh.write_bytes(TS_FILE.read_bytes())
    SCRIPT["extract"](fresh)
    found = messages(fresh)
    assert [key for key, translation in found.items() if translation.get("type") or not all(forms(translation))] == []
    assert found.keys() == messages(TS_FILE).keys(), "run packaging/translations.py"


def test_english_has_a_word_for_one_and_for_several(tmp_path: Path, qapp: QApplication) -> None:
    fresh = tmp_path / PLURALS_FILE.name
    fresh.write_bytes(PLURALS_FILE.read_bytes())
    SCRIPT["extract"](fresh)
    found = messages(fresh)
    assert found.keys() == messages(PLURALS_FILE).keys(), "run packaging/translations.py"
    one_of = {key: forms(translation) for key, translation in found.items()}
    assert [key for key, (one, several) in one_of.items() if not one or one == key[1] or several != key[1]] == []
    compiled = QTranslator()
    assert compiled.load(str(PLURALS_FILE.with_suffix(".qm")))
    for key, both in one_of.items():
        assert [compiled.translate(*key, None, count) for count in (1, 2)] == both


def test_english_speaks_of_one_model(qapp: QApplication) -> None:
    before = QLocale()
    installed = speak(qapp, "en")
    try:
        words = "{count} models, {size}"
        told_of = [QApplication.translate("LibraryCard", words, "", count) for count in (0, 1, 2)]
        assert told_of == [words, "{count} model, {size}", words]
    finally:
        for translator in installed:
            qapp.removeTranslator(translator)
        QLocale.setDefault(before)


def test_texts_of_a_new_kind_would_be_found(tmp_path: Path) -> None:
    SCRIPT["extract"](tmp_path / "empty.ts")
    found = messages(tmp_path / "empty.ts")
    assert all(translation.get("type") == "unfinished" for translation in found.values())
    assert {("Composer", "Write a message"), ("Menu", "&View"), ("Option", "Theme")} <= found.keys()


def test_placeholders_are_those_of_the_text() -> None:
    def placeholders(text: str) -> list[str]:
        return sorted(re.findall(r"\{[^}]*\}", text))

    found = translations()
    assert [key for key, text in found.items() if placeholders(key[1]) != placeholders(text)] == []


def test_translations_are_chinese() -> None:
    def own_words(text: str) -> str:
        return re.sub(r"\{[^}]*\}|\W", "", text)

    found = translations()
    assert [
        key
        for key, text in found.items()
        if own_words(key[1]) and key[1] not in NAMES and key[0] != "QShortcut" and not HAN.search(text)
    ] == []


def test_no_sentence_mixes_punctuation() -> None:
    found = translations()
    assert [text for text in found.values() if re.search(r"[\u4e00-\u9fff][,;:.!?](\s|$)", text)] == []


def test_compiled_file_is_current(qapp: QApplication) -> None:
    compiled = QTranslator()
    assert compiled.load(str(TS_FILE.with_suffix(".qm")))
    found = translations()
    assert [key for key, text in found.items() if compiled.translate(*key, None, 2) != text] == []


@pytest.mark.parametrize(
    ("chosen", "system", "language"),
    [
        ("system", "zh_CN", "zh_CN"),
        ("system", "zh_SG", "zh_CN"),
        ("system", "zh_TW", "en"),
        ("system", "de_DE", "en"),
        ("system", "C", "en"),
        ("zh_CN", "de_DE", "zh_CN"),
        ("en", "zh_CN", "en"),
    ],
)
def test_language_is_that_of_the_setting_or_the_system(chosen: str, system: str, language: str) -> None:
    assert language_of(chosen, QLocale(system)) == language


def test_english_needs_no_translation() -> None:
    assert told("Menu", Menu.VIEW) == "&View"
    assert menu_name(Menu.VIEW) == "View"


@pytest.mark.usefixtures("chinese")
def test_window_is_chinese(qtbot: QtBot) -> None:
    window = open_window(qtbot, FakeChat())
    titles = [action.text() for action in window.menu_bar.actions()]
    assert titles == ["对话(&C)", "消息(&M)", "模型(&O)", "存储(&S)", "视图(&V)", "帮助(&H)"]
    assert window.page.composer.field.placeholderText() == "输入消息"
    assert window.actions_by_id["conversation.new"].text() == "新对话"
    assert window.actions_by_id["conversation.new"].toolTip() == "开始新对话。"
    english = [one.id for one in COMMANDS if not HAN.search(window.actions_by_id[one.id].text())]
    assert english == []


@pytest.mark.usefixtures("chinese")
def test_keys_are_called_as_in_our_texts() -> None:
    keys = {"Return": "Enter", "Shift+Return": "Shift+Enter", "Ctrl+Backspace": "Ctrl+Backspace", "Alt+Up": "Alt+↑"}
    assert {key: native_key(key) for key in keys} == keys
    # A key that is written in the settings is still the same key.
    codes = [QKeySequence(key)[0].key() for key in ("Return", "Enter", "Alt+Up", "Space")]
    assert codes == [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up, Qt.Key.Key_Space]


@pytest.mark.usefixtures("chinese")
def test_menus_keep_their_alt_keys() -> None:
    for menu in Menu:
        letter = menu.value[menu.value.index("&") + 1].upper()
        assert told("Menu", menu).endswith(f"(&{letter})")
        assert "&" not in menu_name(menu)
        assert letter not in menu_name(menu)


@pytest.mark.usefixtures("chinese")
def test_declared_data_is_chinese_wherever_it_is_shown() -> None:
    assert ("Ctrl+N", "新对话", "开始新对话。") in key_rows(Keymap(), Menu.CONVERSATION)
    entry = command_entry(command("conversation.new"), "Ctrl+N", "")
    assert (entry.name, entry.about) == ("新对话", "开始新对话。")
    assert "new conversation" in entry.extra  # who knows the English name finds it too
    preferences = Preferences(Settings.load(NOWHERE / "settings.toml"), InlineRunner())
    names = {entry.name for entry in setting_entries(preferences)}
    assert {"主题：浅色", "语言：简体中文", "上下文窗口"} <= names
    assert [entry.name for entry in values_typed("温度 0.2")] == ["温度 0.2"]
    assert next(values_typed("temperature 0.2")).name == "温度 0.2"
    assert all(HAN.search(told("Option", option.help)) for option in OPTIONS)
    assert all(HAN.search(told("Parameter", spec.help)) for spec in PARAMETERS)


@pytest.mark.usefixtures("chinese")
def test_errors_and_notices_are_chinese(qtbot: QtBot) -> None:
    window = open_window(qtbot, FakeChat())
    why = reason_of(PermissionError(errno.EACCES, "Permission denied"))
    error = ModelFileError(Sentence("{path} cannot be read: {why}.", path="/m/a.gguf", why=why), "Choose a .gguf file.")
    window.show_notice(Notice.from_error(error))
    assert window.page.banner.text() == "无法读取 /m/a.gguf：没有权限。请选择 .gguf 文件。"
    window.show_notice(Notice("info", "An answer is being written.", "Stop it first."))
    assert window.toast.text() == "正在生成回答。请先停止。"
    assert said("") == ""
    assert said("/m/a.gguf") == "/m/a.gguf"
    assert str(error) == "/m/a.gguf cannot be read: Permission denied. Choose a .gguf file."


def overflowing(parent: QWidget) -> list[str]:
    """Return the visible texts that have less room than they need."""

    def fits(widget: QLabel | QAbstractButton) -> bool:
        if isinstance(widget, QLabel) and widget.wordWrap():
            return widget.heightForWidth(widget.width()) <= widget.height()
        return widget.sizeHint().width() <= widget.width() and widget.sizeHint().height() <= widget.height()

    widgets = [*parent.findChildren(QLabel), *parent.findChildren(QAbstractButton)]
    shown = [widget for widget in widgets if widget.isVisible() and widget.text()]
    assert len(shown) > 100, "the texts were not found"
    return [f"{type(widget).__name__} {widget.text()!r}" for widget in shown if not fits(widget)]


@pytest.fixture(params=["en", "zh_CN"])
def window(request: pytest.FixtureRequest, qtbot: QtBot) -> MainWindow:
    if request.param == "zh_CN":
        request.getfixturevalue("chinese")
    chat = FakeChat()
    window = open_window(qtbot, chat)
    chat.show()
    return window


def test_texts_fit_into_the_window(window: MainWindow) -> None:
    window.panel.set_unfolded(True)
    window.actions_by_id["help.keys"].trigger()
    QApplication.processEvents()
    assert window.findChild(KeyHelp) is not None
    assert (window.width(), window.height()) == (1200, 800)
    assert overflowing(window) == []
