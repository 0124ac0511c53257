"""Teaches moto the operations it lacks, when asked to and never before."""

from __future__ import annotations

from moto.cloudfront import urls as cloudfront_urls
from moto.cloudfront.responses import CloudFrontResponse
from moto.cloudtrail.models import CloudTrailBackend
from moto.cloudtrail.responses import CloudTrailResponse
from moto.core.models import botocore_stubber
from moto.ec2.models import EC2Backend
from moto.ec2.responses import EC2Response
from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE, EC2_RESOURCE_TO_PREFIX
from moto.iam.models import ManagedPolicy, User
from moto.iam.responses import IamResponse
from moto.logs.responses import LogsResponse
from moto.ssm.responses import SimpleSystemManagerResponse

from scanner.mock.accelerators import register_global_accelerator
from scanner.mock.block_public_access import BlockPublicAccessBackend, BlockPublicAccessResponse
from scanner.mock.empty_answers import EmptyCloudFrontLists, EmptyEc2Lists, EmptySsmLists
from scanner.mock.endpoint_connections import EndpointConnectionsBackend, EndpointConnectionsResponse
from scanner.mock.event_data_stores import EventDataStoreBackend, EventDataStoreResponse
from scanner.mock.event_history import EventHistoryBackend, EventHistoryResponse
from scanner.mock.identities import (
    BoundedUser,
    ListedPolicyMembers,
    UserBoundaryResponse,
    name_service_linked_roles,
)
from scanner.mock.instance_connect import InstanceConnectBackend, InstanceConnectResponse
from scanner.mock.organizations import guard_organizations
from scanner.mock.pattern_trials import MetricFilterTrials, supply_event_pattern_trials
from scanner.mock.serial_console import SerialConsoleBackend, SerialConsoleResponse
from scanner.mock.transit_routes import TransitRoutesBackend, TransitRoutesResponse

_SUPPLIES: tuple[tuple[type, tuple[type, ...]], ...] = (
    (
        EC2Backend,
        (InstanceConnectBackend, BlockPublicAccessBackend, SerialConsoleBackend, EndpointConnectionsBackend),
    ),
    (
        EC2Response,
        (
            InstanceConnectResponse,
            BlockPublicAccessResponse,
            SerialConsoleResponse,
            EndpointConnectionsResponse,
            EmptyEc2Lists,
        ),
    ),
    (CloudTrailBackend, (EventHistoryBackend, EventDataStoreBackend)),
    (CloudTrailResponse, (EventHistoryResponse, EventDataStoreResponse)),
    (SimpleSystemManagerResponse, (EmptySsmLists,)),
    (LogsResponse, (MetricFilterTrials,)),
    (CloudFrontResponse, (EmptyCloudFrontLists,)),
    (User, (BoundedUser,)),
    (ManagedPolicy, (ListedPolicyMembers,)),
    (IamResponse, (UserBoundaryResponse,)),
)

_CORRECTIONS: tuple[tuple[type, type], ...] = ((EC2Backend, TransitRoutesBackend), (EC2Response, TransitRoutesResponse))
"""What moto answers, and wrongly so; these come before moto's own."""


def supply_missing_operations() -> None:
    """Let moto answer the operations it lacks, in this process; a second call changes nothing.

    It works before, inside and between `mock_aws` blocks, and for a moto server that runs in this process. An
    operation that moto itself has learned to answer keeps moto's answer, but for the few in `_CORRECTIONS`.
    """
    for owner, supplies in _SUPPLIES:
        for supply in supplies:
            _extend(owner, supply=supply)
    for owner, correction in _CORRECTIONS:
        owner.__bases__ = (correction, *(base for base in owner.__bases__ if base is not correction))
    # Without the prefix CreateTags takes the id of an EC2 Instance Connect Endpoint for a mistake.
    EC2_RESOURCE_TO_PREFIX["instance-connect-endpoint"] = "eice"
    EC2_PREFIX_TO_RESOURCE["eice"] = "instance-connect-endpoint"
    cloudfront_urls.url_paths["{0}/2020-05-31/vpc-origin$"] = CloudFrontResponse.dispatch
    register_global_accelerator()
    guard_organizations()
    name_service_linked_roles()
    supply_event_pattern_trials()


def supply_inside_a_mock() -> None:
    """The same, where this process works in a mocked account right now (`moto.mock_aws`), and nothing elsewhere."""
    if botocore_stubber.enabled:
        supply_missing_operations()


def _extend(owner: type, *, supply: type) -> None:
    """Append a class to the bases of one of moto's, so that whatever moto defines itself still comes first."""
    # A base that the supply extends has to come after it, and the supply brings it along; so it does itself, the second time.
    kept = tuple(base for base in owner.__bases__ if not issubclass(supply, base))
    owner.__bases__ = (*kept, supply)
