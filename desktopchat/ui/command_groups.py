"""The commands that few starts need, in groups. Each group is imported and made when its first command is given.

A start would else spend a third of its time on what nobody may ever open. What a group listens to from the beginning
belongs into `MADE_AFTER_THE_START`.
"""

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from desktopchat.ui.adapter_commands import AdapterCommands
    from desktopchat.ui.backend_commands import BackendCommands
    from desktopchat.ui.batch_commands import BatchCommands
    from desktopchat.ui.branch_commands import BranchCommands
    from desktopchat.ui.download_commands import DownloadCommands
    from desktopchat.ui.endpoint_commands import EndpointCommands
    from desktopchat.ui.explain.commands import ExplainCommands
    from desktopchat.ui.hub_commands import HubCommands
    from desktopchat.ui.insight_commands import InsightCommands
    from desktopchat.ui.library_commands import LibraryCommands
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.model_work_commands import ModelWorkCommands
    from desktopchat.ui.palette_commands import PaletteCommands
    from desktopchat.ui.persona_commands import PersonaCommands
    from desktopchat.ui.projector_commands import ProjectorCommands
    from desktopchat.ui.server_commands import ServerCommands
    from desktopchat.ui.shelf_commands import ShelfCommands
    from desktopchat.ui.store_commands import StoreCommands
    from desktopchat.ui.template_commands import TemplateCommands
    from desktopchat.ui.transfer_commands import TransferCommands
    from desktopchat.ui.update_commands import UpdateCommands
    from desktopchat.ui.window_commands import WindowCommands

# The ids of the commands of each group, which its `handlers` has too; a test compares them.
GROUPS = {
    "adapters": "model.adapters",
    "backends": "model.backend model.add_backend",
    "batch": "batch.open",
    "branches": "branch.outline branch.side_by_side branch.compare branch.go_on branch.edit_answer",
    "downloads": "download.list download.open",
    "endpoint": "endpoint.show endpoint.toggle endpoint.copy_address endpoint.copy_key endpoint.help",
    "explain": "answer.explain answer.prompt",
    "finding": "palette.open",
    "hub": "model.find model.hub model.hub_token model.hub_test",
    "insight": "ledger.show glass.show doubt.show",
    "library": "model.library model.adopt model.add_folder model.find_linked model.empty_trash",
    "model_work": "model.quantize model.verify model.duplicates model.unlink model.newer model.move",
    "personas": "persona.choose persona.import",
    "projector": "model.projector",
    "servers": "model.connect model.server_key model.forget_server model.connections",
    "shelf": (
        "conversation.delete conversation.pin conversation.move conversation.tags conversation.note"
        " conversation.archive view.archive view.trash view.focus_list"
    ),
    "store": "store.backup store.restore store.check store.repair vault.lock vault.change vault.unlock vault.forget",
    "template": "parameter.thinking parameter.effort model.template",
    "transfer": "conversation.import conversation.export",
    "updates": "app.update",
}
# They hear of what happens without a command of theirs: a download ends, a program asks, a model is opened, a setting
# is changed.
MADE_AFTER_THE_START = ("template", "servers", "adapters", "backends", "library", "downloads", "endpoint")


