import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def year(tmp_path_factory):
    from made_up_months import lived

    return lived(tmp_path_factory.mktemp("ledger") / "ledger.sqlite")
