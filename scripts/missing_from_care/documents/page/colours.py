"""The colours of every page and chart, by what they are for; each is a CSS custom property."""

LIGHT = {
    "ground": "#ffffff",
    "panel": "#f2f4f6",
    "warning": "#fff3d1",
    "ink": "#16191c",
    "quiet": "#4a5158",
    "link": "#174a9c",
    "visited": "#5b2a8c",
    "line": "#737a82",
    "series": "#1f63b5",
    "focus": "#b04a00",
}
DARK = {
    "ground": "#14171a",
    "panel": "#22272c",
    "warning": "#40300a",
    "ink": "#f1f3f4",
    "quiet": "#bac1c8",
    "link": "#93bfff",
    "visited": "#cdb0ff",
    "line": "#8d959d",
    "series": "#6aaef5",
    "focus": "#ffb35c",
}
GROUNDS = ("ground", "panel", "warning")
TEXTS = ("ink", "quiet", "link", "visited")
GRAPHICS = ("line", "series", "focus")
SYSTEM = {
    **dict.fromkeys(GROUNDS, "Canvas"),
    **dict.fromkeys((*TEXTS, *GRAPHICS), "CanvasText"),
    **dict.fromkeys(("link", "visited"), "LinkText"),
    "focus": "Highlight",
}
"""Where a reader's system sets its own colours, as in Windows' contrast themes."""


def properties(colours: dict[str, str]) -> str:
    """A palette as CSS declarations."""
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def palette_css() -> str:
    """The palettes as CSS: light on paper and by default, dark or the system's where asked for."""
    return (
        f":root {{ color-scheme: light dark; {properties(LIGHT)} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {properties(DARK)} }} }}\n"
        f"@media (forced-colors: active) {{ :root {{ {properties(SYSTEM)} }} }}"
    )
