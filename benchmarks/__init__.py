"""What a scan costs, measured against bare boto3 in the same run; `make bench` prints all of it."""
