"""The real huggingface_hub over our connection, against a hub on the loopback."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pytest
from hub_server import (
    TOKEN,
    Fault,
    Handler,
    HubServer,
    Repo,
    breaking_off,
    dropping,
    refusing,
    saying,
    sending_on,
    silent,
)

from desktopchat.core.address import ServerAddress
from desktopchat.core.endpoint import endpoint
from desktopchat.core.errors import (
    CancelledError,
    GatedError,
    HubError,
    HubTokenError,
    NetworkError,
    PassingNetworkError,
)
from desktopchat.core.hub import Gate, HubModel, HubQuery, Order
from desktopchat.core.secret import Secret
from desktopchat.library.hub.inquiry import Inquiry
from desktopchat.network import hub_client
from desktopchat.network.connection import Connection, Patience
from desktopchat.network.ledger import Ledger

TINY = Repo(
    "acme/tiny-GGUF",
    {
        "README.md": b"---\nlicense: mit\n---\n# Tiny\n\n<img src='http://example.com/x.png'>Hello **you**.\n",
        "tiny-Q4_K_M.gguf": 700,
        "tiny-Q8_0.gguf": 1200,
        "big/tiny-F16-00001-of-00002.gguf": 2000,
        "big/tiny-F16-00002-of-00002.gguf": 1000,
        "mmproj-tiny-Q8_0.gguf": 90,
        "mmproj-tiny-F16.gguf": 150,
        "tiny.imatrix.dat": 20,
        "config.json": b"{}",
    },
    more={"cardData": {"license": "mit", "language": ["en", "zh"], "base_model": "acme/tiny"}},
)
GATED = Repo("acme/gated-GGUF", {"README.md": b"Secret.\n", "g-Q4_K_M.gguf": 9}, gated="manual", downloads=50)


class Rig:
    """What asks the hub, with little patience, and what it has written down."""

    def __init__(self, folder: Path, address: str) -> None:
        self.file = folder / "connections.jsonl"
        self.token: Secret | None = None
        self.offline = False
        ledger = Ledger(self.file)

        def connect(to: ServerAddress, key: Secret | None) -> Connection:
            return Connection(to, ledger, key, Patience(connect=2, silence=0.3), is_offline=lambda: self.offline)

        self.inquiry = Inquiry(endpoint(address), connect, lambda _: self.token)

    def find(self, query: HubQuery | None = None, most: int = 1000) -> list[HubModel]:
        return list(islice(chain.from_iterable(self.inquiry.pages(query or HubQuery())), most))

    def fault(self) -> NetworkError:
        with pytest.raises(NetworkError) as caught:
            self.find()
        return caught.value

    def ledger(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.file.read_text("utf-8").splitlines()]


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer(TINY, GATED) as made:
        yield made


@pytest.fixture
def rig(tmp_path: Path, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rig]:
    monkeypatch.setattr(hub_client, "_FIRST_PAUSE", 0.01)
    made = Rig(tmp_path, hub.address)
    yield made
    made.inquiry.close()


# --- search -------------------------------------------------------------------------------------------


def test_search_asks_for_what_is_wanted(rig: Rig, hub: HubServer) -> None:
    query = HubQuery("tiny", "acme", "text-generation", "en", "apache-2.0", 10**9, 7_500_000_000, Order.UPDATED)
    (found,) = rig.find(query)
    assert found.repo == "acme/tiny-GGUF"
    asked = hub.asked[0].query
    assert asked["filter"] == ["gguf", "en", "license:apache-2.0"]
    assert (asked["search"], asked["author"], asked["pipeline_tag"]) == (["tiny"], ["acme"], ["text-generation"])
    assert (asked["num_parameters"], asked["sort"]) == (["min:1B,max:7500M"], ["lastModified"])
    assert "gguf" in asked["expand"]


def test_found_tells_what_the_hub_knows(rig: Rig) -> None:
    tiny, gated = rig.find()
    assert tiny == HubModel(
        "acme/tiny-GGUF", 100, 10, "apache-2.0", Gate.OPEN, ("en",), "text-generation", "2026-11-01", "llama",
        7_000_000_000, 8192,
    )  # fmt: skip
    assert gated.gate is Gate.MANUAL


def test_only_what_is_looked_at_is_asked_for(rig: Rig, hub: HubServer) -> None:
    hub.generated = 10_000
    pages = rig.inquiry.pages(HubQuery())
    assert len(next(pages)) == 50
    assert len(hub.asked) == 1
    assert len(next(pages)) == 50
    assert len(hub.asked) == 2


def test_all_of_a_large_hub_is_found_once(rig: Rig, hub: HubServer) -> None:
    hub.generated = 2_000
    found = rig.find(HubQuery("qwen"), 10_000)
    assert len(found) == len({model.repo for model in found}) == 334
    assert len(hub.asked) == 7


def test_hub_that_takes_no_sizes_is_searched_all_the_same(rig: Rig, hub: HubServer) -> None:
    page = [{"id": f"a/m{count}", "tags": ["gguf"], "gguf": {"total": count * 10**9}} for count in (1, 5, 9)]
    hub.on("/api/models", saying(page))
    assert [model.repo for model in rig.find(HubQuery(least=2 * 10**9, most=8 * 10**9))] == ["a/m5"]


def test_hub_that_repeats_itself_is_left(rig: Rig, hub: HubServer) -> None:
    page = [{"id": f"a/m{count}", "tags": ["gguf"]} for count in range(50)]
    link = f'<{hub.address}/api/models?cursor=x>; rel="next"'
    hub.on("/api/models", *[lambda one: one.reply(page, Link=link)] * 100)
    assert len(rig.find()) == 50
    assert len(hub.asked) < 30


def test_further_pages_are_asked_of_no_other_host(rig: Rig, hub: HubServer) -> None:
    rig.token = Secret(TOKEN)
    page = [{"id": f"a/m{count}", "tags": ["gguf"]} for count in range(50)]
    with HubServer() as other:
        link = f'<{other.address}/api/models?cursor=7&limit=50>; rel="next"'
        hub.on("/api/models", lambda one: one.reply(page, Link=link))
        rig.find()
        assert other.asked == []
    assert hub.asked[1].query["cursor"] == ["7"]


def test_a_search_that_is_stopped_ends_at_once(rig: Rig, hub: HubServer) -> None:
    def stopped(handler: Handler) -> None:
        rig.inquiry.stop(1)
        silent(handler)

    hub.on("/api/models", stopped)
    rig.inquiry._connect = lambda to, key: Connection(to, Ledger(rig.file), key)  # which waits for 30 s
    with pytest.raises(CancelledError):
        rig.find()
    assert next(iter(rig.inquiry.pages(HubQuery(), task=2)))


def test_a_search_that_is_stopped_before_it_began_asks_nothing(rig: Rig, hub: HubServer) -> None:
    rig.inquiry.stop(3)
    with pytest.raises(CancelledError):
        next(rig.inquiry.pages(HubQuery(), task=3))
    assert hub.asked == []


# --- repository ---------------------------------------------------------------------------------------


def test_files_are_arranged(rig: Rig) -> None:
    repo = rig.inquiry.repository("acme/tiny-GGUF")
    assert [(one.quant, one.size, len(one.files)) for one in repo.variants] == [
        ("Q4_K_M", 700, 1),
        ("Q8_0", 1200, 1),
        ("F16", 3000, 2),
    ]
    assert [file.path for file in repo.projectors] == ["mmproj-tiny-F16.gguf", "mmproj-tiny-Q8_0.gguf"]
    assert [file.path for file in repo.others] == ["tiny.imatrix.dat"]
    assert (repo.model.licence, repo.model.languages, repo.model.base_models) == ("mit", ("en", "zh"), ("acme/tiny",))
    file = repo.variants[0].files[0]
    assert (file.repo, file.commit, len(file.sha256)) == ("acme/tiny-GGUF", TINY.commit, 64)


def test_card_is_text_alone(rig: Rig) -> None:
    repo = rig.inquiry.repository("https://huggingface.co/acme/tiny-GGUF")
    assert rig.inquiry.card(repo) == "# Tiny\n\nHello **you**.\n"


def test_long_card_is_cut(rig: Rig, hub: HubServer) -> None:
    hub.repos["acme/long"] = Repo("acme/long", {"README.md": b"word " * 500_000})
    assert len(rig.inquiry.card(rig.inquiry.repository("acme/long"))) <= (512 << 10) + 1
    assert rig.inquiry.repository("acme/tiny-GGUF")


def test_gated_repository_is_described_and_its_card_refused(rig: Rig) -> None:
    repo = rig.inquiry.repository("acme/gated-GGUF")
    assert repo.model.gate is Gate.MANUAL
    with pytest.raises(GatedError, match="accepted its terms") as caught:
        rig.inquiry.card(repo)
    assert caught.value.page == f"{rig.inquiry.hub.base}/acme/gated-GGUF"
    assert "models token set" in str(caught.value)


def test_token_opens_what_is_gated(rig: Rig) -> None:
    rig.token = Secret(TOKEN)
    assert rig.inquiry.card(rig.inquiry.repository("acme/gated-GGUF")) == "Secret.\n"


HOSTILE = (
    "../../escape.gguf",
    "/etc/x.gguf",
    "C:/x.gguf",
    "a\\b.gguf",
    "CON.gguf",
    "-rf.gguf",
    ".hidden.gguf",
    "a/b/c/d.gguf",
    "x\u202egpj.gguf",
    "tab\tx.gguf",
    f"{'l' * 200}.gguf",
    "new\nline.gguf",
    "nul\0.gguf",
)


def test_hostile_names_are_left_out(rig: Rig, hub: HubServer) -> None:
    hub.repos["acme/bad"] = Repo("acme/bad", {**dict.fromkeys(HOSTILE, 5), "good-Q4_0.gguf": 5})
    repo = rig.inquiry.repository("acme/bad")
    assert [one.name for one in repo.variants] == ["good-Q4_0"]
    assert repo.left_out == len(HOSTILE)


@pytest.mark.parametrize(
    "more",
    [
        {"gguf": [1], "tags": "no list", "downloads": "many", "likes": -3, "gated": "?", "lastModified": None},
        {"gguf": {"total": 1e300, "architecture": {}, "context_length": True}, "downloads": 10**30, "tags": [1, None]},
        {"cardData": {"license": 3, "language": {"a": 1}, "base_model": ["../x", 5]}},
    ],
)
def test_nonsense_becomes_nothing(rig: Rig, hub: HubServer, more: dict[str, Any]) -> None:
    hub.repos["acme/odd"] = Repo("acme/odd", {"a-Q4_0.gguf": -5, "b-Q4_0.gguf": 10**20}, more=more)
    repo = rig.inquiry.repository("acme/odd")
    assert all(variant.size == 0 for variant in repo.variants)
    assert 0 <= repo.model.downloads < 1 << 53
    assert all(isinstance(one, str) for one in (*repo.model.languages, repo.model.licence, repo.model.updated))


def test_repositories_without_a_usable_name_are_not_listed(rig: Rig, hub: HubServer) -> None:
    ids = ["../x", "a/b/c", "a b/c", "", 5, None, "a/..", "x" * 300 + "/y", "fine/one", "a/b\n", "a/b?token=1"]
    hub.on("/api/models", saying([{"id": one, "tags": ["gguf"]} for one in ids]))
    assert [model.repo for model in rig.find()] == ["fine/one"]


def test_name_that_is_none_asks_nobody(rig: Rig, hub: HubServer) -> None:
    for name in ("tiny", "../../x", "a/b/../../c", "http://evil.example/a/b"):
        with pytest.raises(Exception, match="no name of a repository"):
            rig.inquiry.repository(name)
    assert hub.asked == []


# --- faults -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (
            refusing(429, Retry_After="3600"),
            PassingNetworkError,
            "for 3600 s. Try again then; a token",
        ),
        (refusing(429, RateLimit='"api";r=0;t=55'), PassingNetworkError, "no more questions for 55 s"),
        (refusing(503, Retry_After="Fri, 31 Dec 2100 23:59:59 GMT"), PassingNetworkError, "trouble of its own"),
        (refusing(401), HubTokenError, "wants to know who asks"),
        (refusing(401, X_Error_Message="Invalid credentials in Authorization header"), HubTokenError, "this token"),
        (refusing(400), HubError, "does not understand this search. Take some of the filters away"),
        (refusing(403), HubError, r"refuses this \(status 403\)"),
        (refusing(404), HubError, "is no model hub"),
        (refusing(418), HubError, r"refuses this \(status 418\)"),
        (refusing(451), HubError, "taken"),
        (saying(b"<html>Log in to the Wi-Fi</html>"), HubError, "no model hub sends"),
        (saying(b""), HubError, "no model hub sends"),
        (saying({"error": "x"}), HubError, "no model hub sends"),
        (saying(["text"]), HubError, "no model hub sends"),
        (saying(5), HubError, "no model hub sends"),
        (saying(b"[" * 100_000), HubError, "no model hub sends"),
        (saying(b'[{"id": "a/b", "tags": ["\xff"]}]'), HubError, "no model hub sends"),
        (breaking_off, NetworkError, "broke off"),
        (silent, NetworkError, "sent no answer for 0.3 s"),
        (sending_on("http://127.0.0.2:9/api/models"), NetworkError, "sends on to"),
        (sending_on("file:///etc/passwd"), NetworkError, "sends on to"),
    ],
)
def test_fault_has_its_sentence(rig: Rig, hub: HubServer, fault: Fault, kind: type[NetworkError], words: str) -> None:
    hub.on("/api/models", fault)
    with pytest.raises(kind, match=words) as caught:
        rig.find()
    assert caught.value.cure
    assert len(hub.asked) == 1
    assert rig.find()  # and the next search goes well


def test_what_fails_for_a_moment_is_asked_again(rig: Rig, hub: HubServer) -> None:
    hub.on("/api/models", refusing(502), dropping, refusing(429, Retry_After="0"))
    assert len(rig.find()) == 2
    assert len(hub.asked) == 4


def test_what_goes_on_failing_is_told(rig: Rig, hub: HubServer) -> None:
    hub.on("/api/models", *[refusing(500)] * 4)
    assert "trouble of its own (status 500)" in rig.fault().cause
    assert len(hub.asked) == 4
    hub.on("/api/models", *[refusing(429, Retry_After="99999999999999")] * 4)
    assert "no more questions for now" in rig.fault().cause


def test_missing_repository_is_told(rig: Rig, hub: HubServer) -> None:
    for token in (None, Secret(TOKEN)):
        rig.token = token
        rig.inquiry.close()
        with pytest.raises(HubError, match="no repository called acme/nothing"):
            rig.inquiry.repository("acme/nothing")
    hub.on("/api/models/", saying({"id": "acme/tiny-GGUF"}))
    with pytest.raises(HubError, match="no model hub sends"):  # it names no commit
        rig.inquiry.repository("acme/tiny-GGUF")


def test_hub_that_is_not_there_is_told(rig: Rig, tmp_path: Path) -> None:
    with HubServer() as gone:
        address = gone.address
    other = Rig(tmp_path, address)
    assert "No server answers" in other.fault().cause
    other.inquiry.close()


def test_offline_asks_nobody(rig: Rig, hub: HubServer) -> None:
    rig.offline = True
    assert "set to be offline" in rig.fault().cause
    assert hub.asked == []


# --- who is asked, and what is told -------------------------------------------------------------------


def test_token_goes_to_its_hub_alone(rig: Rig, hub: HubServer) -> None:
    rig.token = Secret(TOKEN)
    with HubServer(TINY) as other:
        hub.on("/acme/tiny-GGUF/resolve/", sending_on(f"{other.address}/acme/tiny-GGUF/resolve/main/README.md"))
        repo = rig.inquiry.repository("acme/tiny-GGUF")
        with pytest.raises(NetworkError, match="sends on to"):
            rig.inquiry.card(repo)
        assert other.asked == []
    assert {asked.token for asked in hub.asked} == {TOKEN}
    assert TOKEN not in rig.file.read_text("utf-8")


def test_without_a_token_none_is_sent(rig: Rig, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    rig.find()
    rig.inquiry.repository("acme/tiny-GGUF")
    assert {asked.token for asked in hub.asked} == {""}


def test_every_request_stands_in_the_ledger(rig: Rig, hub: HubServer) -> None:
    rig.find(HubQuery("private words"))
    rig.inquiry.card(rig.inquiry.repository("acme/tiny-GGUF"))
    asked = [line for line in rig.ledger() if "request" in line]
    assert [line["call"].partition(" ")[2] for line in asked] == [one.path for one in hub.asked]
    assert {line["purpose"] for line in asked} == {"search the model hub", "look at a model of the hub"}
    assert "private" not in rig.file.read_text("utf-8")


def test_a_hub_below_a_path_is_asked_there(rig: Rig, hub: HubServer, tmp_path: Path) -> None:
    def moved(handler: Handler) -> None:
        handler.reply([{"id": "a/b", "tags": ["gguf"]}])

    hub.on("/hf/api/models", moved)
    below = Rig(tmp_path, f"{hub.address}/hf")
    assert [model.repo for model in below.find()] == ["a/b"]
    below.inquiry.close()


def test_hub_is_tested(rig: Rig, hub: HubServer) -> None:
    assert rig.inquiry.test().account == ""
    rig.token = Secret(TOKEN)
    rig.inquiry.close()
    report = rig.inquiry.test()
    assert (report.account, report.address) == ("alice", rig.inquiry.hub)
    rig.token = Secret("hf_wrong")
    rig.inquiry.close()
    with pytest.raises(HubTokenError, match="does not know this token"):
        rig.inquiry.test()
    assert hub.asked[-1].path == "/api/whoami-v2"


def test_huggingface_hub_reaches_nobody_by_itself(hub: HubServer) -> None:
    code = (
        "import desktopchat.library.hub.client\nfrom huggingface_hub import HfApi\n"
        f"try:\n    HfApi(endpoint='{hub.address}').model_info('acme/tiny-GGUF')\n"
        "except LookupError:\n    print('nobody')"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "HF_ENDPOINT": hub.address},
    )
    assert (found.stdout, hub.asked) == ("nobody\n", [])
