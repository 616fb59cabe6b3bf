"""The five variants of one picture as the Python original makes them, measured: JSON on stdout, as scripts/trials/bench/worker.ts has it."""

import io
import json
import resource
import sys
import time

from PIL import Image

MAX_SIDE_PX = 4096
VARIANTS = {
    "compressed": ("JPEG", 85),
    "low": ("JPEG", 60),
    "webp": ("WEBP", 85),
    "png": ("PNG", None),
}


def encoded(image, kind, quality, optimize):
    out = io.BytesIO()
    options = {} if quality is None else {"quality": quality}
    image.save(out, format=kind, optimize=optimize, **options)
    return out.getvalue()


def variants(source, optimize_png):
    image = Image.open(io.BytesIO(source))
    if image.mode in ("RGBA", "LA", "P"):
        rgba = image.convert("RGBA")
        image = Image.new("RGB", rgba.size, (255, 255, 255))
        image.paste(rgba, mask=rgba.getchannel("A"))
    elif image.mode != "RGB":
        image = image.convert("RGB")
    if max(image.size) > MAX_SIDE_PX:
        scale = MAX_SIDE_PX / max(image.size)
        image = image.resize([round(side * scale) for side in image.size], Image.Resampling.LANCZOS)
    made = {
        name: encoded(image, kind, quality, optimize_png or kind != "PNG")
        for name, (kind, quality) in VARIANTS.items()
    }
    thumbnail = image.copy()
    thumbnail.thumbnail((300, 300), Image.Resampling.LANCZOS)
    made["thumbnail"] = encoded(thumbnail, "JPEG", 80, True)
    return made


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_bytes():
    """ru_maxrss also counts the parent's memory at the moment of the fork, so the kernel's own mark is preferred."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))
    except OSError:
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main(file, optimize_png, out_dir):
    with open(file, "rb") as opened:
        source = opened.read()
    cpu, wall = cpu_seconds(), time.perf_counter()
    made = variants(source, optimize_png)
    cpu, wall = cpu_seconds() - cpu, time.perf_counter() - wall
    for name, data in made.items() if out_dir else ():
        with open(f"{out_dir}/{name}", "wb") as opened:
            opened.write(data)
    print(
        json.dumps(
            {
                "cpuMs": cpu * 1000,
                "wallMs": wall * 1000,
                "peakBytes": peak_bytes(),
                "bytes": {name: len(data) for name, data in made.items()},
            }
        )
    )


main(sys.argv[1], sys.argv[2] == "optimize", sys.argv[3] if len(sys.argv) > 3 else "")
