"""The language that the program speaks."""

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from desktopchat.resources import resource

CHINESE = "zh_CN"


def language_of(chosen: str, system: QLocale) -> str:
    """Return the language for the value of the setting; what the system speaks counts when nothing was chosen."""
    if chosen != "system":
        return chosen
    first = QLocale(next(iter(system.uiLanguages()), "en"))
    simplified = first.language() == QLocale.Language.Chinese and first.script() == QLocale.Script.SimplifiedHanScript
    return CHINESE if simplified else "en"


def speak(app: QCoreApplication, chosen: str) -> tuple[QTranslator, ...]:
    """Let the program speak a language, from the next widget on.

    Args:
        app: What is translated.
        chosen: The value of the setting "look.language".

    Returns:
        What was installed.
    """
    if chosen != "system":
        QLocale.setDefault(QLocale(chosen))  # days and numbers as well
    language = language_of(chosen, QLocale.system())
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    installed = []
    # What is installed last is asked first. English has the forms for one and for several.
    for name, folder in (("qtbase", qt_folder), ("desktopchat", str(resource("translations")))):
        translator = QTranslator(app)
        if translator.load(f"{name}_{language}", folder):
            app.installTranslator(translator)
            installed.append(translator)
    return tuple(installed)