class CommandGroups(QObject):
    """Makes each group once."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window

    def late_handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command of the groups does, by its id, without making any group."""
        return {one: partial(self._give, group, one) for group, ids in GROUPS.items() for one in ids.split()}

    def make(self, group: str) -> None:
        """Make a group if it is not yet."""
        getattr(self, group)

    def is_made(self, group: str) -> bool:
        """Return whether a group has been made."""
        return group in self.__dict__

    def _give(self, group: str, command_id: str) -> None:
        getattr(self, group).handlers()[command_id]()

    @property
    def _commands(self) -> "WindowCommands":
        return cast("WindowCommands", self)

    @cached_property
    def adapters(self) -> "AdapterCommands":
        """What is laid over a model."""
        from desktopchat.ui.adapter_commands import AdapterCommands

        return AdapterCommands(self._window, self._commands)

    @cached_property
    def backends(self) -> "BackendCommands":
        """What llama.cpp computes on."""
        from desktopchat.ui.backend_commands import BackendCommands

        return BackendCommands(self._window, self._commands)

    @cached_property
    def batch(self) -> "BatchCommands":
        """Answers to each row of a file."""
        from desktopchat.ui.batch_commands import BatchCommands

        return BatchCommands(self._window, self._commands)

    @cached_property
    def branches(self) -> "BranchCommands":
        """What works on the tree of a conversation."""
        from desktopchat.ui.branch_commands import BranchCommands

        return BranchCommands(self._window, self._commands)

    @cached_property
    def downloads(self) -> "DownloadCommands":
        """Models on their way here."""
        from desktopchat.ui.download_commands import DownloadCommands

        return DownloadCommands(self._window, self._commands)

    @cached_property
    def endpoint(self) -> "EndpointCommands":
        """What programs ask."""
        from desktopchat.ui.endpoint_commands import EndpointCommands

        return EndpointCommands(self._window, self._commands)

    @cached_property
    def explain(self) -> "ExplainCommands":
        """How sure a model was of each token."""
        from desktopchat.ui.explain.commands import ExplainCommands

        return ExplainCommands(self._window, self._commands)

    @cached_property
    def finding(self) -> "PaletteCommands":
        """The palette."""
        from desktopchat.ui.palette_commands import PaletteCommands

        return PaletteCommands(self._window, self._commands)

    @cached_property
    def hub(self) -> "HubCommands":
        """Models of the hub."""
        from desktopchat.ui.hub_commands import HubCommands

        return HubCommands(self._window, self._commands)

    @cached_property
    def insight(self) -> "InsightCommands":
        """What answers cost, and how they come about."""
        from desktopchat.ui.insight_commands import InsightCommands

        return InsightCommands(self._window, self._commands)

    @cached_property
    def library(self) -> "LibraryCommands":
        """The models of this machine."""
        from desktopchat.ui.library_commands import LibraryCommands

        return LibraryCommands(self._window, self._commands)

    @cached_property
    def model_work(self) -> "ModelWorkCommands":
        """What takes long with models."""
        from desktopchat.ui.model_work_commands import ModelWorkCommands

        return ModelWorkCommands(self._window, self._commands)

    @cached_property
    def personas(self) -> "PersonaCommands":
        """Who answers."""
        from desktopchat.ui.persona_commands import PersonaCommands

        return PersonaCommands(self._window, self._commands)

    @cached_property
    def projector(self) -> "ProjectorCommands":
        """What a model sees through."""
        from desktopchat.ui.projector_commands import ProjectorCommands

        return ProjectorCommands(self._window, self._commands)

    @cached_property
    def servers(self) -> "ServerCommands":
        """Models of servers."""
        from desktopchat.ui.server_commands import ServerCommands

        return ServerCommands(self._window, self._commands)

    @cached_property
    def shelf(self) -> "ShelfCommands":
        """Where conversations are kept."""
        from desktopchat.ui.shelf_commands import ShelfCommands

        return ShelfCommands(self._window, self._commands)

    @cached_property
    def store(self) -> "StoreCommands":
        """Copies, checks and the passphrase."""
        from desktopchat.ui.store_commands import StoreCommands

        return StoreCommands(self._window, self._commands)

    @cached_property
    def template(self) -> "TemplateCommands":
        """What a conversation is written as for the model."""
        from desktopchat.ui.template_commands import TemplateCommands

        return TemplateCommands(self._window, self._commands)

    @cached_property
    def transfer(self) -> "TransferCommands":
        """Import and export."""
        from desktopchat.ui.transfer_commands import TransferCommands

        return TransferCommands(self._window, self._commands)

    @cached_property
    def updates(self) -> "UpdateCommands":
        """Whether there is a newer version."""
        from desktopchat.ui.update_commands import UpdateCommands

        return UpdateCommands(self._window, self._commands)
