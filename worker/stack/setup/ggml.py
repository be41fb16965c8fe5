"""From Whisper's packaged weights to the file that whisper.cpp loads.

The packages hold the original float16 weights in the form of CTranslate2 (`model.bin`, perhaps in parts, and
`vocabulary.json` or `.txt`). Tensors are written in the order, the element types and the quantisation of the
files that the whisper.cpp project publishes, so that the result is the published file, byte for byte. Who calls
this compares its SHA-256: what was packaged wrongly cannot pass.

Needs numpy.
"""

import io
import json
import re
import struct
import zipfile

import numpy as np

MAGIC = 0x67676D6C
SAMPLE_RATE = 16_000
FFT_SIZE = 400
# Weights are quantised in blocks of so many.
BLOCK = 32

# The kind of file, as in its header, and of a tensor, as before each. A quantised file's header also names the
# version of the quantisation, in thousands: the published q5_1 files say 1 and the q8_0 files 2.
KINDS = {"f16": (1, 1), "q5_1": (1009, 7), "q8_0": (2007, 8)}
FLOAT32, FLOAT16 = 0, 1

# These stay float32 in every kind of file, as everything with one dimension does.
ALWAYS_FLOAT32 = {
    "encoder.conv1.bias",
    "encoder.conv2.bias",
    "encoder.positional_embedding",
    "decoder.positional_embedding",
}


class Unusable(Exception):
    """The packages do not hold what they should."""


def convert(wheels, kind, out):
    """Writes the model that the wheels hold to the open file `out`."""
    files = unpack(wheels)
    tensors = read_tensors(joined(files))
    write(out, tensors, read_vocabulary(files), kind)


# --- reading -----------------------------------------------------------------------------------


def unpack(wheels):
    """Base name to content of everything that may be of use."""
    files = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                base = name.rsplit("/", 1)[-1]
                if base.startswith(("model.bin", "vocabulary.")):
                    files.setdefault(base, archive.read(name))
    return files


def joined(files):
    if "model.bin" in files:
        return files["model.bin"]
    found = [re.fullmatch(r"model\.bin\.part(\d+)", name) for name in files]
    numbers = sorted(int(match.group(1)) for match in found if match)
    if not numbers or numbers != list(range(1, len(numbers) + 1)):
        raise Unusable(f"model.bin is not there, and of its parts only {numbers}")
    return b"".join(files[f"model.bin.part{number}"] for number in numbers)


def read_tensors(blob):
    """The tensors of a `model.bin` of version 4 to 6, by name."""
    source = io.BytesIO(blob)

    def take(size):
        taken = source.read(size)
        if len(taken) != size:
            raise Unusable("model.bin ends early: is a part missing?")
        return taken

    def numbers(form):
        return struct.unpack(form, take(struct.calcsize(form)))

    def text():
        (size,) = numbers("<H")
        return take(size).rstrip(b"\0").decode()

    (version,) = numbers("<I")
    if not 4 <= version <= 6 or text() != "WhisperSpec":
        raise Unusable("model.bin is not a Whisper model of a known version")
    numbers("<I")
    element_types = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}
    tensors = {}
    (count,) = numbers("<I")
    for _ in range(count):
        name = text()
        (rank,) = numbers("<B")
        shape = numbers(f"<{rank}I")
        element_type, size = numbers("<BI")
        if element_type not in element_types:
            raise Unusable(f"{name} has an unknown type of elements")
        tensors[name] = np.frombuffer(take(size), element_types[element_type]).reshape(shape)
    return tensors


def read_vocabulary(files):
    """The plain tokens in order. Whisper.cpp knows the special ones behind them by itself."""
    if "vocabulary.json" in files:
        words = json.loads(files["vocabulary.json"])
    elif "vocabulary.txt" in files:
        words = files["vocabulary.txt"].decode().split("\n")
    else:
        raise Unusable("there is no vocabulary")
    # Tokens are bytes, written with a printable character for each.
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    byte_of = {chr(byte): byte for byte in printable}
    byte_of |= {chr(256 + index): byte for index, byte in enumerate(others)}
    plain = words[: words.index("<|endoftext|>")]
    return [bytes(byte_of[character] for character in word) for word in plain]


