"""How answers are split, for every format and every cut."""

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopchat.engine.formats import Format
from desktopchat.engine.splitting import Parts, Splitter

TEMPLATES = {
    "qwen3": "<think> </think> <tool_call> </tool_call>",
    "deepseek": "<think> </think> <｜tool▁calls▁begin｜>",
    "gpt-oss": "<|channel|> <|message|>",
    "gemma3": "<start_of_turn>",
    "gemma4": "<|channel>thought <channel|> <|tool_call>",
    "mistral": "[THINK] [/THINK] [TOOL_CALLS]",
    "llama3": "<|python_tag|> ipython",
    "hermes": "<tool_call>",
    "glm4": "<think> </think> <tool_call> <arg_key> </arg_key> <arg_value> </arg_value> </tool_call>",
    "minimax": "<think> </think> <minimax:tool_call> </minimax:tool_call>",
}
FORMATS = {name: Format.of(source) for name, source in TEMPLATES.items()}
CALL = '{"name": "look", "arguments": {"at": "天气", "n": 2}}'
ARGUMENTS = {"at": "天气", "n": 2}
CODER = (
    "<tool_call>\n<function=look>\n<parameter=at>\n天气\n</parameter>\n<parameter=n>\n2\n</parameter>\n"
    "</function>\n</tool_call>"
)
GLM = (
    "<tool_call>look\n<arg_key>at</arg_key>\n<arg_value>天气</arg_value>\n<arg_key>n</arg_key>\n"
    "<arg_value>2</arg_value>\n</tool_call>"
)
INVOKED = '<invoke name="look">\n<parameter name="at">天气</parameter>\n<parameter name="n">2</parameter>\n</invoke>\n'
DEEPSEEK = (
    "<think>a</think><｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>look\n```json\n"
    '{"at": "天气", "n": 2}\n```<｜tool▁call▁end｜>\n<｜tool▁call▁begin｜>look<｜tool▁sep｜>'
    '{"at": "天气", "n": 2}<｜tool▁call▁end｜><｜tool▁calls▁end｜>'
)
HARMONY = (
    "<|channel|>analysis<|message|>a<|end|><|start|>assistant<|channel|>commentary<|message|>I look.<|end|>"
    "<|start|>assistant to=functions.look<|channel|>commentary <|constrain|>json<|message|>"
    '{"at": "天气", "n": 2}<|call|>'
)
# Format, answer, content, reasoning, names of the calls.
WHOLE = [
    ("qwen3", "<think>\nHm. A <b>?\n</think>\n\nYes.", "Yes.", "Hm. A <b>?", []),
    ("qwen3", "<think>\n\n</think>\n\nYes.", "Yes.", "", []),
    ("qwen3", "\n<think>so", "", "so", []),
    ("qwen3", "Say <think> and </think>.\n", "Say <think> and </think>.\n", "", []),
    ("qwen3", "  No.", "  No.", "", []),
    ("qwen3", f"<think>a</think>\nI look.\n<tool_call>\n{CALL}\n</tool_call>\n", "I look.\n", "a", ["look"]),
    ("qwen3", f"<tool_call>{CALL}</tool_call>\n<tool_call>{CALL}", "", "", ["look", "look"]),
    ("qwen3", "<think>a</think><tool_call>x</tool_call> y", "<tool_call>x</tool_call> y", "a", []),
    ("qwen3", "<think>a</think>\nb <thi", "b <thi", "a", []),
    ("qwen3", CODER, "", "", ["look"]),
    ("deepseek", "<think>\nHm\n</think>\n\nYes", "Yes", "Hm", []),
    ("deepseek", DEEPSEEK, "", "a", ["look", "look"]),
    (
        "gpt-oss",
        "<|channel|>analysis<|message|>Hm.<|end|><|start|>assistant<|channel|>final<|message|>Yes.<|return|>",
        "Yes.",
        "Hm.",
        [],
    ),
    ("gpt-oss", HARMONY, "I look.", "a", ["look"]),
    (
        "gpt-oss",
        '<|channel|>commentary to=functions.look <|constrain|>json<|message|>{"at": "天气", "n": 2}',
        "",
        "",
        ["look"],
    ),
    ("gpt-oss", "<|channel|>commentary to=functions.look<|message|>nothing", "nothing", "", []),
    ("gpt-oss", "Plain <|words", "Plain <|words", "", []),
    ("gpt-oss", "<|channel|>analysis<|message|>cut <|chan", "", "cut <|chan", []),
    ("gpt-oss", "<|channel|>ana", "", "", []),
    ("gpt-oss", "<|channel|>is a mark of mine, it says.", "<|channel|>is a mark of mine, it says.", "", []),
    ("gpt-oss", "<|channel|>" + "long " * 60, "<|channel|>" + "long " * 60, "", []),
    ("gemma3", "<think>Hi</think>", "<think>Hi</think>", "", []),
    ("gemma4", "<|channel>thought\nHm\n<channel|>Yes", "Yes", "Hm", []),
    ("gemma4", "One.<|channel>thought\nHm\n<channel|>Two.", "One.\n\nTwo.", "Hm", []),
    ("gemma4", '<|tool_call>call:look{at:<|"|>天气<|"|>,n:2}<tool_call|>', "", "", ["look"]),
    ("gemma4", "<|tool_call>call:look{at<tool_call|>!", "<|tool_call>call:look{at<tool_call|>!", "", []),
    ("mistral", "[THINK]Hm[/THINK]Yes", "Yes", "Hm", []),
    ("mistral", '[TOOL_CALLS][{"name": "look", "arguments": {"at": "天气", "n": 2}, "id": "abc"}]', "", "", ["look"]),
    ("mistral", 'I.[TOOL_CALLS]look[ARGS]{"at": "天气", "n": 2}', "I.", "", ["look"]),
    (
        "mistral",
        '[TOOL_CALLS]look[CALL_ID]a1[ARGS]{"at": "天气", "n": 2}[TOOL_CALLS]look{"at": "天气", "n": 2}',
        "",
        "",
        ["look", "look"],
    ),
    ("mistral", "[TOOL_CALLS] are marks", "[TOOL_CALLS] are marks", "", []),
    ("llama3", '{"name": "look", "parameters": {"at": "天气", "n": 2}}', "", "", ["look"]),
    ("llama3", '{"name": "Ann", "age": [1]} is JSON', '{"name": "Ann", "age": [1]} is JSON', "", []),
    ("llama3", '<|python_tag|>look.call(at="天气", n=2)', "", "", ["look"]),
    ("llama3", 'It is {"name": "look"}', 'It is {"name": "look"}', "", []),
    ("glm4", f"<think>a</think>\nI look.\n{GLM}\n{GLM}", "I look.\n", "a", ["look", "look"]),
    ("glm4", GLM.replace("\n", ""), "", "", ["look"]),
    ("glm4", "<tool_call>look up</tool_call>", "<tool_call>look up</tool_call>", "", []),
    ("glm4", "<tool_call>look<arg_key>at</tool_call>", "<tool_call>look<arg_key>at</tool_call>", "", []),
    ("minimax", f"<think>a</think>I.\n<minimax:tool_call>\n{INVOKED}</minimax:tool_call>", "I.\n", "a", ["look"]),
    ("minimax", f"<minimax:tool_call>{INVOKED}{INVOKED}</minimax:tool_call>", "", "", ["look", "look"]),
    ("minimax", "<minimax:tool_call>x</minimax:tool_call>!", "<minimax:tool_call>x</minimax:tool_call>!", "", []),
    ("hermes", f"Yes.\n<tool_call>\n{CALL}\n</tool_call>", "Yes.\n", "", ["look"]),
]
# Pieces of which answers are made up that look like marks and are not, or are and are not.
_MARKS = sorted({mark for form in FORMATS.values() for mark in form.marks(with_calls=True) if mark})
_WORDS = [
    "a",
    " ",
    "\n",
    "<",
    "|",
    "[",
    "{",
    '"',
    "天气",
    CALL,
    "assistant",
    "to=functions.look",
    "analysis",
    "json",
    "call:f",
]
ANSWERS = st.lists(st.sampled_from([*_MARKS, *_WORDS, '{"name"', *(answer for _, answer, *_ in WHOLE)]), max_size=12)


