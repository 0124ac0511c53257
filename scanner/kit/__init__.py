"""Everything a Python rule may import: the words it answers with, the inventory it asks, and the network's answers."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from scanner.kit.homes import HOMES
from scanner.kit.words import listed, tag_among, word

if TYPE_CHECKING:
    from scanner.aws.moments import hours_since, moment
    from scanner.logins.capability import ANYBODY, Capability, Closed, Door, Holder, KeyPush, Who
    from scanner.logins.who import logins_of
    from scanner.model import Answer, Aside, Clear, Flag, Resource, Undecided, Unknown, Unsure
    from scanner.model import View as Inventory
    from scanner.network.accelerators import Accelerated, accelerated
    from scanner.network.acl_openings import WorldEntry, world_entries
    from scanner.network.addresses import interval, is_world, public, union
    from scanner.network.admission import Grants, grants_of
    from scanner.network.announcements import is_announced
    from scanner.network.attachments import Attached, attached_to
    from scanner.network.balancers import groups_behind, handles_of, members_of, registered_in
    from scanner.network.bastions import ADMIN_PORTS, Entries, Fan, Host, Topology, topology_of
    from scanner.network.clients import is_local_zone, subnet_of, workloads_of, zone_of, zones_of
    from scanner.network.connect_sources import is_connect_service
    from scanner.network.corporate import Arrival
    from scanner.network.endpoints import (
        VPC_ENDPOINT,
        actions_of,
        endpoint_state,
        endpoint_type,
        gateway_endpoints,
        is_going,
        is_named,
        leads_to_aws,
        service_of,
    )
    from scanner.network.exposure import Exposure, Opening
    from scanner.network.front_doors import (
        CLASSIC_LOAD_BALANCER,
        LISTENER,
        LOAD_BALANCER,
        TARGET_GROUP,
        admitted_by_groups,
        balancer_interfaces,
        is_blocked,
    )
    from scanner.network.hubs import interface_endpoints_for, peer_of, way_to, ways_abroad
    from scanner.network.inspection import edge_tables, inspected_subnets, inspection_endpoints, passes_inspection
    from scanner.network.instance_connect import (
        INSTANCE_CONNECT_ENDPOINT,
        belongs_to_endpoint,
        is_installed,
        is_own,
        is_usable,
        speaks_to,
    )
    from scanner.network.instances import INSTANCE, is_live, is_service_managed, is_stopped
    from scanner.network.interfaces import Address, addresses_of, groups_of, instance_of, is_listening
    from scanner.network.needs import MANAGED_INSTANCE, Need, needs_of
    from scanner.network.outsiders import admitted_outsiders
    from scanner.network.painting import is_active, paint, target_of
    from scanner.network.paths import Path, Verdict
    from scanner.network.prices import compare_gateway_endpoint, compare_interface_endpoints
    from scanner.network.questions import connection_path, internet_exposure, proof_of, tunnel_path
    from scanner.network.replacements import cure_of_bastion, endpoint_beside, hosts_in_words, replacements_of
    from scanner.network.routes import (
        active_routes,
        describe_route,
        internet_routes,
        is_main,
        route_table_of,
    )
    from scanner.network.security_groups import (
        NETWORK_INTERFACE,
        SECURITY_GROUP,
        Range,
        called_group,
        group_name,
        interfaces_of,
        lets_through,
        lets_through_only,
        traffic_in_words,
        world_ranges,
    )
    from scanner.network.structures import structures, text_of
    from scanner.network.transit_ways import sees_behind
    from scanner.network.ways import NAT_GATEWAY, Way, ways_in, ways_of
    from scanner.network.workloads import is_private, is_workload
    from scanner.policy.alerts import Alert, alert_on
    from scanner.policy.conditions import Clause
    from scanner.policy.decisions import Decision, Ruling, decide
    from scanner.policy.documents import Document, read_document
    from scanner.policy.documents import Statement as PolicyStatement
    from scanner.policy.formulas import Access
    from scanner.policy.keys import OPEN_TUNNEL_ACTION, SEND_KEY_ACTION, SEND_SERIAL_KEY_ACTION, START_SESSION_ACTION
    from scanner.policy.licence_answers import Wide, answers_about, conditions_of, told_statement
    from scanner.policy.licences import Licence, Licences, Reach, is_firm, licences_of, limits_tags
    from scanner.policy.network_activity import NETWORK_ACTIVITY_SOURCES, records_refusals
    from scanner.policy.organizations import Organization, organization_of
    from scanner.policy.places import DocumentKind, Place
    from scanner.policy.principals import Directory, Principal, directory_of
    from scanner.policy.rewrites import rewrite
    from scanner.policy.selectors import A_READ, OPEN_TUNNEL, ManagementEvent, Recording
    from scanner.policy.statements import (
        names_every_action,
        names_every_resource,
        names_everyone,
        narrowing_keys,
        statements,
    )
    from scanner.policy.trails import (
        EVENT_DATA_STORE,
        TRAIL,
        covers,
        delivery_trouble,
        is_owned,
        owner_of,
        store_records,
        trail_records,
    )
    from scanner.policy.trust import Trustee, asks_for_mfa, trustees_of
    from scanner.policy.who import Answers, Grant, Requirement, who_may
    from scanner.policy.words import block_of, conditions_in_words

__all__ = [
    "ADMIN_PORTS",
    "ANYBODY",
    "A_READ",
    "CLASSIC_LOAD_BALANCER",
    "EVENT_DATA_STORE",
    "INSTANCE",
    "INSTANCE_CONNECT_ENDPOINT",
    "LISTENER",
    "LOAD_BALANCER",
    "MANAGED_INSTANCE",
    "NAT_GATEWAY",
    "NETWORK_ACTIVITY_SOURCES",
    "NETWORK_INTERFACE",
    "OPEN_TUNNEL",
    "OPEN_TUNNEL_ACTION",
    "SECURITY_GROUP",
    "SEND_KEY_ACTION",
    "SEND_SERIAL_KEY_ACTION",
    "START_SESSION_ACTION",
    "TARGET_GROUP",
    "TRAIL",
    "VPC_ENDPOINT",
    "Accelerated",
    "Access",
    "Address",
    "Alert",
    "Answer",
    "Answers",
    "Arrival",
    "Aside",
    "Attached",
    "Capability",
    "Clause",
    "Clear",
    "Closed",
    "Decision",
    "Directory",
    "Document",
    "DocumentKind",
    "Door",
    "Entries",
    "Exposure",
    "Fan",
    "Flag",
    "Grant",
    "Grants",
    "Holder",
    "Host",
    "Inventory",
    "KeyPush",
    "Licence",
    "Licences",
    "ManagementEvent",
    "Need",
    "Opening",
    "Organization",
    "Path",
    "Place",
    "PolicyStatement",
    "Principal",
    "Range",
    "Reach",
    "Recording",
    "Requirement",
    "Resource",
    "Ruling",
    "Topology",
    "Trustee",
    "Undecided",
    "Unknown",
    "Unsure",
    "Verdict",
    "Way",
    "Who",
    "Wide",
    "WorldEntry",
    "accelerated",
    "actions_of",
    "active_routes",
    "addresses_of",
    "admitted_by_groups",
    "admitted_outsiders",
    "alert_on",
    "answers_about",
    "asks_for_mfa",
    "attached_to",
    "balancer_interfaces",
    "belongs_to_endpoint",
    "block_of",
    "called_group",
    "compare_gateway_endpoint",
    "compare_interface_endpoints",
    "conditions_in_words",
    "conditions_of",
    "connection_path",
    "covers",
    "cure_of_bastion",
    "decide",
    "delivery_trouble",
    "describe_route",
    "directory_of",
    "edge_tables",
    "endpoint_beside",
    "endpoint_state",
    "endpoint_type",
    "gateway_endpoints",
    "grants_of",
    "group_name",
    "groups_behind",
    "groups_of",
    "handles_of",
    "hosts_in_words",
    "hours_since",
    "inspected_subnets",
    "inspection_endpoints",
    "instance_of",
    "interface_endpoints_for",
    "interfaces_of",
    "internet_exposure",
    "internet_routes",
    "interval",
    "is_active",
    "is_announced",
    "is_blocked",
    "is_connect_service",
    "is_firm",
    "is_going",
    "is_installed",
    "is_listening",
    "is_live",
    "is_local_zone",
    "is_main",
    "is_named",
    "is_own",
    "is_owned",
    "is_private",
    "is_service_managed",
    "is_stopped",
    "is_usable",
    "is_workload",
    "is_world",
    "leads_to_aws",
    "lets_through",
    "lets_through_only",
    "licences_of",
    "limits_tags",
    "listed",
    "logins_of",
    "members_of",
    "moment",
    "names_every_action",
    "names_every_resource",
    "names_everyone",
    "narrowing_keys",
    "needs_of",
    "organization_of",
    "owner_of",
    "paint",
    "passes_inspection",
    "peer_of",
    "proof_of",
    "public",
    "read_document",
    "records_refusals",
    "registered_in",
    "replacements_of",
    "rewrite",
    "route_table_of",
    "sees_behind",
    "service_of",
    "speaks_to",
    "statements",
    "store_records",
    "structures",
    "subnet_of",
    "tag_among",
    "target_of",
    "text_of",
    "told_statement",
    "topology_of",
    "traffic_in_words",
    "trail_records",
    "trustees_of",
    "tunnel_path",
    "union",
    "way_to",
    "ways_abroad",
    "ways_in",
    "ways_of",
    "who_may",
    "word",
    "workloads_of",
    "world_entries",
    "world_ranges",
    "zone_of",
    "zones_of",
]


def __getattr__(name: str) -> Any:
    """A word of the kit, from its home, which is loaded when the first rule asks for it."""
    home, _, own = HOMES.get(name, "").partition(":")
    if not home:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(importlib.import_module(home), own)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted(__all__)
