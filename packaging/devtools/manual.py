"""The manual page, made of what the command line says of itself."""

import argparse
from collections.abc import Iterator

_SECTIONS = """.SH ENVIRONMENT
.TP
.B DESKTOPCHAT_DATA_DIR
The folder that keeps everything, as with \\-\\-data\\-dir.
.TP
.B LLAMA_CPP_LIB_PATH
A folder of llama.cpp's libraries that goes before every backend.
.TP
.B HF_ENDPOINT
Another model hub, or several with commas.
.SH FILES
.TP
.I ~/.local/share/desktopchat
Conversations, models and backends.
.TP
.I ~/.config/desktopchat/settings.toml
Settings; \\(lqSettings\\(rq in the window changes them.
.SH "EXIT STATUS"
0 when all went well, 1 when something failed, 2 for wrong usage, 130 after Ctrl+C.
"""


def manual(version: str, date: str) -> str:
    """Return the page as troff."""
    from desktopchat.cli.parser import build_parser

    parser = build_parser()
    commands = next(action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    helps = {choice.dest: choice.help or "" for choice in commands._choices_actions}
    lines = [
        f'.TH DESKTOPCHAT 1 "{date}" "desktopchat {version}" "User Commands"',
        ".SH NAME",
        "desktopchat \\- chat with language models that run on this computer",
        ".SH SYNOPSIS",
        ".B desktopchat",
        "[\\fIOPTIONS\\fR] [\\fICOMMAND\\fR ...]",
        ".SH DESCRIPTION",
        _plain(parser.description or ""),
        ".SH OPTIONS",
        *_options(parser),
        ".SH COMMANDS",
    ]
    shared = {option for action in parser._actions for option in action.option_strings}
    for name, command in commands.choices.items():
        lines += [f".SS {_plain(name)}", _plain(command.description or _sentence(helps.get(name, "")))]
        lines += _options(command, without=shared)
        if command.epilog:
            lines += [".PP", _plain(command.epilog)]
    return "\n".join(lines) + "\n" + _SECTIONS


def _options(parser: argparse.ArgumentParser, without: set[str] | None = None) -> Iterator[str]:
    for action in parser._actions:
        if action.help == argparse.SUPPRESS or set(action.option_strings) & (without or set()):
            continue
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                yield from (".TP", f".B {_plain(choice.dest)}", _plain(_sentence(choice.help or "")))
            continue
        value = str(action.metavar or (action.dest.upper() if action.option_strings else action.dest))
        if not action.option_strings and action.choices:
            value = "|".join(map(str, action.choices))
        names = ", ".join(f"\\fB{_plain(name)}\\fR" for name in action.option_strings)
        takes = f"\\fI{_plain(value)}\\fR" if action.nargs != 0 else ""
        yield from (".TP", " ".join(filter(None, (names, takes))), _plain(_sentence(action.help or "")))


def _sentence(text: str) -> str:
    text = text.replace("%%", "%")
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}" if text else ""


def _plain(text: str) -> str:
    """Return a text that troff takes as it is."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("“", "\\(lq").replace("”", "\\(rq").replace("…", "...")
    return f"\\&{text}" if text.startswith((".", "'")) else text