def joined(parts: list[Parts]) -> Parts:
    return Parts(
        "".join(one.content for one in parts),
        "".join(one.reasoning for one in parts),
        tuple(call for one in parts for call in one.calls),
    )


def run(splitter: Splitter, pieces: list[str]) -> Parts:
    return joined([*(splitter.feed(piece) for piece in pieces), splitter.finish()])


def split(name: str, pieces: list[str], opened: str = "") -> Parts:
    splitter = FORMATS[name].splitter(with_calls=True)
    splitter.begin(opened)
    return run(splitter, pieces)


@pytest.mark.parametrize(("name", "answer", "content", "reasoning", "calls"), WHOLE)
def test_an_answer_is_split(name: str, answer: str, content: str, reasoning: str, calls: list[str]) -> None:
    parts = split(name, [answer])
    assert (parts.content, parts.reasoning, [call.name for call in parts.calls]) == (content, reasoning, calls)
    assert all(json.loads(call.arguments) == ARGUMENTS for call in parts.calls)
    assert len({call.id for call in parts.calls}) == len(calls)
    assert split(name, list(answer)) == parts


@settings(derandomize=True, max_examples=500)
@given(st.sampled_from(sorted(FORMATS)), ANSWERS, st.lists(st.integers(0, 400)), st.booleans())
def test_every_cut_gives_the_same_parts(name: str, pieces: list[str], cuts: list[int], with_calls: bool) -> None:
    text = "".join(pieces)
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    cut = [text[start:end] for start, end in itertools.pairwise(places)]
    whole = run(FORMATS[name].splitter(with_calls=with_calls), [text])
    assert run(FORMATS[name].splitter(with_calls=with_calls), cut) == whole
    assert run(FORMATS[name].splitter(with_calls=with_calls), list(text)) == whole
    assert with_calls or not whole.calls


