"""Every setting as data: the settings page, the file and the key reference are made from this table."""

import re
from dataclasses import dataclass

from desktopchat.core.sentence import Sentence

Value = str | int


@dataclass(frozen=True, slots=True)
class Option:
    """One setting.

    Attributes:
        key: Name in the file: table and key, as "model.n_ctx".
        default: Also tells the type.
        title: Label.
        help: One sentence.
        choices: Allowed strings; empty allows all.
        minimum: Least number.
        maximum: Greatest number.
        pattern: Regular expression of texts that are allowed besides the empty one.
        example: One of them.
    """

    key: str
    default: Value
    title: str
    help: str
    choices: tuple[str, ...] = ()
    minimum: int = 0
    maximum: int = 0
    pattern: str = ""
    example: str = ""

    @property
    def type(self) -> type[Value]:
        """The type of its values."""
        return type(self.default)

    def problem(self, value: object) -> Sentence | None:
        """Return what a value should have been, such as "a number from 0 to 8"; None when it is right."""
        if self.type is int:
            right = type(value) is int and self.minimum <= value <= self.maximum
            wanted = Sentence("a whole number from {least} to {most}", least=str(self.minimum), most=str(self.maximum))
        elif self.pattern:
            right = isinstance(value, str) and (not value or bool(re.fullmatch(self.pattern, value)))
            wanted = Sentence("empty or like {example}", example=self.example)
        else:
            right = isinstance(value, str) and (not self.choices or value in self.choices)
            wanted = Sentence("one of {choices}", choices=", ".join(self.choices)) if self.choices else Sentence("text")
        return None if right else wanted


_PRICE = r"\d{1,6}(\.\d{1,6})?"

