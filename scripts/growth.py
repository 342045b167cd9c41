#!/usr/bin/env python3
"""Draws how knowledge bases behave as they grow: an SVG from what "gloss bench kb --json" prints."""

import json
import math
import sys
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 190, 40, 50
COLOURS = ["#0b6e99", "#c4512d", "#4d8c2b", "#7b4ea3", "#b8860b", "#444444"]
STEPS = {"exact": "nearest names (scan)", "n-gram": "n-grams", "type-ahead": "type-ahead", "mention": "mention, ranked"}


def series(kbs):
    """Lines of the plot: a name, and a value for each knowledge base; milliseconds, but for memory."""
    out = {"open": [k["open_ms"] for k in kbs]}
    for what, name in STEPS.items():
        out[name + ", p95"] = [next(s["cpu_p95_ms"] for s in k["steps"] if s["what"] == what) for k in kbs]
    out["memory (RssAnon), MB"] = [k["anon_mb"] for k in kbs]
    return out


def decades(values):
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


class Scale:
    """A logarithmic axis from a pixel to another one."""

    def __init__(self, values, start, end):
        self.low, self.high = decades(values)
        self.start, self.end = start, end

    def at(self, value):
        return self.start + (math.log10(value) - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self):
        return [10.0**n for n in range(self.low, self.high + 1)]


def text(x, y, words, anchor="start", colour="#333"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def apart(places, least=15):
    """Heights near those of places, in their order, that keep labels apart."""
    out = dict()
    last = -math.inf
    for name, y in sorted(places.items(), key=lambda p: p[1]):
        last = max(y, last + least)
        out[name] = last
    return out


def draw(kbs):
    kbs = sorted(kbs, key=lambda k: k["names"])
    lines = series(kbs)
    names = [k["names"] for k in kbs]
    x = Scale(names, LEFT, WIDTH - RIGHT)
    x.low, x.high = math.log10(min(names)), math.log10(max(names))
    y = Scale([v for values in lines.values() for v in values], HEIGHT - BOTTOM, TOP)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="sans-serif" font-size="12">',
           f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
           text(LEFT, 22, "Knowledge bases of growing size: one thread, milliseconds of processor time (memory: MB)")]
    for tick in y.ticks():
        out.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y.at(tick):.1f}" y2="{y.at(tick):.1f}" stroke="#ddd"/>')
        out.append(text(LEFT - 6, y.at(tick) + 4, f"{tick:g}", "end"))
    for n in names:
        out.append(f'<line x1="{x.at(n):.1f}" x2="{x.at(n):.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#eee"/>')
        out.append(text(x.at(n), HEIGHT - BOTTOM + 18, f"{n:,}", "middle"))
    out.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 12, "names", "middle"))
    labels = apart({name: y.at(values[-1]) for name, values in lines.items()})
    for colour, (name, values) in zip(COLOURS, lines.items()):
        points = " ".join(f"{x.at(n):.1f},{y.at(v):.1f}" for n, v in zip(names, values))
        out.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        out.extend(f'<circle cx="{x.at(n):.1f}" cy="{y.at(v):.1f}" r="3" fill="{colour}"/>' for n, v in zip(names, values))
        out.append(text(WIDTH - RIGHT + 10, labels[name] + 4, name, colour=colour))
    return "\n".join(out + ["</svg>"])


with open(sys.argv[1], encoding="utf-8") as report:
    print(draw(json.load(report)["kbs"]))
