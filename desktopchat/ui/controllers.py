"""The controllers that a window works with."""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from desktopchat.controllers.adapters import AdapterController
    from desktopchat.controllers.backends import BackendController
    from desktopchat.controllers.branching import Branching
    from desktopchat.controllers.chat import ChatController
    from desktopchat.controllers.conversation_list import ConversationListModel
    from desktopchat.controllers.downloads import DownloadController
    from desktopchat.controllers.endpoint import EndpointController
    from desktopchat.controllers.fits import FitController
    from desktopchat.controllers.hub import HubController
    from desktopchat.controllers.insight import Insight
    from desktopchat.controllers.keys import KeyController
    from desktopchat.controllers.library import LibraryController
    from desktopchat.controllers.model_work import ModelWork
    from desktopchat.controllers.models import ModelController
    from desktopchat.controllers.palette import PaletteModel
    from desktopchat.controllers.parameters import ParameterController
    from desktopchat.controllers.search import SearchModel
    from desktopchat.controllers.servers import ServerController
    from desktopchat.controllers.shelf import ShelfController
    from desktopchat.controllers.store_care import StoreCare
    from desktopchat.controllers.transfer import TransferController
    from desktopchat.controllers.updates import UpdateController
    from desktopchat.controllers.writing import Writing


class Controllers(Protocol):
    """One of each. Who makes them takes them down too.

    A property of this class may make its controller when it is first read, so the window reads it late.
    """

    chat: "ChatController"
    models: "ModelController"
    shelving: "ShelfController"
    conversations: "ConversationListModel"
    search: "SearchModel"
    care: "StoreCare"
    writing: "Writing"
    keys: "KeyController"
    parameters: "ParameterController"
    insight: "Insight"
    branching: "Branching"

    @property
    def transfer(self) -> "TransferController":
        """Import and export."""
        ...

    @property
    def finder(self) -> "PaletteModel":
        """The rows of the palette."""
        ...

    @property
    def servers(self) -> "ServerController":
        """Models of servers."""
        ...

    @property
    def backends(self) -> "BackendController":
        """What llama.cpp computes on."""
        ...

    @property
    def adapters(self) -> "AdapterController":
        """What is laid over a model."""
        ...

    @property
    def hub(self) -> "HubController":
        """Models of the hub."""
        ...

    @property
    def downloads(self) -> "DownloadController":
        """Models on their way here."""
        ...

    @property
    def fits(self) -> "FitController":
        """Whether models of the hub fit."""
        ...

    @property
    def library(self) -> "LibraryController":
        """The models of this machine."""
        ...

    @property
    def endpoint(self) -> "EndpointController":
        """What programs ask."""
        ...

    @property
    def model_work(self) -> "ModelWork":
        """What takes long with models."""
        ...

    @property
    def updates(self) -> "UpdateController":
        """Whether there is a newer version."""
        ...
