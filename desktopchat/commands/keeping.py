"""The commands for the models that are on this machine."""

from desktopchat.commands.command import Command, Menu

KEEPING: tuple[Command, ...] = (
    Command(
        "model.library",
        "Models",
        "See the models that are here and what each can do; open, rename, tag, verify or delete them.",
        Menu.MODEL,
        ("Ctrl+Shift+M",),
        mac_keys=("Ctrl+Alt+L",),
    ),
    Command(
        "model.adopt",
        "Models of other programs…",
        "Use the models of Ollama, LM Studio, Jan, GPT4All, llama.cpp or the Hugging Face cache where they lie.",
        Menu.MODEL,
        ("Ctrl+F12",),
        mac_keys=("Ctrl+Alt+U",),
    ),
    Command(
        "model.add_folder",
        "Add a folder of models…",
        "Use the models in a folder where they lie; nothing is copied.",
        Menu.MODEL,
    ),
    Command(
        "model.find_linked",
        "Find the model of a link",
        "Look on the model hub for the model whose address was pasted.",
        Menu.MODEL,
        listed=False,
    ),
    Command(
        "model.empty_trash",
        "Empty the trash of the models",
        "Delete the models that were thrown away, and get their room back.",
        Menu.MODEL,
    ),
    Command(
        "model.quantize",
        "Make a model smaller…",
        "Quantize a model that is here in F16 or BF16; the new one lies beside it.",
        Menu.MODEL,
    ),
    Command(
        "model.verify",
        "Verify all models",
        "Read all models and see whether they are what they were when they came.",
        Menu.MODEL,
    ),
    Command(
        "model.newer",
        "Look for newer versions",
        "Ask the model hub whether models that came from it have changed there; the network is used for this alone.",
        Menu.MODEL,
    ),
    Command(
        "model.duplicates",
        "Find models that are here twice",
        "See which files have the same content, and let the copies become links; nothing is changed before you say so.",
        Menu.MODEL,
    ),
    Command(
        "model.unlink",
        "Undo the links between models",
        "Let the copies that became links be files of their own again.",
        Menu.MODEL,
    ),
    Command(
        "model.move",
        "Move the folder of models…",
        "Copy all models to another folder or disk, compare them, and use them there.",
        Menu.MODEL,
    ),
)
