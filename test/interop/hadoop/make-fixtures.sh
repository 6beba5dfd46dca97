#!/usr/bin/env bash
# Writes test/fixtures/hadoop and hdfs anew with Hadoop's own classes (see make-fixtures.ts and
# make-hdfs-fixtures.ts); with an argument, `fixtures` or `hdfs`, one of them.
set -euo pipefail
cd "$(dirname "$0")/../../.."
export VARVE_REPOSITORY=$PWD
npx tsc -p test/interop/tsconfig.json
case "${1:-both}" in fixtures | both) node .cache/interop/scripts/test/interop/hadoop/make-fixtures.js ;; esac
case "${1:-both}" in hdfs | both) node .cache/interop/scripts/test/interop/hadoop/make-hdfs-fixtures.js ;; esac