OPTIONS: tuple[Option, ...] = (
    Option(
        "look.theme",
        "system",
        "Theme",
        "Light, dark, high contrast, or as the system has it.",
        ("system", "light", "dark", "contrast"),
    ),
    Option(
        "look.language",
        "system",
        "Language",
        "English, Simplified Chinese, or as the system has it.",
        ("system", "en", "zh_CN"),
    ),
    Option(
        "keys.preset",
        "default",
        "Keys",
        "Ours, or in the manner of Vim or Emacs; keys.toml beside this file holds the ones that you changed.",
        ("default", "vim", "emacs"),
    ),
    Option(
        "look.density",
        "comfortable",
        "Density",
        "How close together all stands.",
        ("comfortable", "compact"),
    ),
    Option(
        "chat.notify",
        "on",
        "Tell of answers",
        "A long answer that ends while you are in another window is told by the system.",
        ("on", "off"),
    ),
    Option(
        "chat.send_key",
        "enter",
        "Send with",
        "The other one of Enter and Ctrl+Enter starts a new line.",
        ("enter", "ctrl+enter"),
    ),
    Option(
        "chat.overflow",
        "stop",
        "When the context is full",
        "Stop and ask, leave out the oldest turns, or also make room while it answers.",
        ("stop", "drop_oldest", "shift"),
    ),
    Option(
        "chat.titles",
        "model",
        "Titles",
        "Made by the model in the background, or the first line of the conversation.",
        ("model", "first_line"),
    ),
    Option("chat.system_prompt", "", "System prompt", "Given to the model at the start of every new conversation."),
    Option(
        "engine.backend",
        "auto",
        "Backend",
        "Which of llama.cpp's builds computes: auto takes the best that works here, else give a name.",
        pattern=r"[a-z0-9][a-z0-9.-]{0,63}",
        example="vulkan",
    ),
    Option(
        "model.n_ctx",
        0,
        "Context window",
        "Tokens that the model sees at once; 0 is chosen for this machine.",
        maximum=2**27,
    ),
    Option(
        "model.n_gpu_layers",
        -1,
        "Layers on the GPU",
        "-1 puts as many there as it can hold, 0 uses the CPU alone.",
        minimum=-1,
        maximum=65_536,
    ),
    Option(
        "model.n_cpu_experts",
        -1,
        "Experts on the CPU",
        "Layers of a mixture of experts whose experts stay on the CPU, the rest on the GPU; -1 is as many as must.",
        minimum=-1,
        maximum=512,
    ),
    Option(
        "model.tensor_split",
        "",
        "Shares of the GPUs",
        "How the layers are shared among several GPUs; empty goes by their free memory.",
        pattern=r"\d{1,6}(\.\d{1,6})?(,\d{1,6}(\.\d{1,6})?){0,15}",
        example="3,1",
    ),
    Option("model.n_threads", 0, "CPU threads", "0 takes one for each physical core.", maximum=1024),
    Option(
        "model.flash_attn",
        "auto",
        "Flash attention",
        "Saves memory on a GPU, but is slower on a CPU.",
        ("auto", "on", "off"),
    ),
    Option(
        "model.keep_states",
        "on",
        "Keep KV states",
        "Conversations go on at once when they are opened again; their states lie beside them on disk.",
        ("on", "off"),
    ),
    Option(
        "model.lookup",
        "on",
        "Speculative decoding",
        "Guesses repeated text, except where that does not pay, or at temperature 0, where it might change the answer.",
        ("on", "off"),
    ),
    Option(
        "model.draft",
        "",
        "Draft model",
        "File or name of a small model with the same vocabulary that guesses for a large one; empty is none.",
    ),
    Option(
        "model.kv_type",
        "auto",
        "Type of the KV cache",
        "q8_0 takes half the memory at a small loss; auto takes it only where all layers fit on the GPU by that.",
        ("auto", "f16", "q8_0"),
    ),
    Option(
        "model.rpc",
        "",
        "RPC servers",
        "Addresses like 192.168.1.7:50052, with a space between, of llama.cpp's RPC servers that share a model.",
    ),
    Option(
        "network.offline",
        "off",
        "Offline",
        "The program makes no connection at all, also when you ask for one.",
        ("off", "on"),
    ),
    Option(
        "network.servers",
        "",
        "Servers",
        "Addresses of servers whose models you use, with a space between; the one used last stands first.",
    ),
    Option(
        "hub.endpoint",
        "",
        "Model hub",
        "Addresses of the model hub and its mirrors, with a space between; the first is asked. Empty is Hugging Face.",
    ),
    Option(
        "updates.address",
        "",
        "Updates",
        "Address of the list of versions that is asked when you look for updates, and only then.",
        pattern=r"https?://[^\s/]+/\S+",
        example="https://example.com/desktopchat.update",
    ),
    Option(
        "models.folder",
        "",
        "Folder of the models",
        "Where models are downloaded to and looked for; empty is a folder beside the conversations.",
    ),
    Option(
        "downloads.speed_limit",
        0,
        "Speed of downloads",
        "Kilobytes a second that all downloads together may take; 0 is no limit.",
        maximum=10_000_000,
    ),
    Option(
        "endpoint.window",
        "off",
        "Answer programs",
        "Whether programs on this machine may ask the model while the window is open.",
        ("off", "on"),
    ),
    Option(
        "endpoint.port",
        11535,
        "Port for programs",
        "Where the window listens for them; a change counts from the next start of the endpoint on.",
        minimum=1,
        maximum=65_535,
    ),
    Option(
        "endpoint.lan",
        "off",
        "Other machines may ask",
        "Whether programs on other machines of the network may ask too; nothing is encrypted on the way.",
        ("off", "on"),
    ),
    Option(
        "endpoint.aliases",
        "gpt-3.5-turbo text-davinci-003 gpt-* chatgpt-* o1* o3* o4* text-* code-* davinci* curie* babbage* ada*",
        "Names of the model",
        "What programs may call the model in use, with a space between; * stands for anything.",
    ),
    Option(
        "endpoint.bare_prompts",
        "turn",
        "Bare prompts",
        "A prompt without a chat is put to the model as your turn, or completed as it is.",
        ("turn", "plain"),
    ),
    # 65 W is what Intel and AMD give common desktop processors: the base power of the Core i5-13400 (Intel ARK) and the
    # thermal design power of the Ryzen 5 7600 (AMD's specifications).
    Option(
        "cost.watts",
        65,
        "Watts while it answers",
        "What this machine draws then, for energy that cannot be measured; 65 is a common desktop processor.",
        minimum=1,
        maximum=100_000,
    ),
    Option(
        "cost.prompt_price",
        "1",
        "Price of prompt tokens",
        "What a cloud asks for a million of them, for comparison; the one at first is an example and no offer.",
        pattern=_PRICE,
        example="2.50",
    ),
    Option(
        "cost.completion_price",
        "4",
        "Price of generated tokens",
        "What a cloud asks for a million of them, for comparison; the one at first is an example and no offer.",
        pattern=_PRICE,
        example="10",
    ),
    Option("cost.currency", "USD", "Currency", "That of the prices.", pattern=r"\S{1,8}", example="USD"),
)
