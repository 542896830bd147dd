"""How the view looks, as a file keeps it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.document import SHADINGS, ViewState

numbers = st.floats(-400, 400)
states = st.builds(
    ViewState,
    azimuth=numbers,
    elevation=numbers,
    zoom=st.floats(0.1, 4),
    pan_right=numbers,
    pan_up=numbers,
    orthographic=st.booleans(),
    shading=st.sampled_from(SHADINGS),
    heat_map=st.booleans(),
    landmarks=st.booleans(),
    hidden=st.lists(st.sampled_from(["skin", "tongue"]), max_size=2).map(tuple),
)


@given(states)
def test_a_state_comes_back_from_json_as_it_was(state: ViewState) -> None:
    assert ViewState.of(json.loads(json.dumps(state.as_dict()))) == state


junk = st.sampled_from([None, "", "glossy", -3, 0.5, float("nan"), [], [None, 1], {}])


@given(st.dictionaries(st.sampled_from(list(ViewState().as_dict())), junk))
def test_what_is_spoilt_takes_its_default(stored: dict[str, object]) -> None:
    state = ViewState.of(stored)
    assert state.shading in SHADINGS
    assert isinstance(state.heat_map, bool) and isinstance(state.zoom, float)
    assert state.hidden == ()


@pytest.mark.parametrize("zoom", [float("nan"), float("inf"), 1e300, 10**400, True, "1"])
def test_only_finite_numbers_place_the_camera(zoom: object) -> None:
    assert ViewState.of({"zoom": zoom, "azimuth": 12}) == ViewState(azimuth=12.0)
