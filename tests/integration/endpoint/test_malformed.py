"""Thousands of requests that are not quite right: each gets an answer, none of them a 500, and nothing is left over."""

import contextlib
import http.client
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
from endpoint_rig import KEY, PATIENCE, Rig, WatchedEngine, wait_for
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from desktopchat.core.params import LoadParams
from desktopchat.engine.api import GenerationEvent, GenerationRequest, Take
from desktopchat.engine.process import ProcessEngine
from desktopchat.library.folder import inspect

KNOWN = {200, 400, 401, 403, 404, 405, 413, 415}
LONGEST = 3  # words of an answer


class ShortEngine(WatchedEngine):
    """Answers in a few words, for what is asked may want a million."""

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        sampling = replace(request.sampling, max_tokens=min(request.sampling.max_tokens or LONGEST, LONGEST))
        yield from super().generate(replace(request, sampling=sampling))
        self.asked.clear()
        self.ended.clear()


class ShortLlama(ProcessEngine):
    """llama.cpp in its child, which answers as shortly."""

    def join(self, request: GenerationRequest, take: Take) -> None:
        sampling = replace(request.sampling, max_tokens=min(request.sampling.max_tokens or LONGEST, LONGEST))
        super().join(replace(request, sampling=sampling), take)


CHAT: dict[str, Any] = {
    "model": "gpt-4",
    "messages": [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {
            "role": "assistant",
            "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "c", "content": "x"},
    ],
    "max_tokens": 3,
    "n": 2,
    "stop": ["a", "b"],
    "temperature": 0.5,
    "seed": 1,
    "logprobs": True,
    "top_logprobs": 2,
    "logit_bias": {"1": 2},
    "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}},
    "stream_options": {"include_usage": True},
    "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
    "tool_choice": "none",
}
BODIES: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": CHAT,
    "/v1/completions": {"prompt": ["a", "b"], "best_of": 2, "n": 1, "echo": True, "max_tokens": 2, "suffix": ""},
    "/v1/engines/gpt-4/completions": {
        "prompt": [[1, 2], [3]],
        "stop": None,
        "echo": True,
        "logprobs": 1,
        "max_tokens": 2,
    },
    "/v1/embeddings": {"input": ["a", "b"], "encoding_format": "base64", "dimensions": 64},
    "/v1/responses": {
        "input": [
            {"role": "user", "content": [{"type": "input_text", "text": "Hi"}]},
            {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "x"},
        ],
        "instructions": "x",
        "max_output_tokens": 2,
        "text": {"format": {"type": "text"}},
        "tools": [{"type": "function", "name": "f", "parameters": {}}],
        "tool_choice": "none",
        "reasoning": {"effort": "low"},
    },
}
WORDS = st.sampled_from(
    ["", "x", "auto", "required", "user", "tool", "text", "image_url", "\0", "\ud800", "Ωß💥", "a" * 5000]
)
NUMBERS = st.sampled_from([0, -1, 1, 2, 17, 2**31, -(2**63), 2**64, 10**400, 0.5, -0.0, 1e308])
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, WORDS, st.floats(allow_nan=False, allow_infinity=False)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
RAW = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            b"",
            b"{",
            b"[" * 20_000,
            b'{"a":' * 20_000,
            b"NaN",
            b'{"prompt": "\\ud800"}',
            b'{"messages": 1e999}',
            b"\xff\xfe{}",
            b'"x"',
        ]
    ),
)
PATHS = st.sampled_from(
    [
        *BODIES,
        *BODIES,
        *BODIES,
        "/v1/models",
        "/health",
        "/v1//models",
        "/v1/engines//completions",
        "/%00",
        "/v1/models/%ff",
    ]
)
METHODS = st.sampled_from(["POST"] * 12 + ["GET", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "TRACE", "CAT"])
HEADERS = st.dictionaries(
    st.sampled_from(
        ["Content-Type", "Content-Encoding", "Authorization", "Origin", "Host", "Accept", "Expect", "X-Any"]
    ),
    st.sampled_from(["", "text/plain", "application/json", f"Bearer {KEY}", "x", "gzip", "127.0.0.1", "é", "a" * 3000]),
    max_size=1,
)