# --- writing -----------------------------------------------------------------------------------


def write(out, tensors, vocabulary, kind):
    file_kind, tensor_kind = KINDS[kind]
    dimensions = dimensions_of(tensors)
    out.write(struct.pack("<12i", MAGIC, *dimensions, file_kind))
    bank = mel_filters(dimensions[-1])
    out.write(struct.pack("<2i", *bank.shape) + bank.astype("<f4").tobytes())
    out.write(struct.pack("<i", len(vocabulary)))
    for token in vocabulary:
        out.write(struct.pack("<i", len(token)) + token)
    for name, tensor in in_order(tensors):
        if tensor.dtype not in (np.float16, np.float32):
            raise Unusable(f"{name} is quantised already")
        if tensor.ndim < 2 or name in ALWAYS_FLOAT32:
            element_kind, data = FLOAT32, tensor.astype("<f4").tobytes()
        elif kind != "f16" and tensor.ndim == 2:
            element_kind, data = tensor_kind, quantised(tensor, kind)
        else:
            element_kind, data = FLOAT16, tensor.astype("<f2").tobytes()
        encoded = name.encode()
        out.write(struct.pack("<3i", tensor.ndim, len(encoded), element_kind))
        out.write(struct.pack(f"<{tensor.ndim}i", *reversed(tensor.shape)))
        out.write(encoded + data)


def dimensions_of(tensors):
    def layers(side):
        found = (re.match(rf"{side}/layer_(\d+)/", name) for name in tensors)
        return 1 + max(int(match.group(1)) for match in found if match)

    def shape(name):
        return tensors[name].shape

    return (
        shape("decoder/embeddings/weight")[0],
        shape("encoder/position_encodings/encodings")[0],
        shape("encoder/conv1/weight")[0],
        int(tensors["encoder/num_heads"]),
        layers("encoder"),
        shape("decoder/position_encodings/encodings")[0],
        shape("decoder/embeddings/weight")[1],
        int(tensors["decoder/num_heads"]),
        layers("decoder"),
        shape("encoder/conv1/weight")[1],
    )


