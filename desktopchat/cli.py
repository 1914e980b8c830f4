"""The command line. Imports Qt for the window alone, and nothing before it knows what is wanted."""

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from desktopchat import __version__
from desktopchat.console import say
from desktopchat.core.adapter import Adapter, Kind
from desktopchat.core.address import ServerAddress, helper
from desktopchat.core.errors import UserError
from desktopchat.core.params import SamplingParams
from desktopchat.paths import Paths, private_umask

_SCALE = r"([-+.\d]+)"
_SCALE_AND_LAYERS = r"([-+.\d]+)(?::(\d{1,5})-(\d{1,5}))?"


def main(arguments: Sequence[str]) -> int:
    """Run a command line without the program's name.

    Returns:
        0 good, 1 a failed operation (one line on stderr says which), 2 wrong usage, 130 ended by Ctrl+C.
    """
    parser = _parser()
    # Not as defaults of the options: the parsers of the commands share these and would set them once more.
    shared = argparse.Namespace(data_dir=None, temp_profile=False, engine="process", debug=False, server="", rpc=[])
    options = parser.parse_args(arguments, shared)
    if options.command == "ask":
        try:
            options.sampling = _sampling(options)
        except UserError as error:
            parser.error(str(error))
    if options.command == "server" and options.action in ("key", "forget") and not options.address:
        parser.error(f"server {options.action} wants an address")
    if options.command == "backend" and options.action not in ("list", "test") and not options.what:
        parser.error(f"backend {options.action} wants to know which one")
    private_umask()
    try:
        if not options.temp_profile:
            return _run(options, Paths.resolve(options.data_dir))
        with tempfile.TemporaryDirectory(prefix="desktopchat-") as folder:
            return _run(options, Paths.resolve(Path(folder)))
    except UserError as error:
        say(f"desktopchat: {error}")
        return 1
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        # Python flushes the output once more at the end, and would complain once more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):  # else whoever read our output has gone
            say(f"desktopchat: The system refused: {error.strerror or error}. See whether a disk is full.")
        return 1


def has_display() -> bool:
    """Return whether a window can be shown. Qt would abort the process where it cannot."""
    if sys.platform in ("win32", "darwin") or os.environ.get("QT_QPA_PLATFORM"):
        return True
    if name := os.environ.get("WAYLAND_DISPLAY"):
        return (Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / name).exists()
    display = os.environ.get("DISPLAY", "")
    host, _, rest = display.partition(":")
    if display and not host:
        return Path(f"/tmp/.X11-unix/X{rest.partition('.')[0]}").exists()
    return bool(display)


def _run(options: argparse.Namespace, paths: Paths) -> int:
    # From here on the command is known, so that --version and wrong usage stay quick.
    if options.command == "ask-window":
        return _ask_window(options, paths)
    from desktopchat import unlock
    from desktopchat.session import Session

    session = Session(
        paths,
        options.engine,
        options.debug,
        overrides=_overrides(options),
        server=options.server,
        rpc=tuple(options.rpc),
    )
    if options.command == "doctor":
        from desktopchat import doctor

        return doctor.run(session, as_json=options.json)
    paths.create()
    if options.command == "vault":
        from desktopchat import vault_command

        return vault_command.run(session, options.action, options.copies)
    if _opens_the_store(options):
        session = replace(session, key=unlock.passphrase(paths))
    if options.command == "store":
        from desktopchat import store_command

        return store_command.run(session, options.action, options.backup)
    if options.command == "ask":
        from desktopchat import terminal

        return terminal.ask(
            session,
            options.prompt,
            options.model,
            options.system,
            options.sampling,
            options.json,
            options.template,
            _adapters(options),
            options.picture,
            options.projector,
        )
    if options.command == "embed":
        from desktopchat import embed_command

        return embed_command.run(session, options.texts, options.model, options.json)
    if options.command == "bench":
        from desktopchat import bench

        return bench.run(session, options.model, options.repetitions, options.json, _adapters(options))
    if options.command == "export":
        from desktopchat import transfer_command

        return transfer_command.export(
            session, options.conversation, options.format, options.whole_tree, options.output, everything=options.all
        )
    if options.command == "import":
        from desktopchat import transfer_command

        return transfer_command.import_files(session, options.files)
    if options.command == "backend":
        from desktopchat import backend_command

        return backend_command.run(session, options.action, options.what)
    if options.command == "server":
        from desktopchat import server_command

        return server_command.run(session, options.action, options.address)
    if options.command == "search":
        from desktopchat import search_command

        return search_command.run(session, " ".join(options.query), options.limit, options.json)
    if options.command == "chat" or not has_display():
        from desktopchat import terminal

        if options.command is None:
            say("There is no display to show the window on, so we chat here.")
        model, template = getattr(options, "model", None), getattr(options, "template", "")
        return terminal.chat(session, model, template, _adapters(options))
    from desktopchat import gui

    return int(gui.program().run(session))


