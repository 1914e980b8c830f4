"""The real programs with the real clients of OpenAI's API, at the real endpoint with the real model."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from serving import Served, serving

from desktopchat.core.client_programs import PROGRAM_OF_2022, PROGRAM_OF_TODAY

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="ends the endpoint by a POSIX signal")

PROGRAMS = Path(__file__).resolve().parents[1] / "data" / "clients"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("endpoint")
    (folder / "models").mkdir()
    model = Path(os.environ["DESKTOPCHAT_TEST_MODEL"])
    (folder / "models" / model.name).symlink_to(model)
    with serving(folder, "--set", "model.n_ctx=2048") as made:
        yield made


@pytest.mark.parametrize(
    ("client", "program"),
    [("client-openai-0.28", PROGRAM_OF_2022), ("client-openai", PROGRAM_OF_TODAY)],
    ids=["2022", "today"],
)
def test_programs_of_the_help_run_unchanged(served: Served, tmp_path: Path, client: str, program: str) -> None:
    (file := tmp_path / "program.py").write_text(program, encoding="utf-8")
    ran = served.client(client, file)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert len(ran.stdout.strip()) > 10


def test_programs_of_the_first_years(served: Served) -> None:
    ran = served.client("client-openai-0.28", PROGRAMS / "old.py")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == [
        "streamed True",
        "chat True True",
        "chat streamed True",
        "logprobs 4 True 4",
        "embedding True",
        "models True",
        "refused 404 model_not_found",
        "refused 400 temperature",
        "refused 401",
    ]


def test_programs_of_today(served: Served) -> None:
    ran = served.client("client-openai", PROGRAMS / "new.py")
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines() == [
        "chat assistant True",
        "again True True",
        "stream True True",
        "n [0, 1, 2]",
        "logprobs 4 {3} True",
        "tools tool_calls get_weather True",
        "tools streamed get_weather True",
        "schema ['boats']",
        "embeddings 2 True True",
        "completion True text_completion",
        "response True True",
        "response streamed response.created True True",
        "models True",
        "refused NotFoundError model_not_found",
        "refused BadRequestError temperature",
        "refused BadRequestError context_length_exceeded",
        "refused AuthenticationError invalid_api_key",
    ]
