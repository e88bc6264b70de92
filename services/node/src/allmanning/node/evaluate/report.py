"""A comparison as text: the figures side by side, then each question that changed, what worsened first."""

from __future__ import annotations

from collections.abc import Iterator

from allmanning.node.evaluate.comparison import Comparison


def report(comparison: Comparison) -> str:
    return "\n".join((*_figures(comparison), "", *_changes(comparison)))


def _figures(comparison: Comparison) -> Iterator[str]:
    before, after = comparison.before.as_dict(), comparison.after.as_dict()
    yield f"{'':<14}{'före':>10}{'efter':>10}{'skillnad':>10}"
    for name, value in before.items():
        line = f"{name:<14}{value:>10}{after[name]:>10}"
        yield line if name == "queries" else f"{line}{after[name] - value:>+10.4f}"
    low, high = comparison.interval
    sure = "säker" if low > 0 or high < 0 else "kan vara slump"
    yield f"\nndcg@10: skillnaden ligger med 95 % säkerhet mellan {low:+.4f} och {high:+.4f} ({sure})."


def _changes(comparison: Comparison) -> Iterator[str]:
    changes = comparison.changes
    worse = sum(change.gain < 0 for change in changes)
    better = sum(change.gain > 0 for change in changes)
    yield f"Ändrade frågor: {len(changes)} ({worse} sämre, {better} bättre). Plats för det första rätta svaret:"
    width = max((len(change.id) for change in changes), default=0)
    for change in changes:
        places = f"{_place(change.rank_before):>4} -> {_place(change.rank_after):<4}"
        yield f"{places} {change.id:<{width}}  {' '.join(change.text.split())}"


def _place(rank: int | None) -> str:
    return str(rank) if rank else "–"
