"""Where each word of the kit lives: it is loaded from there when a rule asks for it, and not before."""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: Mapping[str, str] = {
    "scanner.aws.moments": "hours_since moment",
    "scanner.logins.capability": "ANYBODY Capability Closed Door Holder KeyPush Who",
    "scanner.logins.who": "logins_of",
    "scanner.model": "Answer Aside Clear Flag Resource Undecided Unknown Unsure View=Inventory",
    "scanner.network.accelerators": "Accelerated accelerated",
    "scanner.network.acl_openings": "WorldEntry world_entries",
    "scanner.network.addresses": "interval is_world public union",
    "scanner.network.admission": "Grants grants_of",
    "scanner.network.announcements": "is_announced",
    "scanner.network.attachments": "Attached attached_to",
    "scanner.network.balancers": "groups_behind handles_of members_of registered_in",
    "scanner.network.bastions": "ADMIN_PORTS Entries Fan Host Topology topology_of",
    "scanner.network.clients": "is_local_zone subnet_of workloads_of zone_of zones_of",
    "scanner.network.connect_sources": "is_connect_service",
    "scanner.network.corporate": "Arrival",
    "scanner.network.endpoints": (
        "VPC_ENDPOINT actions_of endpoint_state endpoint_type gateway_endpoints is_going is_named "
        "leads_to_aws service_of"
    ),
    "scanner.network.exposure": "Exposure Opening",
    "scanner.network.front_doors": (
        "CLASSIC_LOAD_BALANCER LISTENER LOAD_BALANCER TARGET_GROUP admitted_by_groups balancer_interfaces is_blocked"
    ),
    "scanner.network.hubs": "interface_endpoints_for peer_of way_to ways_abroad",
    "scanner.network.inspection": "edge_tables inspected_subnets inspection_endpoints passes_inspection",
    "scanner.network.instance_connect": (
        "INSTANCE_CONNECT_ENDPOINT belongs_to_endpoint is_installed is_own is_usable speaks_to"
    ),
    "scanner.network.instances": "INSTANCE is_live is_service_managed is_stopped",
    "scanner.network.interfaces": "Address addresses_of groups_of instance_of is_listening",
    "scanner.network.needs": "MANAGED_INSTANCE Need needs_of",
    "scanner.network.outsiders": "admitted_outsiders",
    "scanner.network.painting": "is_active paint target_of",
    "scanner.network.paths": "Path Verdict",
    "scanner.network.prices": "compare_gateway_endpoint compare_interface_endpoints",
    "scanner.network.questions": "connection_path internet_exposure proof_of tunnel_path",
    "scanner.network.replacements": "cure_of_bastion endpoint_beside hosts_in_words replacements_of",
    "scanner.network.routes": "active_routes describe_route internet_routes is_main route_table_of",
    "scanner.network.security_groups": (
        "NETWORK_INTERFACE SECURITY_GROUP Range called_group group_name interfaces_of lets_through "
        "lets_through_only traffic_in_words world_ranges"
    ),
    "scanner.network.structures": "structures text_of",
    "scanner.network.transit_ways": "sees_behind",
    "scanner.network.ways": "NAT_GATEWAY Way ways_in ways_of",
    "scanner.network.workloads": "is_private is_workload",
    "scanner.policy.alerts": "Alert alert_on",
    "scanner.policy.conditions": "Clause",
    "scanner.policy.decisions": "Decision Ruling decide",
    "scanner.policy.documents": "Document read_document Statement=PolicyStatement",
    "scanner.policy.formulas": "Access",
    "scanner.policy.keys": "OPEN_TUNNEL_ACTION SEND_KEY_ACTION SEND_SERIAL_KEY_ACTION START_SESSION_ACTION",
    "scanner.policy.licence_answers": "Wide answers_about conditions_of told_statement",
    "scanner.policy.licences": "Licence Licences Reach is_firm licences_of limits_tags",
    "scanner.policy.network_activity": "NETWORK_ACTIVITY_SOURCES records_refusals",
    "scanner.policy.organizations": "Organization organization_of",
    "scanner.policy.places": "DocumentKind Place",
    "scanner.policy.principals": "Directory Principal directory_of",
    "scanner.policy.rewrites": "rewrite",
    "scanner.policy.selectors": "A_READ OPEN_TUNNEL ManagementEvent Recording",
    "scanner.policy.statements": ("names_every_action names_every_resource names_everyone narrowing_keys statements"),
    "scanner.policy.trails": (
        "EVENT_DATA_STORE TRAIL covers delivery_trouble is_owned owner_of store_records trail_records"
    ),
    "scanner.policy.trust": "Trustee asks_for_mfa trustees_of",
    "scanner.policy.who": "Answers Grant Requirement who_may",
    "scanner.policy.words": "block_of conditions_in_words",
}
"""The module -> its words; `Old=New` is called New in the kit."""

HOMES: Mapping[str, str] = {
    word.rpartition("=")[2]: f"{module}:{word.partition('=')[0]}"
    for module, words in _WORDS.items()
    for word in words.split()
}
"""The word -> `module:its name there`."""
