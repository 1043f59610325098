"""Reads of figures: the material, what it makes of an indicator, what that opens into, how targets stand."""

from nhiemky.figures.queries.board import TargetLine, board, figure_of, figures_of, tally
from nhiemky.figures.queries.evaluate import Figure, evaluate
from nhiemky.figures.queries.material import Asked, Material, closing_day, gather, gather_each
from nhiemky.figures.queries.opening import Opened, OpenedRow, open_figure

__all__ = [
    "Asked",
    "Figure",
    "Material",
    "Opened",
    "OpenedRow",
    "TargetLine",
    "board",
    "closing_day",
    "evaluate",
    "figure_of",
    "figures_of",
    "gather",
    "gather_each",
    "open_figure",
    "tally",
]
