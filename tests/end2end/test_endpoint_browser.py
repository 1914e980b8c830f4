"""A page of elsewhere, in a real browser, against the endpoint: it can neither ask nor read."""

import http.server
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import PATIENCE
from serving import Served, serving

BROWSER = shutil.which("chromium") or shutil.which("google-chrome")

pytestmark = pytest.mark.skipif(BROWSER is None, reason="there is no Chromium here to open the page with")

# Everything a page can try without leave, and with the key, which it could have been told. All of it is tried at
# once; what came of each stands in the page's title.
PAGE = """<!doctype html><title>waiting</title><body><script>
const base = BASE, key = KEY, question = JSON.stringify({messages: [{role: "user", content: "Hi"}], max_tokens: 4});
const json = {"Content-Type": "application/json"}, authorized = {...json, "Authorization": "Bearer " + key};
const tries = {
  "read": () => fetch(base + "/models"),
  "read with the key": () => fetch(base + "/models", {headers: {"Authorization": "Bearer " + key}}),
  "health": () => fetch(base + "/health"),
  "ask": () => fetch(base + "/chat/completions", {method: "POST", body: question, headers: json}),
  "ask with the key": () => fetch(base + "/chat/completions", {method: "POST", body: question, headers: authorized}),
  "ask blindly": () => fetch(base + "/chat/completions", {method: "POST", body: question, mode: "no-cors"}),
  "send a form": () => new Promise(done => {
    const frame = document.createElement("iframe"), form = document.createElement("form");
    frame.name = "frame";
    Object.assign(form, {method: "post", enctype: "text/plain", target: "frame", action: base + "/completions"});
    document.body.append(frame, form);
    frame.onload = () => done(frame.contentDocument);
    form.submit();
  }),
};
Promise.all(Object.entries(tries).map(async ([name, attempt]) => {
  try { const found = await attempt(); return [name, found === null ? "opaque" : found.type || "read"]; }
  catch (error) { return [name, error.name]; }
})).then(all => { document.title = JSON.stringify(Object.fromEntries(all)); });
</script>"""


@pytest.fixture
def served(data_dir: Path) -> Iterator[Served]:
    with serving(data_dir, "--log-requests", engine="scripted:0") as served:
        yield served


@pytest.fixture
def page(served: Served) -> Iterator[str]:
    content = PAGE.replace("BASE", json.dumps(served.address)).replace("KEY", json.dumps(served.key)).encode()

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *values: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_a_page_of_elsewhere_can_neither_ask_nor_read(served: Served, page: str, tmp_path: Path) -> None:
    assert BROWSER is not None
    shown = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'browser'}",
         "--virtual-time-budget=20000", "--dump-dom", page],
        capture_output=True, text=True, timeout=PATIENCE, check=True,
    )  # fmt: skip
    title = re.search(r"<title>(.*?)</title>", shown.stdout)
    assert title, shown.stdout
    came = json.loads(title[1].replace("&quot;", '"'))
    blind = {"ask blindly", "send a form"}
    assert {name for name, found in came.items() if found != "TypeError"} == blind, came
    assert {came[name] for name in blind} == {"opaque"}
    log = (served.data_dir / "logs" / "desktopchat.log").read_text("utf-8")
    statuses = re.findall(r"(?:GET|POST|OPTIONS) \S+: (\d{3}) in", log)
    assert len(statuses) >= len(came)
    assert set(statuses) == {"403"}, log
