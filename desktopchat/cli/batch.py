"""What `desktopchat batch` takes."""

import argparse
from pathlib import Path
from typing import Any

from desktopchat.cli import arguments


def add_batch(commands: "argparse._SubParsersAction[Any]", shared: argparse.ArgumentParser) -> None:
    """Add `batch`."""
    batch = commands.add_parser(
        "batch",
        parents=[shared],
        help="ask once for each row of a CSV or JSONL file",
        description="Write the rows of a CSV or JSONL file with an answer to each.",
        epilog="What was stopped or killed goes on with the same command, each row once. {column} in the prompt is the "
        "value of that column; {column=something} stands in for an empty one. OUTPUT.batch keeps how it was asked.",
    )
    batch.add_argument("input", type=arguments.text, metavar="INPUT", help="a file, or - for standard input")
    batch.add_argument(
        "output", type=arguments.own_file, metavar="OUTPUT", help="a .csv or .jsonl file to write, or to go on with"
    )
    prompt = batch.add_mutually_exclusive_group()
    prompt.add_argument("--prompt", type=arguments.text, metavar="TEMPLATE", help="the prompt, with {column}s in it")
    prompt.add_argument("--prompt-file", type=Path, metavar="FILE", help="read it from a file")
    batch.add_argument("--system", type=arguments.text, default="", metavar="S", help="system prompt")
    batch.add_argument("--schema", type=Path, metavar="FILE", help="a JSON schema that every answer follows")
    batch.add_argument("--model", metavar="FILE|NAME", help="a GGUF file, or the name of one in the models folder")
    batch.add_argument("--max-tokens", type=int, metavar="N", help="longest answer in tokens; 0: as long as it fits")
    batch.add_argument("--temperature", type=float, metavar="T", help="0 is the likeliest, higher is more varied")
    batch.add_argument(
        "--seed",
        type=int,
        metavar="N",
        help="the same answers again; rows are answered one by one then, else several at once",
    )
