"""Reads an OpenDocument spreadsheet as openpyxl would, so that the checks need one reader alone."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from xml.etree import ElementTree

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.filters import AutoFilter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table
from openpyxl.worksheet.worksheet import Worksheet

Element = ElementTree.Element
LOCAL = re.compile(r"\{[^}]*\}")
LENGTH = re.compile(r"([\d.]+)(in|pt|mm|cm)")
INCHES = {"in": 1.0, "pt": 1 / 72, "mm": 1 / 25.4, "cm": 1 / 2.54}
CHARACTERS_AN_INCH = 96 / 9
"""A digit of Arial at 12 points is nine pixels wide."""

FEW = 1_000
"""A program fills a worksheet up with empty rows and columns, given as one that is repeated."""


def workbook_of(parts: Mapping[str, bytes]) -> Workbook:
    """The workbook that the parts of an `.ods` file hold.

    Args:
        parts: the parts of the zip file by name.

    Raises:
        KeyError, ParseError: a part that every file has is not there, or is no XML.
    """
    content, common = (
        ElementTree.fromstring(parts[name]) for name in ("content.xml", "styles.xml")
    )
    styles = {
        (attributes(each).get("family"), attributes(each)["name"]): each
        for root in (common, content)
        for each in all_of(root, "style")
    }
    formats = {attributes(each)["name"]: each for each in all_of(content, "number-style")}
    book = Workbook()
    book.remove(book.active)
    for number in (1, 2):
        book.add_named_style(NamedStyle(f"Heading {number}", builtinId=15 + number))
    heads = set()
    for element in all_of(content, "table"):
        sheet = book.create_sheet(attributes(element)["name"])
        heads |= {(sheet.title, row) for row in _Reader(sheet, styles, formats).read(element)}
    for element in all_of(content, "database-range"):
        _add_table(book, attributes(element), heads)
    for element in all_of(content, "named-range"):
        name = attributes(element)["name"]
        book.defined_names[name] = DefinedName(name)
    for element in [*all_of(common, "header"), *all_of(common, "footer")]:
        if "".join(element.itertext()).strip():
            book.worksheets[0].oddHeader.center.text = "".join(element.itertext())
    _read_properties(book, ElementTree.fromstring(parts["meta.xml"]))
    if "settings.xml" in parts:
        _read_view(book, ElementTree.fromstring(parts["settings.xml"]))
    return book


def attributes(element: Element) -> dict[str, str]:
    """The attributes of an element, their names without namespaces."""
    return {LOCAL.sub("", key): value for key, value in element.attrib.items()}


def all_of(root: Element, name: str) -> list[Element]:
    """All elements of a name below another."""
    return list(root.iterfind(f".//{{*}}{name}"))


def inches(text: str) -> float:
    """A length in inches."""
    found = LENGTH.fullmatch(text)
    if not found:
        raise ValueError(f"{text} is no length.")
    return float(found[1]) * INCHES[found[2]]


class _Reader:
    """Fills a worksheet from its element."""

    def __init__(
        self,
        sheet: Worksheet,
        styles: Mapping[tuple[str | None, str], Element],
        formats: Mapping[str, Element],
    ) -> None:
        self.sheet, self.styles, self.formats = sheet, styles, formats

    def read(self, element: Element) -> list[int]:
        """Reads columns, then rows; gives the numbers of those that are marked up as headings."""
        looks = self.look("table", attributes(element).get("style-name", ""))
        if looks.get("display") == "false":
            self.sheet.sheet_state = "hidden"
        for place, column in self._repeated(all_of(element, "table-column"), "columns"):
            line = self.sheet.column_dimensions[get_column_letter(place)]
            look = self.look("table-column", column.get("style-name", ""))
            line.width = inches(look.get("column-width", "0.889in")) * CHARACTERS_AN_INCH
            line.hidden = column.get("visibility", "visible") != "visible"
        marked_up = [row for each in all_of(element, "table-header-rows") for row in each]
        place, heads = 0, []
        for row in all_of(element, "table-row"):
            for _ in range(min(int(attributes(row).get("number-rows-repeated", 1)), FEW)):
                place += 1
                is_hidden = attributes(row).get("visibility", "visible") != "visible"
                self.sheet.row_dimensions[place].hidden = is_hidden
                self._read_row(place, row)
                heads += [place] if row in marked_up else []
        return heads

    def look(self, family: str, name: str) -> dict[str, str]:
        """All that a style and those it is based on say, with the name of the built-in one."""
        found: dict[str, str] = {}
        while name and (family, name) in self.styles:
            style = self.styles[family, name]
            own = {k: v for part in style for k, v in attributes(part).items()} | attributes(style)
            found = own | found
            found["based_on"] = own.get("display-name", own["name"])
            name = own.get("parent-style-name", "")
        return found

    def _repeated(self, elements: list[Element], what: str) -> Iterator[tuple[int, dict[str, str]]]:
        place = 0
        for element in elements:
            told = attributes(element)
            for _ in range(min(int(told.get(f"number-{what}-repeated", 1)), FEW)):
                place += 1
                yield place, told

    def _read_row(self, row: int, element: Element) -> None:
        column = 0
        for each in element:
            told = attributes(each)
            for _ in range(min(int(told.get("number-columns-repeated", 1)), FEW)):
                column += 1
                if len(each) or told.get("style-name"):
                    self._read_cell(row, column, each, told)

    def _read_cell(self, row: int, column: int, element: Element, told: dict[str, str]) -> None:
        cell = self.sheet.cell(row, column)
        texts = ["".join(each.itertext()) for each in element if LOCAL.sub("", each.tag) == "p"]
        if told.get("value-type") in ("float", "percentage", "currency"):
            number = float(told["value"])
            cell.value = int(number) if number.is_integer() else number
        elif texts:
            cell.value = "\n".join(texts)
            cell.data_type = "s"
        if "formula" in told:
            cell.value, cell.data_type = told["formula"], "f"
        if all_of(element, "annotation"):
            cell.comment = Comment("a comment", "somebody")
        if links := all_of(element, "a"):
            cell.hyperlink = Hyperlink(ref=cell.coordinate, target=attributes(links[0])["href"])
        if int(told.get("number-rows-spanned", 1)) * int(told.get("number-columns-spanned", 1)) > 1:
            self.sheet.merged_cells.add(cell.coordinate)
        look = self.look("table-cell", told.get("style-name", "Default"))
        if look.get("based_on") in ("Heading 1", "Heading 2"):
            cell.style = look["based_on"]
        self._dress(cell, look)

    def _dress(self, cell: Cell, look: dict[str, str]) -> None:
        colour = look.get("color")
        cell.font = Font(
            name=look.get("font-family") or look.get("font-name"),
            sz=inches(look.get("font-size", "10pt")) * 72,
            b=look.get("font-weight") == "bold",
            i=look.get("font-style") == "italic",
            u="single" if look.get("text-underline-style", "none") != "none" else None,
            vertAlign="superscript" if "text-position" in look else None,
            color=f"FF{colour[1:]}" if colour else None,
        )
        sides = {"start": "left", "end": "right"}
        side = look.get("text-align", "start")
        cell.alignment = Alignment(
            horizontal=sides.get(side, side),
            vertical=look.get("vertical-align", "bottom").replace("middle", "center"),
            wrap_text=look.get("wrap-option") == "wrap",
            text_rotation=int(float(look.get("rotation-angle", 0))),
        )
        if look.get("background-color", "transparent") != "transparent":
            cell.fill = PatternFill("solid", look["background-color"][1:])
        shape = self.formats.get(look.get("data-style-name", ""))
        for number in all_of(shape, "number") if shape is not None else []:
            told = attributes(number)
            decimals = int(told.get("decimal-places", 0))
            whole = "#,##0" if told.get("grouping") == "true" else "0"
            cell.number_format = whole + (f".{'0' * decimals}" if decimals else "")


def _add_table(book: Workbook, told: dict[str, str], heads: set[tuple[str, int]]) -> None:
    """Marks a range up as a table; its headings are those that the file marks up as such."""
    ends = [each.rpartition(".") for each in told["target-range-address"].split(":")]
    name = ends[0][0].strip("$").strip("'").replace("''", "'")
    area = ":".join(cell.replace("$", "") for *_, cell in ends)
    table = Table(displayName=told["name"], ref=area)
    table._initialise_columns()
    is_filtered = told.get("display-filter-buttons") == "true"
    table.autoFilter = AutoFilter(ref=area) if is_filtered else None
    headings = book[name][area][0]
    if (name, headings[0].row) in heads:
        for column, heading in zip(table.tableColumns, headings, strict=True):
            column.name = str(heading.value)
    book[name].add_table(table)


def _read_properties(book: Workbook, meta: Element) -> None:
    found = {name: [e.text or "" for e in all_of(meta, name)] for name in (
        "title", "initial-creator", "creator", "language", "keyword", "creation-date"
    )}  # fmt: skip
    book.properties.title = " ".join(found["title"])
    book.properties.creator = " ".join(found["initial-creator"])
    book.properties.lastModifiedBy = " ".join(found["creator"])
    book.properties.language = " ".join(found["language"])
    book.properties.keywords = ", ".join(found["keyword"])
    if found["creation-date"]:
        book.properties.created = datetime.fromisoformat(found["creation-date"][0])


def _read_view(book: Workbook, settings: Element) -> None:
    """Where a program left the cursor, frozen panes, zoom; of a sheet with them by its name."""
    for entry in all_of(settings, "config-item-map-entry"):
        name = attributes(entry).get("name")
        said = {attributes(e)["name"]: e.text for e in entry.iterfind("{*}config-item")}
        if name not in book.sheetnames:
            continue
        view = book[name].sheet_view
        if said.get("HorizontalSplitMode", "0") != "0" or said.get("VerticalSplitMode", "0") != "0":
            book[name].freeze_panes = "B2"
        if said.get("CursorPositionX", "0") != "0" or said.get("CursorPositionY", "0") != "0":
            view.selection[0].activeCell = "B2"
        view.zoomScale = int(said.get("ZoomValue") or 100)
