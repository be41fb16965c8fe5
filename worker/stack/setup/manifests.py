#!/usr/bin/env python3
"""Holds the manifests of worker/docker/kubernetes against Kubernetes' own schemas.

Strictly: a field that Kubernetes does not know is refused, not passed over. The schemas come with the package
kubernetes-validate; `setup.sh check` brings it.
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve()
CHECKOUT = HERE.parents[3]
WHEELS = CHECKOUT / ".posada" / "check"
MANIFESTS = CHECKOUT / "worker" / "docker" / "kubernetes"
SCHEMAS = WHEELS / "kubernetes_validate" / "kubernetes-json-schema" / "v1.34.0-local-strict"

sys.path.insert(0, str(WHEELS))

import jsonschema_rs  # noqa: E402
import yaml  # noqa: E402


def beside(uri):
    """What a schema refers to lies beside it; nothing is fetched."""
    return json.loads((SCHEMAS / uri.rsplit("/", 1)[-1]).read_text())


def schema(document):
    group, _, version = document["apiVersion"].rpartition("/")
    parts = [document["kind"]] + ([group.split(".")[0]] if group else []) + [version]
    return jsonschema_rs.validator_for(beside("-".join(parts).lower() + ".json"), retriever=beside)


def problems(path):
    for document in yaml.safe_load_all(path.read_text()):
        if document["apiVersion"].startswith("kustomize."):
            # Kustomize's own document: what it names must be there.
            for resource in document["resources"]:
                if not (MANIFESTS / resource).is_file():
                    yield f"{resource} is not there"
            continue
        for error in schema(document).iter_errors(document):
            place = ".".join(map(str, error.instance_path))
            yield f"{document['kind']} {place}: {error.message}"


def main():
    paths = sorted(MANIFESTS.glob("*.yaml"))
    found = [f"{path.name}: {problem}" for path in paths for problem in problems(path)]
    if not paths or found:
        sys.exit("\n".join(found or ["there are no manifests"]))
    print(f"{len(paths)} files of manifests are as Kubernetes wants them")


main()
