"""Builds the two generated assets: the icon sprite and the font.

    python Scripts/assets.py

Icons come from the PyPI package `lucide`, by the names in `Scripts/icons.txt`; brand glyphs
are drawn here, because the set has none. The font is the Debian package
`fonts-inter-variable`, cut down with `fonttools` to Latin, currency, arrows and key symbols.
Without an input the sprite falls back to a plain ring and the font is left out: the system
font stands in, and the product works.
"""

import importlib.util
import pathlib
import re
import subprocess
import sys
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "Sources" / "Views" / "Assets" / "generated"
FONT = pathlib.Path("/usr/share/fonts/truetype/inter-vf/Inter-roman.var.ttf")

# Latin with its extensions, punctuation, currency, arrows, mathematics, key symbols.
UNICODES = (
    "U+0020-007E,U+00A0-017F,U+0192,U+0218-021B,U+02C6,U+02DA,U+02DC,U+2010-2027,U+2030-203A,"
    "U+20A0-20BF,U+2122,U+2190-2199,U+21B5,U+21E7,U+2202,U+2212,U+221E,U+2248,U+2260-2265,"
    "U+2303,U+2318,U+2325,U+25B2,U+25BC,U+2713"
)
FEATURES = "kern,liga,calt,ccmp,locl,mark,mkmk,tnum,cv11,ss03,zero,case,frac"

OWN = {
    "facebook": '<path d="M17 3h-2.5A4.5 4.5 0 0 0 10 7.5V11H7v4h3v7h4v-7h3l1-4h-4V7.8'
    'c0-.5.3-.8.8-.8H17z"/>',
    "whatsapp": '<path d="M3.5 20.5 5 16.2a8.5 8.5 0 1 1 3 2.9z"/><path d="M9 8.3c-.3 3 3.3'
    ' 6.8 6.5 6.8l1-1.9-2.3-1-1 1c-1.2-.5-2.1-1.5-2.6-2.7l1-1-.9-2.2z"/>',
}
RING = '<circle cx="12" cy="12" r="7"/>'


def lucide() -> dict[str, str]:
    """Every drawing of the icon set by name, or nothing when it is not installed."""
    spec = importlib.util.find_spec("lucide")
    if spec is None or not spec.submodule_search_locations:
        return {}
    archive = pathlib.Path(spec.submodule_search_locations[0]) / "lucide.zip"
    if not archive.is_file():
        return {}
    drawings = {}
    with zipfile.ZipFile(archive) as files:
        for name in files.namelist():
            body = re.search(r"<svg[^>]*>(.*)</svg>", files.read(name).decode(), re.S)
            if body:
                drawings[pathlib.PurePath(name).stem] = re.sub(r"\s+", " ", body[1]).strip()
    return drawings


def sprite() -> str:
    names = (ROOT / "Scripts" / "icons.txt").read_text().split()
    drawings = lucide()
    if not drawings:
        print("icons: the package lucide is not installed; every icon is a plain ring")
    missing = [name for name in names if drawings and name not in drawings]
    if missing:
        sys.exit(f"icons: no such drawing: {', '.join(missing)}")
    known = {name: drawings.get(name, RING) for name in names} | OWN
    symbols = "\n".join(
        f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>'
        for name, body in sorted(known.items())
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def font(target: pathlib.Path) -> None:
    target.unlink(missing_ok=True)
    tools = [importlib.util.find_spec(name) for name in ("fontTools", "brotli")]
    if not FONT.is_file() or None in tools:
        print("font: fonts-inter-variable, fonttools or brotli is missing; the system font is used")
        return
    command = [
        sys.executable, "-m", "fontTools.subset", str(FONT), f"--unicodes={UNICODES}",
        f"--layout-features={FEATURES}", "--flavor=woff2", f"--output-file={target}",
    ]
    subprocess.run(command, check=True)


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "icons.svg").write_text(sprite())
    font(OUT / "inter.woff2")
    for path in sorted(OUT.iterdir()):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
