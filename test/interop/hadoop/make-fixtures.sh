#!/usr/bin/env bash
# Writes test/fixtures/hadoop anew with Hadoop's own classes (see make-fixtures.ts).
set -euo pipefail
cd "$(dirname "$0")/../../.."
npx tsc -p test/interop/tsconfig.json
node .cache/interop/scripts/test/interop/hadoop/make-fixtures.js
