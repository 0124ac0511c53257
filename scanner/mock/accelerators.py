"""AWS Global Accelerator, a service moto does not know at all: an account without accelerators."""

from __future__ import annotations

import re
import sys
from types import ModuleType, SimpleNamespace
from typing import Any

from moto import backend_index
from moto.core.base_backend import BackendDict, BaseBackend
from moto.core.responses import ActionResult, BaseResponse

_SERVICE = "globalaccelerator"
_HOST = r"https?://globalaccelerator\.(.+)\.amazonaws\.com"


class GlobalAcceleratorResponse(BaseResponse):
    """The one list from which every other call of the service would start."""

    def __init__(self) -> None:
        super().__init__(service_name=_SERVICE)

    def list_accelerators(self) -> ActionResult:
        """ListAccelerators: there are none."""
        return ActionResult({"Accelerators": []})


class GlobalAcceleratorBackend(BaseBackend):
    """Nothing to keep; it tells moto at which addresses the service listens."""

    @property
    def _url_module(self) -> Any:
        return SimpleNamespace(url_bases=[_HOST], url_paths={"{0}/$": GlobalAcceleratorResponse.dispatch})


def register_global_accelerator() -> None:
    """Add the service to moto's index; a second call changes nothing."""
    name = f"moto.{_SERVICE}"
    if name in sys.modules or any(service == _SERVICE for service, _ in backend_index.backend_url_patterns):
        return
    # moto finds the backends of a service by importing a module of this name.
    module = ModuleType(name)
    vars(module)[f"{_SERVICE}_backends"] = BackendDict(
        GlobalAcceleratorBackend, _SERVICE, use_boto3_regions=False, additional_regions=["us-east-1", "us-west-2"]
    )
    sys.modules[name] = module
    backend_index.backend_url_patterns.append((_SERVICE, re.compile(_HOST)))
