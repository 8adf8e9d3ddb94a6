#!/bin/sh
# Makes .peers/moto: a server of buckets that checks signatures by itself, for moto.slow.test.ts (320 MB). PYTHON names the
# interpreter.
set -eu
cd "$(dirname "$0")/../.."
[ -x .peers/moto/bin/moto_server ] && exit
"${PYTHON:-python3}" -m venv .peers/moto
.peers/moto/bin/pip install --quiet "moto[server,s3,iam]==5.2.5"