@settings(derandomize=True, max_examples=500)
@given(st.sampled_from(sorted(FORMATS)), ANSWERS)
def test_no_word_is_lost(name: str, pieces: list[str]) -> None:
    marked = [f"w{number}w{piece}" for number, piece in enumerate(pieces)]
    parts = split(name, ["".join(marked)])
    kept = parts.content + parts.reasoning + "".join(call.name + call.arguments for call in parts.calls)
    heads = FORMATS[name].is_harmony  # the words in a head are no text
    assert heads or all(f"w{number}w" in kept for number in range(len(pieces)))


@settings(derandomize=True, max_examples=300)
@given(st.sampled_from(sorted(FORMATS)), st.text(alphabet="ab \n<|[{>天", max_size=40))
def test_text_without_marks_stays_as_it_is(name: str, text: str) -> None:
    assert split(name, list(text)) == Parts(content=text)


@pytest.mark.parametrize(
    ("name", "opened", "answer", "content", "reasoning"),
    [
        ("qwen3", "<think>", "\nHm\n</think>\n\nYes", "Yes", "Hm"),
        ("deepseek", "<think>", "Hm", "", "Hm"),
        ("mistral", "[THINK]", "Hm[/THINK]Yes", "Yes", "Hm"),
        ("gpt-oss", "<|channel|>analysis<|message|>Hm", " so<|end|>", "", " so"),
        ("gpt-oss", "<|channel|>final<|message|>Yes", ", of course.", ", of course.", ""),
        ("qwen3", "<think>\nHm ", "so", "", "so"),
        ("qwen3", "<think>\nHm\n</think>\n\nYes ", "and no", "and no", ""),
        ("qwen3", "<think>\nHm\n</think>\n\n", "\nYes", "Yes", ""),
    ],
)
def test_what_the_prompt_has_already_is_not_given_again(
    name: str, opened: str, answer: str, content: str, reasoning: str
) -> None:
    assert split(name, list(answer), opened) == Parts(content, reasoning)


def test_without_tools_a_call_is_text() -> None:
    splitter = FORMATS["hermes"].splitter(with_calls=False)
    text = f"<tool_call>{CALL}</tool_call>"
    assert run(splitter, [text]) == Parts(text)


def test_a_prompt_that_opens_the_reasoning_is_recognised() -> None:
    assert FORMATS["qwen3"].opened("<|im_start|>assistant\n<think>\n") == "<think>"
    assert FORMATS["qwen3"].opened("<|im_start|>assistant\n<think>\n\n</think>\n\n") == ""
    assert FORMATS["gpt-oss"].opened("<|end|><|start|>assistant") == ""
    assert FORMATS["gpt-oss"].opened("<|start|>assistant<|channel|>final<|message|>") == "<|channel|>final<|message|>"


@pytest.mark.parametrize("name", sorted(FORMATS))
@pytest.mark.parametrize(("reasoning", "content"), [("Hm", ""), ("Hm", "Yes"), ("", "Yes")])
def test_an_answer_that_goes_on_is_written_as_the_model_would(name: str, reasoning: str, content: str) -> None:
    form = FORMATS[name]
    if reasoning and form.thoughts is None and not form.is_harmony:
        reasoning = ""
    begun = "".join(part.text for part in form.begun(reasoning, content, ""))
    assert split(name, [begun]) == Parts(content, reasoning)
    assert split(name, ["more"], begun) == (Parts("more") if content or not reasoning else Parts("", "more"))


def test_a_long_call_takes_time_that_grows_with_its_length_alone() -> None:
    splitter = FORMATS["qwen3"].splitter(with_calls=True)
    splitter.feed("<tool_call>")
    held = 0
    for _ in range(1000):
        splitter.feed("x" * 100)
        held = max(held, len(splitter._held))
    assert held < 20


def test_runs_of_space_take_no_time() -> None:
    space = " " * 100_000
    for name, text in (("mistral", f"[TOOL_CALLS]a{space}b"), ("llama3", f"<|python_tag|>a.call({space}b{space}")):
        split(name, [text])


def test_a_call_may_have_no_arguments() -> None:
    for name, text in (
        ("glm4", "<tool_call>now\n</tool_call>"),
        ("minimax", '<minimax:tool_call>\n<invoke name="now">\n</invoke>\n</minimax:tool_call>'),
    ):
        (call,) = split(name, [text]).calls
        assert (call.name, call.arguments) == ("now", "{}")


def test_deep_or_broken_calls_are_text() -> None:
    for body in ("[" * 100_000, '{"name": ' * 50_000, '{"name": 3, "arguments": {}}', '{"name": "a", "arguments": 3}'):
        text = f"<tool_call>{body}</tool_call>"
        assert split("hermes", [text]) == Parts(text)
    text = "<|tool_call>call:f" + "{a:" * 1000 + "}" * 1000 + "<tool_call|>"
    assert split("gemma4", [text]) == Parts(text)
