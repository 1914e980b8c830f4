"""The commands for the file of the conversations: backups, damage, and its lock."""

from desktopchat.commands.command import Command, Condition, Menu

_MENU, _LOCKED, _UNLOCKED = Menu.STORE, Condition.LOCKED, Condition.UNLOCKED

STORING: tuple[Command, ...] = (
    Command("store.backup", "Back up now", "Make a backup of all conversations.", _MENU, ("Ctrl+Shift+B",)),
    Command(
        "store.restore",
        "Restore a backup…",
        "Go back to an earlier state of all conversations; the present one is kept beside it.",
        _MENU,
        ("Ctrl+Shift+R",),
    ),
    Command("store.check", "Check the database", "Look for damage in the file of the conversations.", _MENU),
    Command(
        "store.repair",
        "Save what can be read",
        "Put a new file in the place of the damaged one, which is kept.",
        _MENU,
        listed=False,
    ),
    Command(
        "vault.lock",
        "Lock with a passphrase…",
        "Encrypt all conversations with a passphrase.",
        _MENU,
        when=_UNLOCKED,
    ),
    Command("vault.change", "Change passphrase…", "Use another passphrase.", _MENU, when=_LOCKED),
    Command("vault.unlock", "Remove passphrase…", "Store the conversations unencrypted.", _MENU, when=_LOCKED),
    Command(
        "vault.forget",
        "Forget in the keyring",
        "Remove the passphrase from the keyring of the system; it is asked for at each start then.",
        _MENU,
        when=_LOCKED,
    ),
)
