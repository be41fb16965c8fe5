#!/usr/bin/env python3
"""What we are made of: `supply.py check` for `make check`, `supply.py sbom` for `make sbom`.

`check` holds docs/dependencies.md against the root Cargo.toml, sees that no crate of ours allows unsafe
code, and looks for secrets in everything that is in version control. `sbom` writes every package that is
built into the programs as CycloneDX 1.5, to the file that is named.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

# Each with what it would open. Made-up values of tests have none of these shapes.
SECRETS = {
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "a token of Mercado Pago": r"(?:APP_USR|TEST)-\d{10,}-\d{6}-[0-9a-f]{32}-\d+",
    "a token of Meta": r"\bEAA[A-Za-z0-9]{80,}",
    "a key of AWS": r"\bAKIA[0-9A-Z]{16}\b",
    "a token of GitHub": r"\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})",
    "a token of Slack": r"\bxox[abprs]-[A-Za-z0-9-]{20,}",
    "a key of Google": r"\bAIza[0-9A-Za-z_-]{35}\b",
    "a password in an address": r"\b(?:postgres|postgresql|redis|amqp)://[^\s:/@{}$<>]+:[^\s@{}$<>]{12,}@(?!127\.0\.0\.1|localhost)",
}


def undocumented(manifest: dict) -> list[str]:
    named = {
        name
        for name, version in manifest["workspace"]["dependencies"].items()
        if isinstance(version, str) or "path" not in version
    }
    page = (ROOT / "docs/dependencies.md").read_text()
    rows = re.findall(r"^\| `([^`]+)` \| (.+) \|$", page, re.MULTILINE)
    listed = {name for name, reason in rows if reason.strip()}
    complaints = [f"docs/dependencies.md does not say why there is {name}" for name in sorted(named - listed)]
    complaints += [f"docs/dependencies.md names {name}, which is not there" for name in sorted(listed - named)]
    return complaints


def unsafe(manifest: dict) -> list[str]:
    complaints = []
    if manifest["workspace"]["lints"]["rust"].get("unsafe_code") != "forbid":
        complaints.append("the root Cargo.toml does not forbid unsafe code")
    for member in manifest["workspace"]["members"]:
        crate = tomllib.loads((ROOT / member / "Cargo.toml").read_text())
        if not crate.get("lints", {}).get("workspace"):
            complaints.append(f"{member}/Cargo.toml does not take the lints of the workspace")
    return complaints


def secrets() -> list[str]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    complaints = []
    for name in filter(None, listed.decode().split("\0")):
        file = ROOT / name
        if not file.is_file():
            continue
        text = file.read_bytes().decode("utf-8", errors="replace")
        for kind, shape in SECRETS.items():
            for found in re.finditer(shape, text):
                line = text.count("\n", 0, found.start()) + 1
                complaints.append(f"{name}:{line}: {kind}")
    return complaints


def check() -> int:
    # What finds nothing in a text made of secrets would find nothing anywhere.
    bait = "-----BEGIN " + "PRIVATE KEY-----"
    assert re.search(SECRETS["a private key"], bait)
    manifest = tomllib.loads((ROOT / "Cargo.toml").read_text())
    complaints = undocumented(manifest) + unsafe(manifest) + secrets()
    for complaint in complaints:
        print(f"supply: {complaint}", file=sys.stderr)
    return 1 if complaints else 0


def sbom(target: str) -> int:
    asked = ["cargo", "metadata", "--locked", "--format-version", "1"]
    metadata = json.loads(subprocess.run(asked, cwd=ROOT, check=True, capture_output=True).stdout)
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    checksums = {(it["name"], it["version"]): it.get("checksum") for it in lock["package"]}
    nodes = {node["id"]: node for node in metadata["resolve"]["nodes"]}
    packages = {package["id"]: package for package in metadata["packages"]}

    def purl(package: dict) -> str:
        return f"pkg:cargo/{package['name']}@{package['version']}"

    # What only tests need is not in the programs.
    built, waiting = set(), list(metadata["workspace_members"])
    while waiting:
        one = waiting.pop()
        if one in built:
            continue
        built.add(one)
        for dep in nodes[one]["deps"]:
            if any(kind["kind"] != "dev" for kind in dep["dep_kinds"]):
                waiting.append(dep["pkg"])
    components, dependencies = [], []
    for one in sorted(built, key=lambda it: (packages[it]["name"], packages[it]["version"])):
        package = packages[one]
        component = {
            "type": "library",
            "bom-ref": purl(package),
            "name": package["name"],
            "version": package["version"],
            "purl": purl(package),
        }
        if package.get("license"):
            component["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        if checksum := checksums.get((package["name"], package["version"])):
            component["hashes"] = [{"alg": "SHA-256", "content": checksum}]
        components.append(component)
        needs = sorted({purl(packages[dep["pkg"]]) for dep in nodes[one]["deps"] if dep["pkg"] in built})
        dependencies.append({"ref": purl(package), "dependsOn": needs})
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "posada", "name": "posada"}},
        "components": components,
        "dependencies": dependencies,
    }
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    Path(target).write_text(json.dumps(document, indent=1) + "\n")
    print(f"supply: {len(components)} packages are in {target}")
    return 0


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["check"]:
            sys.exit(check())
        case ["sbom", target]:
            sys.exit(sbom(target))
        case _:
            sys.exit(__doc__)