@st.composite
def bodies(draw: st.DrawFn, path: str) -> bytes:
    """Draw the body of a request: a good one with some of it changed, or no JSON at all."""
    if draw(st.integers(0, 5)) == 0:
        return draw(RAW)
    body = json.loads(json.dumps(BODIES.get(path, CHAT)))
    body["stream"] = draw(st.sampled_from([False, True, None]))
    for _ in range(draw(st.integers(0, 3))):
        _change(draw, body)
    return json.dumps(body).encode("utf-8", "surrogatepass")


def _change(draw: st.DrawFn, body: Any) -> None:
    """Put something else into one place of a body, take it out, or add something."""
    here = body
    while True:
        places = list(here) if isinstance(here, dict) else list(range(len(here)))
        if not places:
            return
        place = draw(st.sampled_from(places))
        inner = here[place]
        if not (isinstance(inner, dict | list) and inner and draw(st.booleans())):
            break
        here = inner
    match draw(st.sampled_from(["put", "put", "put", "drop", "add"])):
        case "put":
            here[place] = draw(JSON)
        case "drop":
            del here[place]
        case _ if isinstance(here, dict):
            here[draw(WORDS)] = draw(JSON)
        case _:
            here.append(draw(JSON))


def test_no_request_is_too_bad_for_an_answer(rig_of: Callable[..., Rig], soak: bool) -> None:
    _check(_ask_badly(rig_of(ShortEngine()), 10_000 if soak else 400))


def test_no_request_is_too_bad_for_the_real_engine(
    rig_of: Callable[..., Rig], starter_model: Path, tmp_path: Path, soak: bool
) -> None:
    said: list[str] = []
    params = LoadParams(n_ctx=2048)
    rig = rig_of(ShortLlama(tmp_path / "engine.log"), model=inspect(starter_model), params=params, said=said.append)
    (child,) = psutil.Process().children()
    counts, sizes = Counter[int](), []
    for number in range(10):
        counts += _ask_badly(rig, 1_000 if soak else 30, number)
        sizes.append(child.memory_info().rss)
    _check(counts)
    print(f"the engine's memory in MB: {[size // 1_000_000 for size in sizes]}")
    assert said == [], "the engine died"
    assert child.is_running()


def _check(counts: Counter[int]) -> None:
    print(f"{counts.total()} requests: {dict(counts)}")
    assert counts[400] > counts.total() // 8
    assert counts[200] > counts.total() // 20, "none of them was good enough to reach the engine"


def _ask_badly(rig: Rig, count: int, number: int = 0) -> Counter[int]:
    """Send so many, look that nothing is left over, and return how often there was each status."""
    rig.answer("/v1/completions", {"prompt": "x"})
    process = psutil.Process()
    files, threads, counts = process.num_fds(), threading.active_count(), Counter[int]()

    @seed(number)
    @settings(
        max_examples=count, derandomize=False, database=None, suppress_health_check=list(HealthCheck), deadline=None
    )
    @given(st.data())
    def ask(data: st.DataObject) -> None:
        path = data.draw(PATHS)
        status, answer = _sent(rig, data.draw(METHODS), path, data.draw(bodies(path)), data.draw(HEADERS))
        counts[status] += 1
        assert status in KNOWN, answer
        if status != 200 and answer:
            assert set(json.loads(answer)["error"]) == {"message", "type", "param", "code"}

    ask()
    assert rig.ask("/v1/completions", {"prompt": "x"})[0] == 200
    assert rig.host.queue.waiting == 0
    wait_for(lambda: process.num_fds() <= files + 2, "the connections to be closed")
    assert threading.active_count() <= threads
    return counts


def _sent(rig: Rig, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", rig.port, timeout=PATIENCE)
    with contextlib.closing(connection):
        connection.putrequest(method, path, skip_host="Host" in headers)
        given_ = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", **headers}
        for name, value in {**given_, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value.encode("latin-1"))
        connection.endheaders(body)
        response = connection.getresponse()
        return response.status, response.read()


@settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)
@given(st.binary(max_size=300))
def _speak(rig: Rig, sent: bytes) -> None:
    with rig.connect() as line, contextlib.suppress(ConnectionError):
        line.sendall(b"POST /v1/completions HTTP/1.1\r\n" + sent + b"\r\n\r\n")
        assert line.recv(4096).startswith(b"HTTP/1.1 4")


def test_no_bytes_are_too_bad_for_an_answer(rig: Rig) -> None:
    _speak(rig)  # type: ignore[call-arg]
    assert rig.ask("/health")[0] == 200
