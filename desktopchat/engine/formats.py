"""How a model marks its reasoning and its tool calls, as its chat template tells."""

from dataclasses import dataclass

from desktopchat.engine import calls, harmony
from desktopchat.engine.harmony import HarmonySplitter
from desktopchat.engine.splitting import Block, BlockSplitter, Splitter


@dataclass(frozen=True, slots=True)
class Thoughts:
    """The marks around reasoning.

    Attributes:
        first: Only before any content does the mark open reasoning; later it is a word like any other.
        pad: Stands inside of the marks.
        gap: Stands between the reasoning and the answer.
    """

    opens: str
    closes: str
    first: bool = True
    pad: str = "\n"
    gap: str = "\n\n"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an answer that is to be gone on with; marks are trusted, what the model said is not."""

    text: str
    trusted: bool


# The mark in the template that tells the format, and the format.
_THOUGHTS = (
    Thoughts("<|channel>thought", "<channel|>", first=False, gap=""),  # Gemma 4
    Thoughts("[THINK]", "[/THINK]", pad="", gap=""),  # Mistral
    Thoughts("<|START_THINKING|>", "<|END_THINKING|>", pad="", gap=""),  # Command
    Thoughts("<seed:think>", "</seed:think>", pad="", gap=""),  # Seed
    Thoughts("<think>", "</think>"),  # Qwen 3, DeepSeek R1 and most others
)
_TOOLS = (
    ("<arg_key>", (Block("<tool_call>", "</tool_call>", parse=calls.glm),)),
    ("<tool_call>", (Block("<tool_call>", "</tool_call>", parse=calls.hermes),)),
    ("<minimax:tool_call>", (Block("<minimax:tool_call>", "</minimax:tool_call>", parse=calls.minimax),)),
    ("[TOOL_CALLS]", (Block("[TOOL_CALLS]", "", parse=calls.mistral),)),
    ("<|tool_call>", (Block("<|tool_call>", "<tool_call|>", parse=calls.gemma),)),
    ("<｜tool▁calls▁begin｜>", (Block("<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>", parse=calls.deepseek),)),
    (
        "ipython",  # Llama 3
        (
            Block("<|python_tag|>", "", parse=calls.python_tag),
            *(Block(start, "", first=True, parse=calls.json_calls, keeps=True) for start in ('{"name"', '{"type"')),
        ),
    ),
)
# Marks inside of tool calls that may be control tokens too.
_INNER_MARKS = ("[ARGS]", "[CALL_ID]", '<|"|>', "<｜tool▁call▁begin｜>", "<｜tool▁call▁end｜>", "<｜tool▁sep｜>")


@dataclass(frozen=True, slots=True)
class Format:
    """How an answer is to be read.

    Attributes:
        thoughts: The marks around reasoning; None when there is none, or `is_harmony`.
        tools: What tool calls stand in.
        is_harmony: It is written in the channels of gpt-oss.
    """

    thoughts: Thoughts | None = None
    tools: tuple[Block, ...] = ()
    is_harmony: bool = False

    @classmethod
    def of(cls, template: str) -> "Format":
        """Recognise the format from the source of a chat template."""
        if harmony.CHANNEL in template and harmony.MESSAGE in template:
            return cls(is_harmony=True)
        # The end alone is enough: some templates put the beginning together.
        thoughts = next((one for one in _THOUGHTS if one.closes in template), None)
        tools = next((blocks for mark, blocks in _TOOLS if mark in template), ())
        return cls(thoughts, tools)

    def splitter(self, *, with_calls: bool) -> Splitter:
        """Return a splitter for one answer.

        Args:
            with_calls: Tools were offered. Else nobody waits for calls, and what looks like one is text.
        """
        if self.is_harmony:
            return HarmonySplitter(with_calls=with_calls)
        blocks = self.tools if with_calls else ()
        if self.thoughts is not None:
            blocks = (Block(self.thoughts.opens, self.thoughts.closes, self.thoughts.first), *blocks)
        return BlockSplitter(blocks)

    def marks(self, *, with_calls: bool) -> tuple[str, ...]:
        """Return the marks that may be control tokens, which are no text of an answer otherwise."""
        if self.is_harmony:
            return harmony.MARKS
        marks = [self.thoughts.opens, self.thoughts.closes] if self.thoughts else []
        for block in self.tools if with_calls else ():
            marks += [block.opens, block.closes, *_INNER_MARKS]
        return tuple(marks)

    def opened(self, prompt: str) -> str:
        """Return what a prompt has of the answer already, such as the mark that reasoning begins."""
        if self.is_harmony:
            return prompt.rpartition(f"{harmony.START}assistant")[2]
        return self.thoughts.opens if self.thoughts and prompt.rstrip().endswith(self.thoughts.opens) else ""

    def begun(self, reasoning: str, content: str, opened: str) -> list[Part]:
        """Return an answer that is to be gone on with as the model would have written it.

        Args:
            reasoning, content: What there is of the answer.
            opened: What the prompt has of it already.
        """
        if self.is_harmony:
            final = Part(f"{harmony.CHANNEL}final{harmony.MESSAGE}", True)
            if opened:
                return [Part(reasoning + content, False)]
            if not reasoning:
                return [final, Part(content, False)]
            parts = [Part(f"{harmony.CHANNEL}analysis{harmony.MESSAGE}", True), Part(reasoning, False)]
            following = [Part(f"<|end|>{harmony.START}assistant", True), final, Part(content, False)]
            return [*parts, *following] if content else parts
        if self.thoughts is None or not (reasoning or opened):
            return [Part(content, False)]
        thoughts = self.thoughts
        parts = [Part("" if opened else thoughts.opens + thoughts.pad, True), Part(reasoning, False)]
        if content:
            parts += [Part(thoughts.pad + thoughts.closes + thoughts.gap, True), Part(content, False)]
        return parts
