"""models list, pull and push."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from studio.cli.clips import JsonOption
from studio.core.hub_name import HubName

models = typer.Typer(help="Model sets: those there are, and bringing them from a hub and to one.")
NameArgument = Annotated[
    str, typer.Argument(metavar="hf:OWNER/NAME[@REVISION]", help="A set on a hub.")
]


def set_facts(folder: Path) -> dict[str, Any]:
    """Say what a set is: name, commit on a hub or None, kinds, bytes, folder and problem."""
    from studio.engine.loading.hub import origin
    from studio.engine.loading.sets import inspect_set

    found, name = inspect_set(folder), origin(folder.resolve())
    files = [file for file in folder.iterdir() if file.is_file()]
    return {
        "name": found.name,
        "commit": None if name is None else name.revision,
        "kinds": sorted(found.kinds),
        "bytes": sum(file.stat().st_size for file in files),
        "path": str(folder),
        "problem": found.problem,
    }


@models.command("list")
def list_sets(json: JsonOption = False) -> None:
    """Say which sets are on this machine: those that ship, yours, and those of hubs."""
    from studio.cli.output import print_json
    from studio.engine.loading.sets import find_sets

    facts = [set_facts(one.path) for one in find_sets()]
    if json:
        print_json(facts)
        return
    for one in facts:
        _print(one)


@models.command("pull")
def pull_set(name: NameArgument, json: JsonOption = False) -> None:
    """Fetch a set of a hub, such as the one that HF_ENDPOINT names, into the cache of HF_HOME."""
    from studio.cli.output import print_json, progress_line
    from studio.engine.loading.hub_transfer import pull

    wanted = HubName.of(name)
    with progress_line() as progress:
        facts = set_facts(pull(wanted, progress))
    if json:
        print_json(facts)
    else:
        _print(facts)


@models.command("push")
def push_set(
    folder: Annotated[Path, typer.Argument(help="A model set, with a card: its README.md.")],
    name: NameArgument,
    public: Annotated[
        bool, typer.Option("--public", help="A new repository can be seen by everybody.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Put a set on a hub, with a token of HF_TOKEN that may write; refused without a card."""
    from studio.cli.output import print_json, progress_line
    from studio.engine.loading.hub_transfer import push

    wanted = HubName.of(name)
    with progress_line() as progress:
        made = push(folder, wanted, progress, public=public)
    if json:
        print_json({"name": str(made), "commit": made.revision})
    else:
        print(f"{folder} is {made}")


def _print(facts: dict[str, Any]) -> None:
    kinds, size = ", ".join(facts["kinds"]) or "no models", f"{facts['bytes'] / 2**20:.1f} MiB"
    print(f"{facts['name']}: {kinds} ({size}) in {facts['path']}")
    if facts["problem"]:
        print(f"  {facts['problem']}")
