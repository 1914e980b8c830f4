"""How presets of the parameters are called and described."""

from PySide6.QtCore import QCoreApplication

from desktopchat.controllers.words import told
from desktopchat.core.parameter_layers import Preset
from desktopchat.core.params import PARAMETERS


def preset_title(name: str) -> str:
    """Return the name of a preset in the person's language; an own one is called as it was saved."""
    translate = QCoreApplication.translate
    titles = {
        "Precise": translate("Preset", "Precise"),
        "Balanced": translate("Preset", "Balanced"),
        "Creative": translate("Preset", "Creative"),
        "Code": translate("Preset", "Code"),
    }
    return titles.get(name, name)


def preset_values(preset: Preset) -> str:
    """Return the first values of a preset."""
    named = [spec for spec in PARAMETERS if preset.values.get(spec.name) is not None]
    return ", ".join(f"{told('Parameter', spec.title)} {preset.values[spec.name]:g}" for spec in named[:3])
