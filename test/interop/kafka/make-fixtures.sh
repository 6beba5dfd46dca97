#!/usr/bin/env bash
# Writes test/fixtures/kafka anew with real brokers (see make-fixtures.ts). Takes a few minutes.
set -euo pipefail
cd "$(dirname "$0")/../../.."
export VARVE_REPOSITORY=$PWD
npx tsc -p test/interop/tsconfig.json
node .cache/interop/scripts/test/interop/kafka/make-fixtures.js "$@"
