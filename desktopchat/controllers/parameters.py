"""The defaults and presets of the parameters, and where those of the open conversation come from."""

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice
from desktopchat.core.parameter_layers import Origin, ParameterLayers, Preset
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.state import PARAMETER_LAYERS


class ParameterController(QObject):
    """Keeps the layers in the store and gives new conversations their defaults.

    A stored conversation keeps its own values, whatever becomes of the defaults.

    Attributes:
        origins_changed: Dictionary of Origin by the name of the parameter, for the open conversation.
        noticed: Notice.
    """

    origins_changed = Signal(object)
    noticed = Signal(object)

    def __init__(
        self,
        chat: ChatController,
        models: ModelController,
        storage: TaskRunner,
        store: ConversationStore,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._models = models
        self._storage = storage
        self._store = store
        self._layers = ParameterLayers()
        chat.sampling_changed.connect(self._report)
        chat.store_replaced.connect(self.start)
        models.load_started.connect(self._on_models_load_started)

    def start(self) -> None:
        """Read the layers; before a conversation of this store is opened."""
        self._storage.run(
            lambda: ParameterLayers.from_dict(self._store.get_state(PARAMETER_LAYERS, {})), self._take, self._on_failed
        )

    @property
    def presets(self) -> tuple[Preset, ...]:
        """All presets, those of the program first."""
        return self._layers.presets

    @property
    def model(self) -> str:
        """Name of the model that has defaults of its own; empty when none is open."""
        return self._models.name

    def origins(self) -> dict[str, Origin]:
        """Return where the values of the open conversation come from."""
        return self._layers.origins(self._chat.sampling, self.model)

    def apply_preset(self, name: str) -> None:
        """Use a preset from the next token on."""
        preset = next(one for one in self.presets if one.name == name)
        self._chat.set_sampling(preset.applied(self._chat.sampling))

    def save_preset(self, name: str) -> None:
        """Keep the present style under a name."""
        try:
            layers = self._layers.with_preset(name, self._chat.sampling)
        except UserError as error:
            self.noticed.emit(Notice.from_error(error))
            return
        self._keep(layers)
        self._chat.set_sampling(self._chat.sampling.changed(preset=layers.own[-1].name))

    def forget_preset(self, name: str) -> None:
        """Remove an own preset."""
        self._keep(self._layers.without_preset(name))

    def make_default(self, *, for_model: bool) -> None:
        """Start new conversations with the present parameters: those with this model, or all."""
        self._keep(self._layers.with_defaults(self._chat.sampling, self.model if for_model else ""))

    def copy_defaults(self, old: str, new: str) -> None:
        """Let a model that is called something else by now start with the defaults that it had."""
        if (layers := self._layers.with_copy(old, new)) != self._layers:
            self._keep(layers)

    def reset(self, name: str) -> None:
        """Give one parameter its default."""
        default = getattr(self._chat.default_sampling, name)
        self._chat.set_sampling(self._chat.sampling.changed(**{name: default}))

    def _keep(self, layers: ParameterLayers) -> None:
        values = layers.to_dict()
        self._chat.saving.keep((PARAMETER_LAYERS,), lambda: self._store.set_state(PARAMETER_LAYERS, values))
        self._take(layers)

    def _take(self, layers: ParameterLayers) -> None:
        self._layers = layers
        self._rebase()

    def _on_models_load_started(self, _name: str) -> None:
        self._rebase()

    def _rebase(self) -> None:
        """Let a new conversation follow the defaults where the person has changed nothing."""
        old, new = self._chat.default_sampling, self._layers.defaults(self.model)
        self._chat.default_sampling = new
        if self._chat.conversation_id is None:
            self._chat.set_sampling(self._layers.rebased(self._chat.sampling, old, new))
        self._report()

    def _report(self, _cause: object = None) -> None:
        self.origins_changed.emit(self.origins())

    def _on_failed(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error))
