"""A picture of Vega-Lite made fit for a page: no style, no script, only what draws, says or links."""

from __future__ import annotations

import re
from xml.etree import ElementTree

SPACE = "{http://www.w3.org/2000/svg}"
LINK = "{http://www.w3.org/1999/xlink}href"
TAGS = {"svg", "g", "a", "path", "rect", "line", "text", "tspan", "title"}
ATTRIBUTES = {
    "d", "x", "y", "x1", "x2", "y1", "y2", "dx", "dy", "width", "height", "viewBox", "transform", "fill", "stroke",
    "stroke-width", "fill-opacity", "text-anchor", "font-size", "font-weight",
}  # fmt: skip
# where the renderer is told that links lead, since it makes every address whole
HERE = "https://here.invalid"
LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}")
# a mark that shows nothing is kept where one points at it
INVISIBLE = "0"
FONT = "'Be Vietnam Pro', 'Segoe UI', Roboto, 'Noto Sans', 'DejaVu Sans', sans-serif"

ElementTree.register_namespace("", "http://www.w3.org/2000/svg")


def cleaned(source: str, *, inline: bool, label: str) -> str:
    """The drawing again, of known pieces only. `inline`: each colour is a class, its name the colour without '#'.

    Links are not in the order of the keyboard: the table behind a picture has the same, with words.
    """
    root = ElementTree.fromstring(source)  # noqa: S314 - what our own renderer wrote
    _clean(root, inline)
    if inline:
        root.attrib.pop("width", None), root.attrib.pop("height", None)
        root.set("class", "chart-picture")
        root.set("aria-hidden", "true")
        root.set("focusable", "false")
    else:
        root.set("role", "img")
        root.set("aria-label", label)
        root.set("font-family", FONT)
    return ElementTree.tostring(root, encoding="unicode")


def _clean(element: ElementTree.Element, inline: bool) -> None:
    href, said = element.get(LINK), element.get("aria-label")
    tag = element.tag.removeprefix(SPACE)
    kept = {name: value for name, value in element.attrib.items() if name in ATTRIBUTES}
    if "font-size" in kept:
        kept["font-size"] = kept["font-size"].removesuffix("px")
    classes = [
        f"{name[0]}-{kept[name].removeprefix('#')}"
        for name in ("fill", "stroke")
        if inline and kept.get(name, "").startswith("#")
    ]
    if classes:
        kept["class"] = " ".join(classes)
    if tag == "a" and href and href.startswith(f"{HERE}/"):
        kept |= {"href": href.removeprefix(HERE), "tabindex": "-1"}
    for name in ("d", "transform", "x", "y", "x2", "y2"):
        if name in kept:
            kept[name] = LONG_NUMBER.sub(lambda found: f"{float(found[0]):.1f}", kept[name])
    element.attrib.clear()
    element.attrib.update(kept)
    for child in list(element):
        if child.tag.removeprefix(SPACE) not in TAGS or _is_nothing(child):
            element.remove(child)
        else:
            _clean(child, inline)
    if tag == "path" and said and kept.get("fill-opacity") == INVISIBLE:
        title = ElementTree.SubElement(element, f"{SPACE}title")
        title.text = said


def _is_nothing(element: ElementTree.Element) -> bool:
    hidden = element.get("display") == "none" or element.get("d") in ("", "M0,0h0v0h0Z")
    return hidden or (element.tag == f"{SPACE}text" and not (element.text or len(element)))
