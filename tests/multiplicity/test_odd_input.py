"""What is no number gives no p and no bound."""

from __future__ import annotations

import math

import pytest

from malar.errors import ParameterError
from malar.looks import GroupSequentialTest, OBrienFlemingType
from malar.multiplicity import dunnett


@pytest.mark.parametrize("place", range(4))
def test_dunnett_of_what_is_no_number_is_refused(place: int) -> None:
    given = [1.0, 20.0, 20.0, 57.0]
    given[place] = math.nan
    with pytest.raises(ParameterError, match="no number"):
        dunnett(given[:1], given[1:2], given[2], df=given[3])
    assert dunnett([math.inf, 1.0], [20, 20], 20)[0] == 0.0


def test_a_time_of_spending_is_a_number() -> None:
    with pytest.raises(ParameterError, match="times of spending"):
        GroupSequentialTest(bounds=OBrienFlemingType(), information=(0.5, 1.0), spending_time=(math.nan, 1.0))
    usual = GroupSequentialTest(bounds=OBrienFlemingType(), information=(0.5, 1.0))
    told = GroupSequentialTest(bounds=OBrienFlemingType(), information=(0.5, 1.0), spending_time=(0.5, 1.0))
    assert told.at(0.025).nominal == usual.at(0.025).nominal
