"""The list of all parts of a package, as CycloneDX says it."""

import json
import platform
import time
import uuid
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

_NATIVE_LICENCES = {"llama.cpp": "MIT", "Qt": "LGPL-3.0-only", "CPython": "Python-2.0.1"}


def sbom(version: str, packages: Iterable[str], llama_commit: str, locks: Path, epoch: int) -> dict[str, Any]:
    """Return it.

    Args:
        packages: Names of the Python packages.
        locks: Folder of the lock files, whose hashes are named.
    """
    hashes = _hashes(locks)
    components = [_package(name, hashes) for name in sorted(packages, key=str.lower)]
    qt = metadata.version("PySide6-Essentials")
    native = {"llama.cpp": llama_commit, "Qt": qt, "CPython": platform.python_version()}
    for name, number in native.items():
        components.append(
            {
                "type": "library",
                "bom-ref": f"native:{name}@{number}",
                "name": name,
                "version": number,
                "licenses": [{"license": {"id": _NATIVE_LICENCES[name]}}],
            }
        )
    own = {"type": "application", "bom-ref": "desktopchat", "name": "desktopchat", "version": version}
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        # Of the same parts it is the same list.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(components, sort_keys=True))}",
        "version": 1,
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch)),
            "component": {**own, "licenses": [{"license": {"id": "Apache-2.0"}}]},
        },
        "components": components,
        "dependencies": [{"ref": "desktopchat", "dependsOn": [one["bom-ref"] for one in components]}],
    }


def _package(name: str, hashes: dict[str, list[str]]) -> dict[str, Any]:
    found = metadata.metadata(name)
    version = found["Version"]
    reference = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": reference,
        "name": name,
        "version": version,
        "purl": reference,
    }
    if expression := found.get("License-Expression"):
        component["licenses"] = [{"expression": expression}]
    elif (told := (found.get("License") or "").partition("\n")[0].strip()) and len(told) < 80:
        component["licenses"] = [{"license": {"name": told}}]
    locked = hashes.get(f"{name.lower().replace('_', '-')}=={version}", [])
    if locked:
        # One of these files it was made of; which one depends on the system.
        component["properties"] = [{"name": "desktopchat:locked:sha256", "value": one} for one in locked]
    return component


def _hashes(locks: Path) -> dict[str, list[str]]:
    from devtools.locks import blocks

    found = {}
    for name in ("run", "engine"):
        for block in blocks((locks / f"{name}.txt").read_text("utf-8")):
            first, *rest = block.split()
            found[first] = [part.rpartition(":")[2] for part in rest if part.startswith("--hash=sha256:")]
    return found