def _ask_window(options: argparse.Namespace, paths: Paths) -> int:
    # A key of the desktop is bound to this: a program that runs is told before anything large is imported.
    from desktopchat import instance

    if not has_display():
        raise UserError("There is no display to show the window on.", "Ask in the terminal: desktopchat ask.")
    paths.create()
    if instance.tell_if_running(paths.data, instance.Call.ASK):
        return 0
    from desktopchat import gui
    from desktopchat.session import Session

    session = Session(
        paths,
        options.engine,
        options.debug,
        overrides=_overrides(options),
        server=options.server,
        rpc=tuple(options.rpc),
    )
    return int(gui.program().run(session, ask=True))


def _opens_the_store(options: argparse.Namespace) -> bool:
    """Return whether a command reads the conversations. Some only look up there which model was used last."""
    if options.command in ("ask", "bench", "embed"):
        return options.model is None and not options.server
    if options.command in ("server", "backend"):
        return False
    # The window asks by itself.
    return options.command is not None or not has_display()


def _sampling(options: argparse.Namespace) -> SamplingParams:
    given = {
        name: getattr(options, name)
        for name in ("temperature", "max_tokens", "seed", "n")
        if getattr(options, name) is not None
    }
    return SamplingParams(stop=tuple(options.stop), **given).validated()


