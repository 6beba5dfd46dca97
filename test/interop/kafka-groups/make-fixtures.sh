#!/usr/bin/env bash
# Writes test/fixtures/kafka/coordinators anew with a real broker (see make-fixtures.ts). Takes a minute.
set -euo pipefail
cd "$(dirname "$0")/../../.."
export VARVE_REPOSITORY=$PWD
npx tsc -p test/interop/tsconfig.json
node .cache/interop/scripts/test/interop/kafka-groups/make-fixtures.js
