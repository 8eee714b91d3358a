import pytest
from made_up_months import lived


@pytest.fixture(scope="session")
def year(tmp_path_factory):
    return lived(tmp_path_factory.mktemp("ledger") / "ledger.sqlite")
