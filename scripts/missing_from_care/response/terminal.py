"""Shows a response's answers as tables in a terminal of 80 columns."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table as RichTable

from missing_from_care.response.answers import Response
from missing_from_care.response.layout import figure, grid

SHORT_LABEL = len("2017/18 [b]")


def breakable(heading: str) -> str:
    """A heading whose long words may break at their hyphens."""
    return heading.replace("-", "- ") if len(heading) > 24 else heading


def terminal_tables(response: Response) -> Iterator[RichTable]:
    """One table for each table of the response."""
    for table in response.tables:
        laid_out = grid(table)
        title = table.label + (f" ({table.population})" if table.population else "")
        shown = RichTable(
            title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, width=80
        )
        for index, heading in enumerate(laid_out.headings):
            shown.add_column(
                escape(breakable(heading)),
                justify="left" if index < laid_out.labels else "right",
                overflow="fold",
                min_width=SHORT_LABEL if index < laid_out.labels else None,
            )
        for row in laid_out.rows:
            labels = [str(value) for value in row[: laid_out.labels]]
            figures = [figure(value) for value in row[laid_out.labels :]]
            shown.add_row(*(escape(cell) for cell in (*labels, *figures)))
        yield shown
