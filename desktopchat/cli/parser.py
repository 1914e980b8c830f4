"""What the command line takes."""

import argparse
import sys
from pathlib import Path

from desktopchat.cli import arguments
from desktopchat.cli.batch import add_batch
from desktopchat.cli.models import add_models


class _Version(argparse.Action):
    """Looks up what is told only when it is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from desktopchat.build import told

        sys.stdout.write(told())
        parser.exit()


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    shared = argparse.ArgumentParser(add_help=False)
    # SUPPRESS keeps a sub-command from resetting what was given before it.
    shared.add_argument(
        "--data-dir", type=Path, metavar="DIR", default=argparse.SUPPRESS, help="keep everything in this folder"
    )
    shared.add_argument(
        "--temp-profile", action="store_true", default=argparse.SUPPRESS, help="start empty and keep nothing"
    )
    shared.add_argument(
        "--engine",
        type=arguments.engine,
        default=argparse.SUPPRESS,
        metavar="ENGINE",
        help="process (default), inprocess, or scripted[:WORDS_PER_SECOND], which needs no model",
    )
    shared.add_argument(
        "--set",
        dest="overrides",
        type=arguments.override,
        action="append",
        default=argparse.SUPPRESS,
        metavar="NAME=VALUE",
        help="use another setting this time, such as model.n_gpu_layers=20 or model.kv_type=q8_0; may be repeated",
    )
    shared.add_argument(
        "--server",
        type=arguments.server,
        default=argparse.SUPPRESS,
        metavar="URL",
        help="use a model of an OpenAI-compatible server; #NAME behind the address names it",
    )
    shared.add_argument(
        "--rpc",
        type=arguments.rpc_helper,
        action="append",
        default=argparse.SUPPRESS,
        metavar="HOST:PORT",
        help="share the model with an RPC server of llama.cpp in a network of your own; may be repeated",
    )
    shared.add_argument(
        "--safe-mode",
        action="store_true",
        default=argparse.SUPPRESS,
        help="start with the settings as they come, without tray, other backends and GPU; nothing is changed by it",
    )
    shared.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="log to the terminal too")

    parser = argparse.ArgumentParser(
        prog="desktopchat",
        description="Chat with a GGUF model on this computer. Without a command the window opens.",
        parents=[shared],
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version, and of which parts this is")
    commands = parser.add_subparsers(dest="command", title="commands", metavar="")

    ask = commands.add_parser("ask", parents=[shared], help="answer one prompt on standard output")
    ask.add_argument(
        "prompt", type=arguments.text, metavar="PROMPT", help="the prompt, or - to read it from standard input"
    )
    ask.add_argument("--model", metavar="FILE|NAME", help="a GGUF file, or the name of one in the models folder")
    ask.add_argument("--system", type=arguments.text, default="", metavar="S", help="system prompt")
    ask.add_argument("--max-tokens", type=int, metavar="N", help="longest answer in tokens; 0: as long as it fits")
    ask.add_argument("--temperature", type=float, metavar="T", help="0 is repeatable, higher is more varied")
    ask.add_argument("--seed", type=int, metavar="N", help="the same seed gives the same answer")
    ask.add_argument(
        "--stop",
        type=arguments.text,
        action="append",
        default=[],
        metavar="S",
        help="end the answer here; may be repeated",
    )
    ask.add_argument("--n", type=int, metavar="N", help="number of answers")
    ask.add_argument(
        "--picture", type=Path, action="append", default=[], metavar="FILE", help="show it a picture; may be repeated"
    )
    ask.add_argument(
        "--projector",
        type=arguments.text,
        default="",
        metavar="FILE|none",
        help="see through this mmproj file, or not at all",
    )
    ask.add_argument("--json", action="store_true", help="print one JSON object with usage and timings")

    commands.add_parser(
        "ask-window",
        parents=[shared],
        help="ask in a small window over other programs",
        description="Show the small window, also of a desktopchat that runs. Bind it to a key of your desktop.",
    )

    chat = commands.add_parser("chat", parents=[shared], help="chat in the terminal")
    chat.add_argument("--model", metavar="FILE|NAME", help="a GGUF file, or the name of one in the models folder")
    serve = _add_serve(commands, shared)
    for one in (ask, chat, serve):
        one.add_argument(
            "--template",
            default="",
            metavar="FILE|NAME",
            help="a chat template: a Jinja file, a name such as chatml, or none",
        )

    search = commands.add_parser(
        "search",
        parents=[shared],
        help="find what was said",
        description="Find titles, notes, messages of every branch, and attachments; all words must occur.",
        epilog=(
            'wea* finds beginnings, "two words" a phrase, -word leaves out. Filters: model:NAME, tag:NAME, in:FOLDER, '
            "in:title, in:archive, in:trash, role:me, role:answer, before:DATE, after:DATE with a DATE like 2026-05, "
            "2026-05-17, today or 7d. The shell takes quotes away; write '\"two words\" -word'."
        ),
    )
    search.add_argument("query", type=arguments.text, nargs="+", metavar="QUERY", help="what to look for")
    search.add_argument("--limit", type=arguments.number, default=20, metavar="N", help="print at most N hits (20)")
    search.add_argument("--json", action="store_true", help="print a list of hits")

    embed = commands.add_parser("embed", parents=[shared], help="turn texts into vectors, one a line")
    embed.add_argument(
        "texts", type=arguments.text, nargs="+", metavar="TEXT", help="a text, or - for the lines of the input"
    )
    embed.add_argument("--model", metavar="FILE|NAME", help="a GGUF file, or the name of one in the models folder")
    embed.add_argument("--json", action="store_true", help="print one JSON object with texts and token counts")

    bench = commands.add_parser("bench", parents=[shared], help="measure how fast a model is on this machine")
    bench.add_argument("--model", metavar="FILE|NAME", help="a GGUF file, or the name of one in the models folder")
    bench.add_argument(
        "--repetitions", type=arguments.number, default=5, metavar="N", help="take medians of N runs (5)"
    )
    bench.add_argument("--json", action="store_true", help="print one JSON object")

    for one in (ask, chat, bench):
        one.add_argument(
            "--lora",
            type=arguments.lora,
            action="append",
            default=[],
            metavar="FILE[=SCALE]",
            help="apply a LoRA adapter; may be repeated",
        )
        one.add_argument(
            "--control-vector",
            type=arguments.control_vector,
            action="append",
            default=[],
            metavar="FILE[=SCALE[:FIRST-LAST]]",
            help="add a control vector, behind the layers from FIRST to LAST; may be repeated",
        )

    store = commands.add_parser("store", parents=[shared], help="check, back up or restore the conversations")
    store.add_argument("action", choices=("check", "backup", "restore", "list"), help="what to do")
    store.add_argument(
        "backup", nargs="?", type=arguments.text, metavar="BACKUP", help="what to restore; without it, a list"
    )

    vault = commands.add_parser("vault", parents=[shared], help="lock the conversations with a passphrase")
    vault.add_argument("action", choices=("on", "off", "change", "status", "remember", "forget"), help="what to do")
    vault.add_argument(
        "--backups", dest="copies", choices=("encrypt", "remove", "keep"), help="with on: what becomes of backups"
    )

    server = commands.add_parser("server", parents=[shared], help="keys of servers, and every connection that was made")
    server.add_argument("action", choices=("list", "key", "forget", "log"), help="what to do")
    server.add_argument(
        "address", nargs="?", type=arguments.server, metavar="URL", help="with key and forget: which server"
    )

    backend = commands.add_parser(
        "backend",
        parents=[shared],
        help="which builds of llama.cpp there are, and which one is taken",
        description="Show, choose, try, add, roll back and remove backends: llama.cpp built for other hardware.",
    )
    backend.add_argument("action", choices=("list", "use", "test", "add", "rollback", "remove"), help="what to do")
    backend.add_argument(
        "what",
        nargs="?",
        type=arguments.text,
        default="",
        metavar="NAME|FILE",
        help="a name or auto; with add a pack or folder",
    )

    add_models(commands, shared)
    add_batch(commands, shared)

    export = commands.add_parser("export", parents=[shared], help="write conversations in a format of your choice")
    which = export.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "conversation",
        nargs="?",
        type=arguments.text,
        metavar="CONVERSATION",
        help="its title, a part of it, or its number",
    )
    which.add_argument("--all", action="store_true", help="export every conversation")
    export.add_argument(
        "--format", choices=("md", "html", "json", "jsonl", "openai", "sharegpt"), default="json", help="json is ours"
    )
    branches = export.add_mutually_exclusive_group()
    branches.add_argument(
        "--branch", dest="whole_tree", action="store_false", default=None, help="only the branch that is shown"
    )
    branches.add_argument(
        "--tree", dest="whole_tree", action="store_true", help="all branches; json and jsonl do so without being told"
    )
    export.add_argument("--output", type=Path, metavar="FILE|FOLDER", help="write there, not to standard output")

    imported = commands.add_parser("import", parents=[shared], help="read conversations of other programs, and ours")
    imported.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file, a folder or a zip archive")

    update = commands.add_parser(
        "update",
        parents=[shared],
        help="look whether there is a newer version",
        description="Ask for the newest version, and say what is new and where it is. Nothing is fetched or installed.",
    )
    update.add_argument("--json", action="store_true", help="print one JSON object")

    doctor = commands.add_parser("doctor", parents=[shared], help="show versions, paths, devices and what is wrong")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _add_serve(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", shared: argparse.ArgumentParser
) -> argparse.ArgumentParser:
    serve = commands.add_parser(
        "serve",
        parents=[shared],
        help="let programs that speak OpenAI's API talk to the model",
        description="Serve OpenAI's API on this machine alone, at http://127.0.0.1:11535/v1, for whoever has the key.",
    )
    serve.add_argument(
        "--host", type=arguments.text, default="127.0.0.1", metavar="HOST", help="listen there (127.0.0.1)"
    )
    serve.add_argument("--port", type=arguments.port, default=11535, metavar="PORT", help="listen there (11535)")
    serve.add_argument("--lan", action="store_true", help="let other machines ask too, with a --host such as 0.0.0.0")
    serve.add_argument("--model", metavar="FILE|NAME", help="a GGUF file, or the name of one in the models folder")
    serve.add_argument("--log-requests", action="store_true", help="write a line for each call to the log")
    keys = serve.add_mutually_exclusive_group()
    keys.add_argument("--show-key", action="store_true", help="print the key that programs need, and end")
    keys.add_argument("--new-key", action="store_true", help="make another key in place of it, print it, and end")
    return serve
