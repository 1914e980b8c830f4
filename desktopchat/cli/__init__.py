"""The command line. Imports Qt for the window alone, and nothing before it knows what is wanted."""

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from desktopchat.cli.parser import build_parser
from desktopchat.console import say, show
from desktopchat.core.adapter import Adapter
from desktopchat.core.errors import UserError
from desktopchat.core.params import SamplingParams
from desktopchat.paths import Paths, private_umask


def main(arguments: Sequence[str]) -> int:
    """Run a command line without the program's name.

    Returns:
        0 good, 1 a failed operation (one line on stderr says which), 2 wrong usage, 130 ended by Ctrl+C.
    """
    parser = build_parser()
    # Not as defaults of the options: the parsers of the commands share these and would set them once more.
    shared = argparse.Namespace(
        data_dir=None, temp_profile=False, engine="process", debug=False, server="", rpc=[], safe_mode=False
    )
    options = parser.parse_args(arguments, shared)
    if options.command in ("ask", "batch"):
        try:
            options.sampling = _sampling(options)
        except UserError as error:
            parser.error(str(error))
    if options.command == "server" and options.action in ("key", "forget") and not options.address:
        parser.error(f"server {options.action} wants an address")
    if options.command == "backend" and options.action not in ("list", "test") and not options.what:
        parser.error(f"backend {options.action} wants to know which one")
    if options.command == "models" and getattr(options, "address", "") is None and options.what in ("use", "forget"):
        parser.error(f"models endpoint {options.what} wants an address")
    private_umask()
    try:
        if not options.temp_profile:
            return _run(options, Paths.resolve(options.data_dir))
        with tempfile.TemporaryDirectory(prefix="desktopchat-") as folder:
            return _run(options, Paths.resolve(Path(folder)))
    except UserError as error:
        say(f"desktopchat: {error}")
        if options.command in (None, "ask-window") and not _has_terminal() and has_display():
            show(str(error))
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


def _has_terminal() -> bool:
    """Return whether somebody sees what goes to standard error; a program of Windows without a terminal has none."""
    return sys.stderr is not None and sys.stderr.isatty()


def _run(options: argparse.Namespace, paths: Paths) -> int:
    if paths.portable:
        # Of what libraries write for themselves nothing is to stay on the machine.
        os.environ["XDG_CACHE_HOME"] = str(paths.data / "cache")
    # From here on the command is known, so that --version and wrong usage stay quick.
    if options.command == "ask-window":
        return _ask_window(options, paths)
    from desktopchat import unlock
    from desktopchat.session import Session

    session = Session(paths, **_of_session(options)).placed()
    if options.command == "doctor":
        from desktopchat import doctor

        return doctor.run(session, as_json=options.json)
    paths.create()
    if options.command == "update":
        from desktopchat import update_command

        return update_command.run(session, as_json=options.json)
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
    if options.command == "batch":
        from desktopchat import batch_command

        return batch_command.run(session, options)
    if options.command == "embed":
        from desktopchat import embed_command

        return embed_command.run(session, options.texts, options.model, options.json)
    if options.command == "serve":
        from desktopchat import serve_command

        if options.show_key or options.new_key:
            return serve_command.show_key(session, is_new=options.new_key)
        return serve_command.run(
            session,
            options.host,
            options.port,
            options.model,
            options.template,
            is_open=options.lan,
            logs_requests=options.log_requests,
        )
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
    if options.command == "models":
        from desktopchat import models_command

        return models_command.run(session, options)
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

    session = Session(paths, **_of_session(options)).placed()
    return int(gui.program().run(session, ask=True))


def _opens_the_store(options: argparse.Namespace) -> bool:
    """Return whether a command reads the conversations. Some only look up there which model was used last."""
    if options.command in ("ask", "batch", "bench", "embed", "serve"):
        asks_for_key = options.command == "serve" and (options.show_key or options.new_key)
        return options.model is None and not options.server and not asks_for_key
    if options.command in ("server", "backend", "models"):
        return False
    # The window asks by itself.
    return options.command is not None or not has_display()


def _sampling(options: argparse.Namespace) -> SamplingParams:
    given = {
        name: value
        for name in ("temperature", "max_tokens", "seed", "n")
        if (value := getattr(options, name, None)) is not None
    }
    return SamplingParams(stop=tuple(getattr(options, "stop", ())), **given).validated()


def _of_session(options: argparse.Namespace) -> dict[str, Any]:
    """Return what `Session` takes besides the paths."""
    return {
        "engine": options.engine,
        "debug": options.debug,
        "overrides": tuple(getattr(options, "overrides", ())),
        "server": options.server,
        "rpc": tuple(options.rpc),
        "safe": options.safe_mode,
    }


def _adapters(options: argparse.Namespace) -> tuple[Adapter, ...]:
    return (*getattr(options, "lora", ()), *getattr(options, "control_vector", ()))
