"""The map as the data of its page, from which its script draws it."""

from typing import Any

from kbqa.texts import Texts
from kbqa.web.elements.addresses import note_address, unwritten_address
from kbqa.web.pages.vault_map import Spot, VaultMap


def map_data(drawn: VaultMap, texts: Texts) -> dict[str, Any]:
    """Circles, lines and the words that are said of them."""
    return {
        "spots": [_spot(spot, texts) for spot in drawn.spots],
        "lines": drawn.lines,
        "texts": {
            "aside": texts("pages.map.aside"),
            "found": texts.template("pages.map.found"),
        },
    }


def _spot(spot: Spot, texts: Texts) -> dict[str, Any]:
    key = "pages.map.spot" if spot.path else "pages.map.spot_unwritten"
    return {
        "title": spot.title,
        "path": spot.path,
        "address": note_address(spot.path) if spot.path else unwritten_address(spot.title),
        "label": texts(key, title=spot.title, links=spot.links),
        "radius": round(spot.radius, 1),
        "colour": spot.colour,
        "wide": spot.wide,
        "tall": spot.tall,
        "aside": spot.aside,
    }
