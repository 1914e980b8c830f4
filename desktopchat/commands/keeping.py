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
)
