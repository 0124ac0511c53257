"""The account's switch for EC2 serial console access: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSerialConsoleAccessStatus.html."""

# ruff: noqa: D102 - these methods bear the names of AWS's operations, and do what AWS says those do

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.core.responses import ActionResult
from moto.ec2.responses._base_response import EC2BaseResponse

from scanner.mock.event_history import recorded

if TYPE_CHECKING:
    from moto.ec2.models import EC2Backend
else:
    EC2Backend = object


class SerialConsoleBackend(EC2Backend):
    """Off until switched on; a class attribute, so that backends made before this class have it too."""

    serial_console_access_enabled = False


class SerialConsoleResponse(EC2BaseResponse):
    """The three operations, as moto's own response classes write theirs."""

    def get_serial_console_access_status(self) -> ActionResult:
        self.error_on_dryrun()
        enabled = self.ec2_backend.serial_console_access_enabled
        return ActionResult({"SerialConsoleAccessEnabled": enabled, "ManagedBy": "account"})

    @recorded
    def enable_serial_console_access(self) -> ActionResult:
        return self._switch(on=True)

    @recorded
    def disable_serial_console_access(self) -> ActionResult:
        return self._switch(on=False)

    def _switch(self, *, on: bool) -> ActionResult:
        self.error_on_dryrun()
        self.ec2_backend.serial_console_access_enabled = on
        return ActionResult({"SerialConsoleAccessEnabled": on})
