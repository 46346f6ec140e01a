"""办法文件: a policy file found and loaded, with the numbers in force in one period and every override checked."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kpi_helpers import strict_yaml
from kpi_helpers.errors import Fault, PolicyError
from kpi_helpers.language import say
from kpi_helpers.policy import Policy
from kpi_helpers.policy_reader import Reader


def load_policy(path, month: str | None = None, overrides: dict | None = None) -> Policy:
    """考核办法: read one policy file as it stands in `month` ('2026-10', '2026Q3', '2026').

    overrides: dotted names → values, e.g. {"2.A1.1.points": -3, "cap_attendance": 20}, applied to a copy.
    Raises PolicyError with every fault in the file and in the overrides.
    """
    path = Path(path)
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
    except OSError as error:
        raise PolicyError(
            Fault(str(path), say(f"读不到考核办法：{error.strerror}。", f"cannot read the policy: {error.strerror}."))
        ) from None
    except UnicodeDecodeError:
        raise PolicyError(
            Fault(str(path), say("不是 UTF-8 文本。", "is not UTF-8 text."), say("请另存为 UTF-8。", "Save it as UTF-8."))
        ) from None
    return Reader(strict_yaml.load(text, path.name), str(path), month, overrides or {}, hashlib.sha256(raw).hexdigest()).read()


def find_policy(scheme: str) -> Path:
    """The file of a scheme in params/policies, looked for from here upwards."""
    for folder in (Path.cwd(), *Path.cwd().parents, Path(__file__).resolve().parent.parent):
        path = folder / "params" / "policies" / f"{scheme}.yaml"
        if path.is_file():
            return path
    problem = say(f"没有考核办法“{scheme}”。", f"there is no policy '{scheme}'.")
    raise PolicyError(Fault("params/policies", problem, say("请写出文件路径。", "Give the path of the file.")))
