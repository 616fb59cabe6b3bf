"""Prints what Pillow, ImageMagick and plain arithmetic make of a folder of BMP files, as JSON: run by `npm run bmp`."""
import hashlib
import json
import pathlib
import struct
import subprocess
import sys

import PIL
from PIL import Image

PALETTE_OF_3 = "ImageMagick takes a colour for 3 bytes, as after a header of 12; OS/2 2.0 has 4"
ALPHA_TAKEN = "ImageMagick takes the unused byte for alpha"
STRETCHED = "both shift the bits of a field and fill up roughly; arithmetic stretches them evenly to 0-255"

# Which reader is right where the two differ, or neither can read the file: add a row.
JUDGEMENTS = {
    "1-bit-os2-64": ("pillow", PALETTE_OF_3),
    "4-bit-os2-64": ("pillow", PALETTE_OF_3),
    "8-bit-os2-64": ("pillow", PALETTE_OF_3),
    "8-bit-rle-os2-64": ("pillow", PALETTE_OF_3),
    "1-bit-short-palette": ("pillow", "ImageMagick invents the colour that the palette lacks; it is black"),
    "32-bit-888-v2": ("pillow", ALPHA_TAKEN),
    "32-bit-unused-byte": ("pillow", ALPHA_TAKEN),
    "4-bit-rle": ("imagemagick", "Pillow loses the last pixel of an odd number of literals"),
    "4-bit-rle-jumps": ("imagemagick", "Pillow loses the last pixel of an odd number of literals, and its place after a jump"),
    "4-bit-rle-early-end": ("4-bit-lower-rows", "neither takes a picture that ends early; what is not drawn keeps the first colour"),
    "8-bit-rle-early-end": ("8-bit-lower-rows", "neither takes a picture that ends early; what is not drawn keeps the first colour"),
    "8-bit-oversized-palette": ("8-bit", "neither takes more than 256 colours; the picture uses none of the others"),
    "2-bit": ("4-bit-four-colours", "neither takes 2 bits; the same picture with 4"),
    "24-bit-os2-16": ("24-bit", "neither takes the short header of OS/2 2.0; the same picture with the header of Windows"),
    "32-bit-8888-alphabitfields": ("32-bit-8888-v4", "neither takes compression 6; the same picture with a header that has the masks"),
    "16-bit": ("arithmetic", STRETCHED),
    "16-bit-555": ("arithmetic", STRETCHED),
    "16-bit-565": ("arithmetic", STRETCHED),
    "16-bit-565-top-down": ("arithmetic", STRETCHED),
    "16-bit-565-v4": ("arithmetic", STRETCHED),
    "16-bit-444": ("arithmetic", STRETCHED),
    "16-bit-4444-v4": ("arithmetic", STRETCHED),
    "16-bit-1555-v5": ("arithmetic", "Pillow drops an alpha of 1 bit, and ImageMagick shows it as a half"),
}

Picture = tuple[int, int, bytes]


def pillow(file: pathlib.Path) -> Picture | str:
    try:
        with Image.open(file) as image:
            return image.width, image.height, image.convert("RGBA").tobytes()
    except (OSError, ValueError) as error:
        return str(error)


def imagemagick(file: pathlib.Path, convert: str) -> Picture | str:
    size = subprocess.run([convert, file.name, "-format", "%w %h", "info:"], capture_output=True, cwd=file.parent)
    made = subprocess.run([convert, file.name, "-depth", "8", "rgba:-"], capture_output=True, cwd=file.parent)
    if made.returncode != 0 or not made.stdout:
        return made.stderr.decode().splitlines()[0].removeprefix("convert: ").split(" @ ")[0]
    width, height = map(int, size.stdout.split())
    return width, height, made.stdout


def arithmetic(file: pathlib.Path) -> Picture | str:
    data = file.read_bytes()
    pixels_at, header_bytes, width, height, _, bits = struct.unpack_from("<IIiiHH", data, 10)
    if bits != 16:
        return "for 16 bits only"
    masks = list(struct.unpack_from("<4I", data, 54))
    if struct.unpack_from("<I", data, 30)[0] == 0:
        masks = [0x7C00, 0x3E0, 0x1F, 0]
    if header_bytes == 40:
        masks[3] = 0
    stride = (width * 2 + 3) // 4 * 4
    rows = [struct.unpack_from(f"<{width}H", data, pixels_at + y * stride) for y in range(abs(height))]
    out = bytearray()
    for row in rows if height < 0 else reversed(rows):
        for pixel in row:
            out += bytes(255 if mask == 0 else ((pixel & mask) * 510 + mask) // (2 * mask) for mask in masks)
    return width, abs(height), bytes(out)


def verdict(picture: Picture | str, expected: Picture) -> str:
    if isinstance(picture, str):
        return f"cannot read it: {picture}"
    if picture == expected:
        return "agrees"
    return f"differs by up to {max(abs(a - b) for a, b in zip(picture[2], expected[2]))}"


def expectation(name: str, seen: dict[str, dict[str, Picture | str]]) -> dict[str, object]:
    one, other = seen[name]["pillow"], seen[name]["imagemagick"]
    row: dict[str, object] = {}
    if name in JUDGEMENTS and one == other:
        sys.exit(f"Expected no row of JUDGEMENTS for {name} but got one: the programs agree")
    if name in JUDGEMENTS:
        by, because = JUDGEMENTS[name]
        source = seen[name].get(by) or next(p for p in seen[by].values() if not isinstance(p, str))
        row = {"by": by, "because": because}
    elif one == other or isinstance(other, str):
        source = one
    elif isinstance(one, str):
        source = other
    else:
        sys.exit(f"Expected a row of JUDGEMENTS for {name} but got none: the programs differ")
    if isinstance(source, str):
        sys.exit(f"Expected a program that reads {name} but got {source}")
    width, height, rgba = source
    places = [(0, 0), (width // 2, height // 2), (width - 1, height - 1)]
    probes = {f"{x},{y}": rgba[(y * width + x) * 4 :][:4].hex() for x, y in places}
    return {
        "widthPx": width,
        "heightPx": height,
        "rgbaSha256": hashlib.sha256(rgba).hexdigest(),
        "probes": probes,
        **row,
        "pillow": verdict(one, source),
        "imagemagick": verdict(other, source),
    }


def main(folder: str, convert: str) -> None:
    files = sorted(pathlib.Path(folder).glob("*.bmp"))
    seen = {
        file.stem: {"pillow": pillow(file), "imagemagick": imagemagick(file, convert), "arithmetic": arithmetic(file)}
        for file in files
    }
    version = subprocess.run([convert, "-version"], capture_output=True, text=True).stdout.split()[1:3]
    made_with = {"pillow": PIL.__version__, "imagemagick": version[1]}
    files_seen = {name: expectation(name, seen) for name in seen}
    print(json.dumps({"madeWith": made_with, "files": files_seen}, indent=2))


main(sys.argv[1], sys.argv[2])