def _parser() -> argparse.ArgumentParser:
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
        type=_engine,
        default=argparse.SUPPRESS,
        metavar="ENGINE",
        help="process (default), inprocess, or scripted[:WORDS_PER_SECOND], which needs no model",
    )
    shared.add_argument(
        "--set",
        dest="overrides",
        type=_override,
        action="append",
        default=argparse.SUPPRESS,
        metavar="NAME=VALUE",
        help="use another setting this time, such as model.n_gpu_layers=20 or model.kv_type=q8_0; may be repeated",
    )
    shared.add_argument(
        "--server",
        type=_server,
        default=argparse.SUPPRESS,
        metavar="URL",
        help="use a model of an OpenAI-compatible server; #NAME behind the address names it",
    )
    shared.add_argument(
        "--rpc",
        type=_helper,
        action="append",
        default=argparse.SUPPRESS,
        metavar="HOST:PORT",
        help="share the model with an RPC server of llama.cpp in a network of your own; may be repeated",
    )
    shared.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="log to the terminal too")

    parser = argparse.ArgumentParser(
        prog="desktopchat",
        description="Chat with a GGUF model on this computer. Without a command the window opens.",
        parents=[shared],
    )
    parser.add_argument("--version", action="version", version=f"desktopchat {__version__}")
    commands = parser.add_subparsers(dest="command", title="commands", metavar="")

    ask = commands.add_parser("ask", parents=[shared], help="answer one prompt on standard output")
    ask.add_argument("prompt", type=_text, metavar="PROMPT", help="the prompt, or - to read it from standard input")
    ask.add_argument("--model", metavar="FILE|NAME", help="a GGUF file, or the name of one in the models folder")
    ask.add_argument("--system", type=_text, default="", metavar="S", help="system prompt")
    ask.add_argument("--max-tokens", type=int, metavar="N", help="longest answer in tokens; 0: as long as it fits")
    ask.add_argument("--temperature", type=float, metavar="T", help="0 is repeatable, higher is more varied")
    ask.add_argument("--seed", type=int, metavar="N", help="the same seed gives the same answer")
    ask.add_argument(
        "--stop", type=_text, action="append", default=[], metavar="S", help="end the answer here; may be repeated"
    )
    ask.add_argument("--n", type=int, metavar="N", help="number of answers")
    ask.add_argument(
        "--picture", type=Path, action="append", default=[], metavar="FILE", help="show it a picture; may be repeated"
    )
    ask.add_argument(
        "--projector", type=_text, default="", metavar="FILE|none", help="see through this mmproj file, or not at all"
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
    for one in (ask, chat):
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
    search.add_argument("query", type=_text, nargs="+", metavar="QUERY", help="what to look for")
    search.add_argument("--limit", type=_number, default=20, metavar="N", help="print at most N hits (20)")
    search.add_argument("--json", action="store_true", help="print a list of hits")

    embed = commands.add_parser("embed", parents=[shared], help="turn texts into vectors, one a line")
    embed.add_argument("texts", type=_text, nargs="+", metavar="TEXT", help="a text, or - for the lines of the input")
    embed.add_argument("--model", metavar="FILE|NAME", help="a GGUF file, or the name of one in the models folder")
    embed.add_argument("--json", action="store_true", help="print one JSON object with texts and token counts")

    bench = commands.add_parser("bench", parents=[shared], help="measure how fast a model is on this machine")
    bench.add_argument("--model", metavar="FILE|NAME", help="a GGUF file, or the name of one in the models folder")
    bench.add_argument("--repetitions", type=_number, default=5, metavar="N", help="take medians of N runs (5)")
    bench.add_argument("--json", action="store_true", help="print one JSON object")

    for one in (ask, chat, bench):
        one.add_argument(
            "--lora",
            type=_lora,
            action="append",
            default=[],
            metavar="FILE[=SCALE]",
            help="apply a LoRA adapter; may be repeated",
        )
        one.add_argument(
            "--control-vector",
            type=_control_vector,
            action="append",
            default=[],
            metavar="FILE[=SCALE[:FIRST-LAST]]",
            help="add a control vector, behind the layers from FIRST to LAST; may be repeated",
        )

    store = commands.add_parser("store", parents=[shared], help="check, back up or restore the conversations")
    store.add_argument("action", choices=("check", "backup", "restore", "list"), help="what to do")
    store.add_argument("backup", nargs="?", type=_text, metavar="BACKUP", help="what to restore; without it, a list")

    vault = commands.add_parser("vault", parents=[shared], help="lock the conversations with a passphrase")
    vault.add_argument("action", choices=("on", "off", "change", "status", "remember", "forget"), help="what to do")
    vault.add_argument(
        "--backups", dest="copies", choices=("encrypt", "remove", "keep"), help="with on: what becomes of backups"
    )

    server = commands.add_parser("server", parents=[shared], help="keys of servers, and every connection that was made")
    server.add_argument("action", choices=("list", "key", "forget", "log"), help="what to do")
    server.add_argument("address", nargs="?", type=_server, metavar="URL", help="with key and forget: which server")

    backend = commands.add_parser(
        "backend",
        parents=[shared],
        help="which builds of llama.cpp there are, and which one is taken",
        description="Show, choose, try, add, roll back and remove backends: llama.cpp built for other hardware.",
    )
    backend.add_argument("action", choices=("list", "use", "test", "add", "rollback", "remove"), help="what to do")
    backend.add_argument(
        "what", nargs="?", type=_text, default="", metavar="NAME|FILE", help="a name or auto; with add a pack or folder"
    )

    export = commands.add_parser("export", parents=[shared], help="write conversations in a format of your choice")
    which = export.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "conversation", nargs="?", type=_text, metavar="CONVERSATION", help="its title, a part of it, or its number"
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

    doctor = commands.add_parser("doctor", parents=[shared], help="show versions, paths, devices and what is wrong")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


def _number(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 1000:
        return int(text)
    raise argparse.ArgumentTypeError(f"“{text}” is not a number from 1 to 1000")


def _override(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if name and equals:
        return name, value
    raise argparse.ArgumentTypeError(f"“{text}” is not like model.n_ctx=4096")


def _overrides(options: argparse.Namespace) -> tuple[tuple[str, str], ...]:
    return tuple(getattr(options, "overrides", ()))


def _lora(text: str) -> Adapter:
    return _adapter(text, "lora", _SCALE)


def _control_vector(text: str) -> Adapter:
    return _adapter(text, "control_vector", _SCALE_AND_LAYERS)


def _adapter(text: str, kind: Kind, pattern: str) -> Adapter:
    path, equals, rest = _text(text).rpartition("=")
    found = re.fullmatch(pattern, rest, re.ASCII) if equals else None
    if found is None and equals and not rest.lower().endswith(".gguf"):
        raise argparse.ArgumentTypeError(f"“{rest}” is no scale like 0.8")
    scale, first, last = (*found.groups("0"), "0", "0")[:3] if found else ("1", "0", "0")
    try:
        # abspath() and not resolve(), which would show the target of a link.
        place = os.path.abspath(path if found else _text(text))  # noqa: PTH100
        return Adapter(place, kind, float(scale), int(first), int(last))
    except (UserError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _adapters(options: argparse.Namespace) -> tuple[Adapter, ...]:
    return (*getattr(options, "lora", ()), *getattr(options, "control_vector", ()))


def _text(argument: str) -> str:
    """Return an argument as proper text: bytes that are no UTF-8 arrive as lone surrogates, which nobody else takes."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _server(text: str) -> str:
    try:
        return str(ServerAddress.parse(_text(text)))
    except UserError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _helper(text: str) -> str:
    try:
        return helper(_text(text)).label
    except UserError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _engine(text: str) -> str:
    name, _, rate = text.partition(":")
    if text in ("process", "inprocess", "scripted"):
        return text
    try:
        if name == "scripted" and 0 <= float(rate) < float("inf"):
            return text
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"“{text}” is neither process, inprocess nor scripted[:WORDS_PER_SECOND]")
