"""Landing: the same returns as CSV, as XML and as workbooks land the same values."""

import pytest

from landing_sources import rows_of
from missing_from_care.landing.land import land
from missing_from_care.project import raw_tables
from random_returns import write_random_returns
from return_forms import FORMS, write_forms


@pytest.mark.parametrize("seed", range(25))
def test_the_same_returns_land_the_same_values_in_every_form(seed, tmp_path):
    write_random_returns(tmp_path / "returns", seed)
    landed = {}
    for form, source in write_forms(tmp_path / "returns", tmp_path).items():
        into = tmp_path / "landed" / form
        land(source, into, form="csv")
        landed[form] = {}
        for name, table in raw_tables().items():
            where = ("collection_year",) if table.has_collection_year else ("source_file",)
            columns = (*table.file_columns, *where, "source_row")
            rows = [tuple(row[column] for column in columns) for row in rows_of(into, name)]
            landed[form][name] = sorted(rows)
    assert tuple(landed) == FORMS and landed["csv"]["ssda903_episodes"]
    assert landed["csv"] == landed["xml"]
    assert landed["csv"] == landed["xlsx"]
