#!/usr/bin/env python3
"""Draw a terminal screen as SVG.

    tmux capture-pane -p -e | scripts/ansi2svg.py COLUMNS > screen.svg

Understands the SGR sequences that tmux writes: colours (16, 256, true), bold,
faint, italic, underline, reverse.
"""
import html
import re
import sys
import unicodedata

FONT, CELL, LINE = 14, 8.43, 18
BACK, FORE = "#1c1c1c", "#d8d8d8"
BASE = ["#1d1f21", "#cc6666", "#8abe6e", "#e5c07b", "#6c99d4", "#b48ead", "#70b8b8", "#c5c8c6",
        "#666b70", "#e07b7b", "#a6d189", "#f0d399", "#8ab4f0", "#cba6d8", "#8fd4d4", "#ffffff"]


def indexed(n):
    if n < 16:
        return BASE[n]
    if n < 232:
        n -= 16
        level = lambda v: 0 if v == 0 else 55 + 40 * v
        return "#%02x%02x%02x" % (level(n // 36), level(n // 6 % 6), level(n % 6))
    return "#%02x%02x%02x" % ((8 + 10 * (n - 232),) * 3)


def colour(codes, i):
    """The colour that begins at codes[i], and the place after it."""
    if codes[i] == 5:
        return indexed(codes[i + 1]), i + 2
    return "#%02x%02x%02x" % tuple(codes[i + 1:i + 4]), i + 4


def apply(state, codes):
    i = 0
    while i < len(codes):
        c = codes[i]
        i += 1
        if c == 0:
            state.clear()
        elif c in (1, 2, 3, 4, 7):
            state[c] = True
        elif c == 22:
            state.pop(1, None), state.pop(2, None)
        elif c in (23, 24, 27):
            state.pop(c - 20, None)
        elif c in (38, 48):
            state["fg" if c == 38 else "bg"], i = colour(codes, i)
        elif c in (39, 49):
            state.pop("fg" if c == 39 else "bg", None)
        elif 30 <= c <= 37 or 90 <= c <= 97:
            state["fg"] = BASE[c - 30 if c < 90 else c - 82]
        elif 40 <= c <= 47 or 100 <= c <= 107:
            state["bg"] = BASE[c - 40 if c < 100 else c - 92]
        elif c == 58:  # colour of the underline: not drawn apart
            _, i = colour(codes, i)


def cells(text):
    width = 0
    for ch in text:
        if unicodedata.combining(ch):
            continue
        width += 2 if unicodedata.east_asian_width(ch) in "WF" else 1
    return width


def draw(run, state, x, y):
    fg, bg = state.get("fg", FORE), state.get("bg")
    if state.get(7):
        fg, bg = bg or BACK, fg
    out, w = "", cells(run) * CELL
    if bg:
        out += f'<rect x="{x:.1f}" y="{y:.1f}" width="{w:.1f}" height="{LINE}" fill="{bg}"/>'
    style = "".join([' font-weight="bold"' if state.get(1) else "", ' font-style="italic"' if state.get(3) else "",
                     ' text-decoration="underline"' if state.get(4) else "", ' opacity="0.65"' if state.get(2) else ""])
    if run.strip():
        out += (f'<text x="{x:.1f}" y="{y + 13.5:.1f}" fill="{fg}"{style} textLength="{w:.1f}" '
                f'lengthAdjust="spacingAndGlyphs" xml:space="preserve">{html.escape(run)}</text>')
    return out, w


def main(columns):
    lines = sys.stdin.read().rstrip("\n").split("\n")
    body, state = [], {}
    for row, line in enumerate(lines):
        x = 12.0
        for part in re.split(r"(\x1b\[[0-9;:]*m)", line):
            code = re.fullmatch(r"\x1b\[([0-9;:]*)m", part)
            if code:
                fields = re.sub(r"4:[0-9]", "4", code[1]).replace(":", ";").split(";")
                apply(state, [int(n or 0) for n in fields])
            elif part:
                svg, w = draw(part, state, x, 12 + row * LINE)
                body.append(svg)
                x += w
    width, height = columns * CELL + 24, len(lines) * LINE + 24
    print(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
          f'font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="{FONT}">')
    print(f'<rect width="100%" height="100%" rx="8" fill="{BACK}"/>')
    print("\n".join(filter(None, body)))
    print("</svg>")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(int(sys.argv[1]))
