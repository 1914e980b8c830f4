"""The commands for personas, and for the presets and defaults of the parameters."""

from desktopchat.commands.command import Command, Condition, Menu

_MENU = Menu.MODEL

PARAMETERS: tuple[Command, ...] = (
    Command(
        "parameter.preset",
        "Choose a preset",
        "Answer precisely, with more ideas, as for code, or in a style that you saved.",
        _MENU,
        ("Ctrl+Shift+P",),
    ),
    Command(
        "persona.choose",
        "Persona…",
        "Choose what the model is to be, such as a tutor or a translator, and fill in what it has to know.",
        _MENU,
        ("Shift+F4",),
    ),
    Command(
        "persona.import",
        "Import a character card…",
        "Make a persona of a character card of SillyTavern or another program.",
        _MENU,
    ),
    Command("parameter.save_preset", "Save as preset", "Keep the present parameters under a name of your own.", _MENU),
    Command(
        "parameter.forget_preset",
        "Remove a preset",
        "Remove one of the presets that you saved.",
        _MENU,
        when=Condition.OWN_PRESETS,
    ),
    Command(
        "parameter.make_default",
        "Make these the default",
        "Start new conversations with the present parameters, with this model or with all.",
        _MENU,
    ),
    Command(
        "parameter.thinking",
        "Thinking",
        "Say whether the model thinks before it answers, where its chat template leaves that open.",
        _MENU,
        ("Ctrl+L",),
        Condition.THINKS,
    ),
    Command(
        "parameter.effort",
        "Reasoning effort",
        "Say how much the model thinks, where its chat template leaves that open.",
        _MENU,
        when=Condition.HAS_EFFORT,
    ),
    Command(
        "model.template",
        "Chat template",
        "Choose another way in which a conversation is put to this model, or its own again.",
        _MENU,
        when=Condition.MODEL,
    ),
    Command(
        "model.adapters",
        "Adapters…",
        "Put LoRA adapters and control vectors beside the model, and say how strong they are.",
        _MENU,
        ("Ctrl+D",),
        Condition.MODEL,
    ),
    Command(
        "model.projector",
        "Projector for pictures",
        "Choose the mmproj file through which this model sees, the one beside it again, or none.",
        _MENU,
        when=Condition.MODEL,
    ),
    Command(
        "parameter.reset",
        "Back to the default",
        "Give the parameter that has the focus its default.",
        _MENU,
        ("F4",),
        Condition.PARAMETER,
    ),
)