def mel_filters(count):
    """Triangles on the mel scale, of equal area, `count` rows of float32."""
    step, knee = 200.0 / 3, 1000.0
    knee_mel, log_step = knee / step, np.log(6.4) / 27.0
    top = knee_mel + np.log(SAMPLE_RATE / 2 / knee) / log_step
    mels = np.linspace(0.0, top, count + 2)
    edges = step * mels
    above = mels >= knee_mel
    edges[above] = knee * np.exp(log_step * (mels[above] - knee_mel))
    bins = np.linspace(0, SAMPLE_RATE / 2, FFT_SIZE // 2 + 1)
    widths, ramps = np.diff(edges), np.subtract.outer(edges, bins)
    bank = np.zeros((count, bins.size), dtype=np.float32)
    for row in range(count):
        rising, falling = -ramps[row] / widths[row], ramps[row + 2] / widths[row + 1]
        bank[row] = np.maximum(0, np.minimum(rising, falling))
    bank *= (2.0 / (edges[2:] - edges[:-2]))[:, np.newaxis]
    # The published files hold no negative zero.
    return bank + np.float32(0)


def in_order(tensors):
    """Each tensor under whisper.cpp's name, in the order of the original checkpoint."""

    def part(target, weight, bias):
        yield f"{target}.weight", tensors[weight]
        yield f"{target}.bias", tensors[bias]

    def linear(target, source):
        return part(target, f"{source}/weight", f"{source}/bias")

    def norm(target, source):
        return part(target, f"{source}/gamma", f"{source}/beta")

    def attention(target, weights, biases, out):
        for name, weight, bias in zip(("query", "key", "value"), weights, biases):
            yield f"{target}.{name}.weight", weight
            # Whisper's keys have no bias, and the packages fill it with zeros.
            if name != "key":
                yield f"{target}.{name}.bias", bias
            elif np.any(bias):
                raise Unusable(f"{target} has a bias that Whisper does not have")
        yield from linear(f"{target}.out", out)

    def to_itself(target, source):
        weights = np.split(tensors[f"{source}/linear_0/weight"], 3)
        biases = np.split(tensors[f"{source}/linear_0/bias"], 3)
        return attention(target, weights, biases, f"{source}/linear_1")

    def to_sound(target, source):
        def both(of):
            query = tensors[f"{source}/linear_0/{of}"]
            return [query, *np.split(tensors[f"{source}/linear_1/{of}"], 2)]

        return attention(target, both("weight"), both("bias"), f"{source}/linear_2")

    def block(target, source, hears):
        yield from norm(f"{target}.mlp_ln", f"{source}/ffn/layer_norm")
        yield from linear(f"{target}.mlp.0", f"{source}/ffn/linear_0")
        yield from linear(f"{target}.mlp.2", f"{source}/ffn/linear_1")
        yield from norm(f"{target}.attn_ln", f"{source}/self_attention/layer_norm")
        yield from to_itself(f"{target}.attn", f"{source}/self_attention")
        if hears:
            yield from norm(f"{target}.cross_attn_ln", f"{source}/attention/layer_norm")
            yield from to_sound(f"{target}.cross_attn", f"{source}/attention")

    dimensions = dimensions_of(tensors)
    yield "decoder.positional_embedding", tensors["decoder/position_encodings/encodings"]
    yield "encoder.positional_embedding", tensors["encoder/position_encodings/encodings"]
    yield "decoder.token_embedding.weight", tensors["decoder/embeddings/weight"]
    for index in range(dimensions[8]):
        yield from block(f"decoder.blocks.{index}", f"decoder/layer_{index}", hears=True)
    yield from norm("decoder.ln", "decoder/layer_norm")
    for index in (1, 2):
        yield f"encoder.conv{index}.weight", tensors[f"encoder/conv{index}/weight"]
        yield f"encoder.conv{index}.bias", tensors[f"encoder/conv{index}/bias"].reshape(-1, 1)
    for index in range(dimensions[4]):
        yield from block(f"encoder.blocks.{index}", f"encoder/layer_{index}", hears=False)
    yield from norm("encoder.ln_post", "encoder/layer_norm")


def quantised(tensor, kind):
    """The rows in blocks, each with its own scale."""
    if tensor.shape[1] % BLOCK:
        raise Unusable("a row of weights is not a whole number of blocks")
    blocks = np.ascontiguousarray(tensor, dtype=np.float32).reshape(-1, BLOCK)
    if kind == "q8_0":
        scale = np.abs(blocks).max(axis=1) / np.float32(127)
        steps = (blocks * inverse(scale)[:, None]).astype(np.float64)
        codes = np.trunc(steps + np.copysign(0.5, steps)).astype(np.int8)
        parts = [halves(scale), codes.view(np.uint8)]
    else:
        low = blocks.min(axis=1)
        scale = (blocks.max(axis=1) - low) / np.float32(31)
        steps = (blocks - low[:, None]) * inverse(scale)[:, None]
        codes = (steps + np.float32(0.5)).astype(np.uint8)
        high = np.packbits(codes >> 4, axis=1, bitorder="little")
        nibbles = (codes[:, :16] & 0x0F) | ((codes[:, 16:] & 0x0F) << 4)
        parts = [halves(scale), halves(low), high, nibbles.astype(np.uint8)]
    return np.concatenate(parts, axis=1).tobytes()


def inverse(scale):
    result = np.zeros_like(scale)
    np.divide(np.float32(1), scale, out=result, where=scale != 0)
    return result


def halves(values):
    return values.astype("<f2").view(np.uint8).reshape(len(values), 2)
