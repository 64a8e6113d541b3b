"""boto3 judges the server: signatures, sessions and semantics.

usage: python judge.py '{"zones":[...],"accessKeyId":...}' SESSION_SECONDS
"""
import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

server = json.loads(sys.argv[1])
zone = server["zones"][0]
bucket = f"demo--{zone['zone']}--x-s3"
client = boto3.client(
    "s3",
    region_name=server["region"],
    endpoint_url=zone["endpoint"],
    aws_access_key_id=server["accessKeyId"],
    aws_secret_access_key=server["secretAccessKey"],
    config=Config(retries={"max_attempts": 1}),
)

sessions = []
client.meta.events.register("before-call.s3.CreateSession", lambda **call: sessions.append(call))


def body(key, **more):
    return client.get_object(Bucket=bucket, Key=key, **more)["Body"].read()


def refused(status, call):
    try:
        call()
    except ClientError as e:
        actual = e.response["ResponseMetadata"]["HTTPStatusCode"]
        assert actual == status, f"expected {status}, got {actual}: {e}"
        return
    raise AssertionError(f"expected {status}, but it succeeded")


def put():
    client.put_object(Bucket=bucket, Key="py/a b+é.txt", Body=b"hello zonal world")
    assert body("py/a b+é.txt") == b"hello zonal world"


def ranged_get():
    assert body("py/a b+é.txt", Range="bytes=6-10") == b"zonal"
    assert body("py/a b+é.txt", Range="bytes=-5") == b"world"
    refused(416, lambda: body("py/a b+é.txt", Range="bytes=100-"))


def conditional_get():
    etag = client.head_object(Bucket=bucket, Key="py/a b+é.txt")["ETag"]
    body("py/a b+é.txt", IfMatch=etag)
    refused(412, lambda: body("py/a b+é.txt", IfMatch='"other"'))
    refused(304, lambda: body("py/a b+é.txt", IfNoneMatch=etag))


def multipart():
    key = "py/parts"
    upload = client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"]
    parts = []
    for number, data in enumerate([b"\1" * (5 << 20), b"tail"], start=1):
        part = client.upload_part(
            Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=data
        )
        parts.append({"PartNumber": number, "ETag": part["ETag"]})
    client.complete_multipart_upload(
        Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": parts}
    )
    assert body(key, Range="bytes=-5") == b"\1tail"


def list_objects():
    page = client.list_objects_v2(Bucket=bucket, Prefix="py/")
    assert sorted(o["Key"] for o in page["Contents"]) == ["py/a b+é.txt", "py/parts"]
    refused(400, lambda: client.list_objects_v2(Bucket=bucket, Prefix="py"))


def append():
    client.put_object(Bucket=bucket, Key="py/log", Body=b"one", WriteOffsetBytes=0)
    client.put_object(Bucket=bucket, Key="py/log", Body=b"two", WriteOffsetBytes=3)
    refused(
        400,
        lambda: client.put_object(Bucket=bucket, Key="py/log", Body=b"x", WriteOffsetBytes=3),
    )
    assert body("py/log") == b"onetwo"


def rename():
    client.rename_object(Bucket=bucket, Key="py/renamed", RenameSource="py/log")
    assert body("py/renamed") == b"onetwo"
    refused(404, lambda: body("py/log"))


def read_across_an_expired_session():
    before = len(sessions)
    assert before > 0, "requests were signed without a session"
    time.sleep(float(sys.argv[2]) + 1)
    assert body("py/renamed") == b"onetwo"
    assert len(sessions) > before, "an expired session was used"


def delete():
    client.delete_object(Bucket=bucket, Key="py/renamed")
    refused(404, lambda: body("py/renamed"))
    gone = client.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": "py/parts"}]})
    assert len(gone["Deleted"]) == 1


failed = 0
for check in [
    put,
    ranged_get,
    conditional_get,
    multipart,
    list_objects,
    append,
    rename,
    read_across_an_expired_session,
    delete,
]:
    try:
        check()
        print(f"ok python {check.__name__}")
    except Exception as e:  # every failure is a verdict
        failed += 1
        print(f"not ok python {check.__name__}: {e!r}")
sys.exit(0 if failed == 0 else 1)
