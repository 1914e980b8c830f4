"""The controllers that a window works with."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Controllers:
    """One of each. Who made them takes them down too."""

    chat: ChatController
    models: ModelController
    shelving: ShelfController
    conversations: ConversationListModel
    search: SearchModel
    care: StoreCare
    transfer: TransferController
    writing: Writing
    keys: KeyController
    finder: PaletteModel
    parameters: ParameterController
    servers: ServerController
    backends: BackendController
    adapters: AdapterController
    hub: HubController
    downloads: DownloadController
    fits: FitController
    library: LibraryController
    endpoint: EndpointController
    model_work: ModelWork
    insight: Insight
    branching: Branching
    updates: UpdateController
