"""What somebody writes in ten minutes: the calls of a file with boto3, page by page on one thread, nothing kept."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError


def main(path: str) -> None:
    """Takes a JSON list of objects with `role`, `service`, `region`, `operation` and `parameters`."""
    sessions: dict[str, boto3.Session] = {"": boto3.Session()}
    clients: dict[tuple[str, str, str], Any] = {}
    pages = 0
    for call in json.loads(Path(path).read_text()):
        role, service, region = call["role"], call["service"], call["region"]
        if role not in sessions:
            sessions[role] = assumed(sessions[""], role)
        if (role, service, region) not in clients:
            clients[role, service, region] = sessions[role].client(service, region_name=region)
        client, name = clients[role, service, region], xform_name(call["operation"])
        try:
            if client.can_paginate(name):
                pages += sum(1 for _ in client.get_paginator(name).paginate(**call["parameters"]))
            else:
                getattr(client, name)(**call["parameters"])
                pages += 1
        except ClientError:
            pages += 1
    print(pages)


def assumed(session: boto3.Session, role: str) -> boto3.Session:
    """A session of a role."""
    given = session.client("sts").assume_role(RoleArn=role, RoleSessionName="bare")["Credentials"]
    return boto3.Session(
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


if __name__ == "__main__":
    main(sys.argv[1])
