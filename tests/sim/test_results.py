"""The Dataset of a run: shapes, units, quantiles, time, digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import netCDF4
import numpy as np
import pytest

from sim.cf import nc_name, time_axis, unit_attributes
from sim.digest import digest_directory, digest_file, variable_digests
from sim.ensemble import run_ensemble
from sim.errors import NothingSimulated, OutputError
from sim.results import (
    GROUP,
    QUANTILES,
    Layout,
    MemberResult,
    build_dataset,
    member_quantiles,
    read_dataset,
    write_dataset,
)
from sim.units import quarter_index
from tests.sim.small_city import city_of, scenario_of
from tests.sim.small_plan import target
from tests.sim.toy_run import LAYOUT, QUARTERS, TARGETS, plan, scenario, simulate

FIRST = quarter_index("2018Q1")
TIME = range(FIRST, FIRST + QUARTERS)


def _members(count: int) -> list[MemberResult]:
    chosen = scenario(count)
    return [simulate(chosen, plan(), None, member) for member in range(count)]  # type: ignore[arg-type]


def test_every_declaration_has_its_variables_in_any_order_of_members() -> None:
    results = _members(3)
    dataset = build_dataset(results[::-1], TIME, layout=LAYOUT)
    assert dataset["land"].dims == ("member", "time")
    assert dataset["land"].values.tolist() == [[100.0] * 4, [101.0] * 4, [102.0] * 4]
    assert dataset["output"].values[1].tolist() == results[1].published[1].tolist()
    assert dataset["output_true"].values[1].tolist() == results[1].true_state[1].tolist()
    assert dataset["lever_effort_B"].values.tolist() == [[0.2] * 4] * 3
    assert dataset["parameter_drift"].values.tolist() == [0.0, 0.1, 0.2]
    assert dataset["check_money"].values.max() == 2e-12
    assert dataset["member"].dtype == np.int32


def test_what_a_member_does_not_name_is_missing_and_nobody_need_name_anything() -> None:
    results = _members(3)
    results[1] = replace(results[1], scalars={}, checks={})
    dataset = build_dataset(results, TIME, layout=LAYOUT)
    np.testing.assert_array_equal(dataset["parameter_drift"].values, [0.0, np.nan, 0.2])
    assert np.isnan(dataset["check_money"].values).tolist() == [False, True, False]
    bare = [replace(result, scalars={}, checks={}) for result in results]
    names = set(build_dataset(bare, TIME, layout=LAYOUT).data_vars)
    assert names == {
        n for n in dataset.data_vars if not str(n).startswith(("parameter_", "check_"))
    }


def test_failed_members_are_left_out_and_none_at_all_is_an_error() -> None:
    results = _members(3)
    empty = np.zeros((0, 0))
    results[1] = MemberResult(1, empty, empty, empty, failed="2018Q3: identity 'land' is off")
    assert build_dataset(results, TIME, layout=LAYOUT)["member"].values.tolist() == [0, 2]
    with pytest.raises(NothingSimulated, match="the first: 2018Q3"):
        build_dataset([results[1]], TIME, layout=LAYOUT)


def test_a_result_of_another_shape_is_refused() -> None:
    wrong = MemberResult(0, np.zeros((2, 3)), np.zeros((2, 4)), np.zeros((2, 4)))
    with pytest.raises(ValueError, match=r"published: shape \(2, 3\) instead of \(2, 4\)"):
        build_dataset([wrong], TIME, layout=LAYOUT)


def test_quantiles_interpolate_and_pass_over_missing_values() -> None:
    values = np.array([[0.0, np.nan], [20.0, np.nan], [10.0, np.nan], [np.nan, np.nan]])
    found = member_quantiles(values)
    assert found.shape == (len(QUANTILES), 2)
    assert found[QUANTILES.index(0.5), 0] == 10.0
    assert found[QUANTILES.index(0.25), 0] == 5.0
    assert np.isnan(found[:, 1]).all()


def test_quantiles_agree_with_numpy() -> None:
    values = np.random.Generator(np.random.Philox(1)).normal(size=(17, 2))
    expected = np.quantile(values, QUANTILES, axis=0)
    np.testing.assert_allclose(member_quantiles(values), expected, rtol=0, atol=1e-14)


def test_targets_stand_beside_the_paths_with_the_quantiles_of_their_indicators() -> None:
    both = (*TARGETS, target("land", low=None, high=120.0, operator="<=", default_reading=False))
    dataset = build_dataset(_members(3), TIME, layout=LAYOUT, targets=both)
    assert dataset.sizes["target"] == 2
    assert dataset["target_id"].values.tolist() == ["output", "land"]
    assert dataset["target_default"].values.tolist() == [1, 0]
    np.testing.assert_array_equal(dataset["target_low"].values, [5.0, np.nan])
    np.testing.assert_array_equal(dataset["target_high"].values, [np.nan, 120.0])
    assert dataset["land_quantile"].sel(quantile=0.5).values.tolist() == [101.0] * 4
    only_output = build_dataset(_members(3), TIME, layout=LAYOUT, targets=TARGETS)
    assert "output_quantile" in only_output
    assert "land_quantile" not in only_output


def test_time_is_the_last_day_within_its_bounds() -> None:
    coordinates, bounds = time_axis([quarter_index("2000Q1"), quarter_index("2000Q2")])
    assert coordinates["time"][1].tolist() == [90, 181]  # 31 + 29 + 31 days, less one
    assert bounds[1].tolist() == [[0, 91], [91, 182]]
    assert coordinates["quarter"][1].tolist() == ["2000Q1", "2000Q2"]


def test_units_are_those_of_udunits_and_money_says_what_it_is() -> None:
    assert unit_attributes("%")["units"] == "%"
    assert unit_attributes("mu")["units"] == "666.6666667 m2"
    money = unit_attributes("亿元")
    assert (money["units"], money["scale"], money["currency"]) == ("1", 1e8, "CNY")
    assert money["price_basis"] == "current prices"
    assert unit_attributes("yuan/person", "x_real")["price_basis"] == "constant 2015 prices"
    assert unit_attributes("万元/mu")["scale"] == 1e4
    assert "currency" not in unit_attributes("firms")
    assert "currency" not in unit_attributes("yuan of social capital per yuan")
    assert nc_name("2bn.projects") == "v_2bn_projects"


def test_a_file_gives_back_what_was_written(tmp_path: Path) -> None:
    dataset = build_dataset(
        _members(3), TIME, layout=LAYOUT, targets=TARGETS, attributes={"title": "toy"}
    )
    write_dataset(dataset, tmp_path / "results.nc")
    again = read_dataset(tmp_path)
    assert set(again.variables) == set(dataset.variables)
    assert again["parameter_drift"].values.tolist() == [0.0, 0.1, 0.2]
    assert again["output_true"].values.tobytes() == dataset["output_true"].values.tobytes()
    assert str(again["time"].values[-1])[:10] == "2018-12-31"
    assert again["output"].attrs["long_name_zh"] == "output(中文)(首次发布)"
    assert again.attrs["Conventions"] == "CF-1.8"
    assert "int64" not in {str(variable.dtype) for variable in again.variables.values()}


def test_the_digest_sees_values_names_and_coordinates_only(tmp_path: Path) -> None:
    dataset = build_dataset(_members(3), TIME, layout=LAYOUT)
    digests: dict[str, str] = {}
    changed = dataset.copy(deep=True)
    changed["output"][2, 3] = np.nextafter(changed["output"].values[2, 3], 9e9)
    for name, version in {
        "same": dataset.assign_attrs(title="another title"),
        "value": changed,
        "renamed": dataset.rename(output="outputs"),
        "later": build_dataset(_members(3), [q + 1 for q in TIME], layout=LAYOUT),
        "fewer": dataset.isel(member=slice(0, 2)),
    }.items():
        (tmp_path / name).mkdir()
        write_dataset(version, tmp_path / name / "results.nc")
        digests[name] = digest_directory(tmp_path / name)
    write_dataset(dataset, tmp_path / "plain.nc")
    assert digest_file(tmp_path / "plain.nc") == digests["same"]
    assert len(set(digests.values())) == len(digests)
    before, after = (variable_digests(tmp_path / n / "results.nc") for n in ("same", "value"))
    assert [name for name in before if before[name] != after[name]] == ["/output"]


def test_a_directory_of_runs_has_a_digest_too(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_dataset(
            build_dataset(_members(1), TIME, layout=LAYOUT), tmp_path / name / "results.nc"
        )
    both = digest_directory(tmp_path)
    (tmp_path / "b").rename(tmp_path / "c")
    assert digest_directory(tmp_path) != both


def test_missing_and_damaged_results_are_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"holds no results\.nc"):
        digest_directory(tmp_path)
    (tmp_path / "results.nc").write_bytes(b"not NetCDF")
    with pytest.raises(OutputError, match="cannot read the results"):
        digest_directory(tmp_path)
    with pytest.raises(OutputError, match="cannot read the results"):
        read_dataset(tmp_path)


def test_one_more_indicator_leaves_the_other_variables_alone(tmp_path: Path) -> None:
    results = _members(3)
    only_land = Layout(LAYOUT.indicators[:1], LAYOUT.levers, LAYOUT.parameters)
    cut = [
        MemberResult(
            r.member, r.published[:1], r.true_state[:1], r.lever_values, r.scalars, r.checks
        )
        for r in results
    ]
    write_dataset(build_dataset(cut, TIME, layout=only_land), tmp_path / "one.nc")
    write_dataset(build_dataset(results, TIME, layout=LAYOUT), tmp_path / "two.nc")
    one, two = variable_digests(tmp_path / "one.nc"), variable_digests(tmp_path / "two.nc")
    assert one == {name: two[name] for name in one}


def cf_report(path: Path) -> str:
    """Return what the checker of the conventions says of a file."""
    from compliance_checker import runner

    told = path.with_suffix(".txt")
    runner.CheckSuite.load_all_available_checkers()
    runner.ComplianceChecker.run_checker(
        str(path), ["cf:1.8"], 0, "normal", output_filename=str(told), output_format=["text"]
    )
    return told.read_text(encoding="utf-8")


def flat_file(source: Any, variables: Sequence[Any], path: Path) -> Path:
    """Write variables of a group beside the member's number at the root, where the checker looks.

    The checker does not descend into groups, and its time grows steeply with the variables.
    """
    with netCDF4.Dataset(path, "w") as file:
        file.setncatts({name: source.getncattr(name) for name in source.ncattrs()})
        file.createDimension("member", len(source.dimensions["member"]))
        for variable in (source["member"], *variables):
            about = {name: variable.getncattr(name) for name in variable.ncattrs()}
            fill = about.pop("_FillValue", None)
            made = file.createVariable(
                variable.name, variable.dtype, variable.dimensions, fill_value=fill
            )
            made.setncatts(about)
            made[:] = variable[:]
    return path


def test_drawn_values_and_checks_of_the_model_pass_the_cf_checker(tmp_path: Path) -> None:
    scenario, plan = scenario_of(**{"population.scale": "0.01", "end": "2018Q1"})
    out = tmp_path / "out"
    run_ensemble(scenario, plan, city_of(), out, jobs=1, quiet=True)
    with netCDF4.Dataset(out / "results.nc") as file:
        variables = list(file.groups[GROUP].variables.values())
        assert len(variables) > 200
        for start in range(0, len(variables), 30):
            part = variables[start : start + 30]
            told = cf_report(flat_file(file, part, tmp_path / f"part{start}.nc"))
            assert "All tests passed" in told, told
        variable = variables[0]
        wrong = flat_file(file, [variable], tmp_path / "wrong.nc")
        with netCDF4.Dataset(wrong, "a") as broken:
            broken[variable.name].units = "yuan"
        assert "All tests passed" not in cf_report(wrong)  # the check can fail


def test_the_file_passes_the_cf_checker(tmp_path: Path) -> None:
    dataset = build_dataset(
        _members(3), TIME, layout=LAYOUT, targets=TARGETS,
        attributes={"title": "toy", "history": "toy"},
    )  # fmt: skip
    write_dataset(dataset, tmp_path / "results.nc")
    told = cf_report(tmp_path / "results.nc")
    assert "All tests passed" in told, told
