"""What `desktopchat models` takes."""

import argparse
from pathlib import Path
from typing import Any

from desktopchat.cli import arguments

ORDERS = ("trending", "downloads", "likes", "updated", "created")


def add_models(commands: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    """Add `models` with all that it can do."""
    models = commands.add_parser(
        "models",
        parents=[shared],
        help="find and get models",
        description="Find models on the model hub; the network is used only for what you ask here.",
    )
    actions = models.add_subparsers(dest="action", title="actions", metavar="", required=True)
    _search(actions, shared)
    _info(actions, shared)
    _catalog(actions, shared)
    _token(actions, shared)
    _endpoint(actions, shared)
    _download(actions, shared)
    _downloads(actions, shared)
    _check(actions, shared)
    _verify(actions, shared)
    _fit(actions, shared)
    _quantize(actions, shared)
    _list(actions, shared)
    _show(actions, shared)
    _add(actions, shared)
    _remove(actions, shared)
    _duplicates(actions, shared)
    _move(actions, shared)


def _search(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    search = actions.add_parser("search", parents=[shared], help="look for models on the hub")
    search.add_argument("text", type=arguments.text, nargs="*", metavar="TEXT", help="a part of the name")
    search.add_argument("--author", type=arguments.text, default="", metavar="NAME", help="owner of the repository")
    search.add_argument("--task", type=arguments.text, default="", metavar="TASK", help="such as text-generation")
    search.add_argument("--language", type=arguments.text, default="", metavar="CODE", help="such as en or zh")
    search.add_argument("--licence", type=arguments.text, default="", metavar="NAME", help="such as apache-2.0 or mit")
    search.add_argument(
        "--size",
        type=arguments.parameters,
        default=(0, 0),
        metavar="MIN-MAX",
        help="number of parameters, such as 1B-8B, 30B- or 500M (at most)",
    )
    search.add_argument("--sort", choices=ORDERS, default="trending", help="what comes first")
    search.add_argument("--limit", type=arguments.number, default=20, metavar="N", help="print at most N models (20)")
    search.add_argument("--json", action="store_true", help="print a list of models")


def _info(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    info = actions.add_parser("info", parents=[shared], help="show files, licence and terms of a repository")
    info.add_argument("repo", type=arguments.text, metavar="REPO", help="owner/name, or its address")
    info.add_argument("--card", action="store_true", help="print what is said about the model too")
    info.add_argument("--json", action="store_true", help="print one JSON object")


def _catalog(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    catalog = actions.add_parser("catalog", parents=[shared], help="list models that we suggest, without the network")
    catalog.add_argument("--json", action="store_true", help="print a list of models")


def _token(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    token = actions.add_parser(
        "token",
        parents=[shared],
        help="the token of your account at the hub, for models with terms",
        description="The keyring of the system keeps the token; it is sent to the hub that it was given for, alone.",
    )
    token.add_argument("what", choices=("set", "forget", "status"), help="what to do")


def _endpoint(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    where = actions.add_parser(
        "endpoint",
        parents=[shared],
        help="which hub is asked, and its mirrors",
        description="The first one of the list is asked. HF_ENDPOINT in the environment goes before it.",
    )
    where.add_argument("what", choices=("list", "test", "use", "forget"), help="what to do")
    where.add_argument("address", nargs="?", type=arguments.hub, metavar="URL", help="of which hub")


def _download(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    download = actions.add_parser(
        "download",
        parents=[shared],
        help="fetch a model into the models folder",
        description="Fetch a model and verify it. Ctrl+C keeps what came; the same command goes on from there.",
    )
    download.add_argument("repo", type=arguments.text, metavar="REPO[@REVISION]", help="owner/name, or its address")
    download.add_argument(
        "what",
        nargs="?",
        type=arguments.text,
        default="",
        metavar="FILE|QUANT",
        help="a file, or a quantization such as Q4_K_M with all that belongs to it; without it, the usual one",
    )
    download.add_argument("--endpoint", type=arguments.hub, metavar="URL", help="another hub, or a mirror")
    download.add_argument("--json", action="store_true", help="print one JSON object at the end")


def _downloads(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    downloads = actions.add_parser(
        "downloads",
        parents=[shared],
        help="what is left of downloads that never ended, and what was set aside",
        description="List parts of files, and files that were not what the hub said; go on with one, or delete it.",
    )
    what = downloads.add_mutually_exclusive_group()
    what.add_argument("--resume", type=arguments.text, default="", metavar="NAME", help="go on with a part")
    what.add_argument("--delete", type=arguments.text, default="", metavar="NAME", help="delete one")
    what.add_argument("--json", action="store_true", help="print a list of files")


def _check(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    check = actions.add_parser(
        "check",
        parents=[shared],
        help="whether the hub has newer versions of the models that came from it",
        description="Ask the hub for the hash of each file. With --update the newer file is fetched and verified.",
    )
    check.add_argument("name", nargs="?", type=arguments.text, default="", metavar="NAME", help="a part of the name")
    check.add_argument("--update", action="store_true", help="fetch them; the old ones go into the trash")
    check.add_argument("--json", action="store_true", help="print a list of models")


def _verify(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    verify = actions.add_parser(
        "verify",
        parents=[shared],
        help="see whether models that were downloaded are still what they were",
        description="Compare the SHA-256 of each file with that of the hub, without the network.",
    )
    verify.add_argument("name", nargs="?", type=arguments.text, default="", metavar="NAME", help="a part of the name")
    verify.add_argument("--json", action="store_true", help="print a list of files")


def _fit(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    fit = actions.add_parser(
        "fit",
        parents=[shared],
        help="whether a model fits here, before it is downloaded or loaded",
        description="Read the header of a model, here or on the hub, and work out memory, context and speed.",
    )
    fit.add_argument(
        "what", type=arguments.text, metavar="REPO[:QUANT]|FILE|NAME", help="of the hub, or of this computer"
    )
    fit.add_argument("--context", type=arguments.tokens, default=0, metavar="N", help="context window in tokens")
    fit.add_argument("--kv-type", choices=("f16", "q8_0"), default="", help="type of the KV cache")
    fit.add_argument("--json", action="store_true", help="print a list")


def _list(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    listing = actions.add_parser("list", parents=[shared], help="list the models that are here")
    listing.add_argument("words", type=arguments.text, nargs="*", metavar="WORD", help="of the name, the facts or tags")
    listing.add_argument("--json", action="store_true", help="print a list of models")


def _show(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    show = actions.add_parser("show", parents=[shared], help="show all that the header of a model says")
    show.add_argument("name", type=arguments.text, metavar="NAME", help="a model, or its file")
    show.add_argument("--template", action="store_true", help="print its chat template alone")
    show.add_argument("--json", action="store_true", help="print one JSON object")


def _add(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    add = actions.add_parser(
        "add",
        parents=[shared],
        help="use models where they lie",
        description="Nothing is copied or changed. Without arguments, see which other programs have models here.",
    )
    add.add_argument("paths", type=arguments.text, nargs="*", metavar="PATH", help="a file or a folder")
    _from(add, "look into the usual folder of a program from now on")


def _remove(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    remove = actions.add_parser(
        "remove",
        parents=[shared],
        help="put a model into the trash, or no longer look into a folder",
        description="A folder or file that was added is forgotten, and nothing is deleted.",
    )
    remove.add_argument("names", type=arguments.text, nargs="*", metavar="NAME", help="a model, or what was added")
    _from(remove, "no longer look into the folder of a program")
    remove.add_argument("--others", action="store_true", help="also a file that is not in our own folder")
    remove.add_argument("--undo", action="store_true", help="bring back what was thrown away last")
    remove.add_argument("--empty-trash", action="store_true", help="delete for good, and get the room back")


def _from(parser: argparse.ArgumentParser, words: str) -> None:
    programs = ("huggingface", "lmstudio", "ollama", "gpt4all", "jan", "llamacpp")
    parser.add_argument("--from", dest="program", action="append", choices=programs, help=words)


def _duplicates(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    twice = actions.add_parser(
        "duplicates",
        parents=[shared],
        help="see which files are here more than once",
        description="Files of other programs are never replaced; one of ours can become a link to theirs.",
    )
    twice.add_argument("--link", action="store_true", help="put links in the place of ours, and get the room back")
    twice.add_argument("--undo", action="store_true", help="make the links files of their own again")
    twice.add_argument("--json", action="store_true", help="print a list of groups")


def _move(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    move = actions.add_parser(
        "move",
        parents=[shared],
        help="keep our own models in another folder",
        description="All is copied and compared before anything is deleted. What was interrupted goes on from there.",
    )
    move.add_argument("folder", type=Path, metavar="FOLDER", help="one that is new or empty")


def _quantize(actions: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    quantize = actions.add_parser(
        "quantize",
        parents=[shared],
        help="make a smaller model of one in 16 or 32 bits",
        description="Write a model in another type of numbers, beside our own models. Ctrl+C leaves nothing behind.",
    )
    quantize.add_argument("model", type=arguments.text, metavar="NAME|FILE", help="in F32, F16 or BF16")
    quantize.add_argument("type", type=arguments.text, metavar="TYPE", help="such as Q4_K_M, Q6_K or Q8_0")
    quantize.add_argument("--output", type=Path, metavar="FILE", help="write it there")
    quantize.add_argument(
        "--compare",
        type=Path,
        metavar="TEXT",
        help="a text file: compare speed and perplexity on it, before and after",
    )
    quantize.add_argument("--json", action="store_true", help="print one JSON object")
