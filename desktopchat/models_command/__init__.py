"""`desktopchat models`: finds models, and does all else that is done with them, in the terminal."""

import argparse

from desktopchat.session import Session


def run(session: Session, options: argparse.Namespace) -> int:
    """Do what the command line says.

    Raises:
        UserError: It cannot be done.
    """
    from desktopchat.models_command import downloading, fitting, hub_account, local, quantizing, searching

    match options.action:
        case "search":
            return searching.search(session, searching.query_of(options), options.limit, as_json=options.json)
        case "info":
            return searching.info(session, options.repo, with_card=options.card, as_json=options.json)
        case "catalog":
            return searching.catalog(as_json=options.json)
        case "token":
            return hub_account.token(session, options.what)
        case "endpoint":
            return hub_account.endpoint(session, options.what, options.address or "")
        case "download":
            return downloading.download(session, options.repo, options.what, options.endpoint, as_json=options.json)
        case "downloads":
            return downloading.downloads(session, options.delete, options.resume, as_json=options.json)
        case "check":
            return downloading.check(session, options.name, do_update=options.update, as_json=options.json)
        case "verify":
            return downloading.verify(session, options.name, as_json=options.json)
        case "fit":
            return fitting.fit(session, options.what, options.context, options.kv_type, as_json=options.json)
        case "list":
            return local.list_models(session, options.words, as_json=options.json)
        case "show":
            return local.show(session, options.name, with_template=options.template, as_json=options.json)
        case "add":
            return local.add(session, options.paths, options.program or [])
        case "remove":
            return local.remove(session, options)
        case "duplicates":
            return local.duplicates(session, do_link=options.link, undo=options.undo, as_json=options.json)
        case "move":
            return local.move(session, options.folder)
        case "quantize":
            return quantizing.quantize(
                session, options.model, options.type, options.output, options.compare, as_json=options.json
            )
    raise AssertionError(options.action)
