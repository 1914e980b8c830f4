"""The launcher. Imports nothing heavy: `--version` and the engine's child must start at once."""

import sys

from desktopchat.core.own_program import spare_others


def main() -> int:
    """Run what the command line asks for and return the exit code."""
    spare_others()
    arguments = sys.argv[1:]
    if arguments[:1] == ["--engine-child"]:
        from desktopchat.engine import child

        return child.main(*arguments[1:])
    if arguments[:1] == ["--import-child"]:
        from desktopchat.exchange import child as import_child

        return import_child.main(*arguments[1:])
    if arguments[:1] == ["--formula-child"]:
        from desktopchat.drawing import child as formula_child

        return formula_child.main()
    if arguments[:1] == ["--quantize-child"]:
        from desktopchat.engine.llama import quantize

        return quantize.main()
    from desktopchat import cli

    return cli.main(arguments)


if __name__ == "__main__":
    sys.exit(main())
