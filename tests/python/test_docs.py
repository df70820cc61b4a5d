"""The data dictionary: every table that is queried, every word of a question, the same bytes."""

import csv
import json

import pytest

import compiled_models
from make_docs import dictionary_page, make_docs
from missing_from_care.base.faults import UsageFault
from missing_from_care.base.project import CHECKOUT
from read_page import Element, read_page


@pytest.fixture(scope="module")
def manifest(statements: compiled_models.Statements) -> dict:
    return json.loads(statements.manifest.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def page(manifest: dict) -> Element:
    return read_page(dictionary_page(manifest, {}))


def first_column(page: Element, caption: str) -> list[str]:
    """What the rows of the table with a caption are called."""
    (table,) = (each for each in page.all("table") if each.all("caption")[0].text == caption)
    return [each.text for each in table.all("th") if each.attributes["scope"] == "row"]


def test_every_mart_and_quality_table_stands_there_with_its_columns(
    manifest: dict, page: Element
) -> None:
    models = {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["name"].startswith(("fct", "dim", "foi", "dq"))
    }
    assert len(models) > 15
    for name, node in models.items():
        assert first_column(page, f"Columns of {name}") == list(node["columns"])
        assert all(each["description"] for each in node["columns"].values())
    for section in page.all("section")[:-1]:
        assert section.all("strong")[0].text.startswith("One row per ")
    sections = {each.all("h2")[0].text: each for each in page.all("section")}
    assert "bigint" in sections["foi_q1_missing_occasions"].text


def test_every_word_of_a_question_stands_there(page: Element) -> None:
    words = {"measures": "Measures", "breakdowns": "Breakdowns", "period_bases": "Period bases"}
    for seed, caption in words.items():
        with (CHECKOUT / "seeds" / "rules" / f"{seed}.csv").open(encoding="utf-8") as opened:
            assert first_column(page, caption) == [row[0] for row in csv.reader(opened)][1:]
    assert first_column(page, "Categories of sex") == ["male", "female", "not_known"]


def test_a_type_that_no_contract_names_is_the_database_s(manifest: dict) -> None:
    key = "model.missing_from_care.dq_row_outcomes"
    catalog = {"nodes": {key: {"columns": {"source_row": {"type": "ROWNUMBER"}}}}}
    assert b"<td>rownumber</td>" in dictionary_page(manifest, catalog)


def test_without_what_dbt_writes_it_is_one_sentence(tmp_path) -> None:
    with pytest.raises(UsageFault, match=r"static_index\.html is not there: run `dbt docs"):
        make_docs(tmp_path, tmp_path / "docs")
    assert not (tmp_path / "docs").exists()


def test_dbt_s_page_may_ask_for_nothing_and_names_no_folder(manifest: dict, tmp_path) -> None:
    (tmp_path / "static_index.html").write_text(f"<html><head></head>{CHECKOUT}/models{tmp_path}/x")
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "catalog.json").write_text("{}")
    make_docs(tmp_path, tmp_path / "docs")
    site = (tmp_path / "docs" / "dbt.html").read_text()
    assert '<head><meta http-equiv="Content-Security-Policy" content="default-src \'none\'' in site
    assert site.endswith("</head>modelsx")
