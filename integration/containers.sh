#!/usr/bin/env bash
# Runs the tests against containers: on the Docker engine that answers, else on one that engine.sh starts for them. Where neither
# is to be had, it says why and succeeds, or fails with REQUIRE_DOCKER=1.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tests=$(mktemp -d)
trap 'rm -rf "$tests"' EXIT
cd "$here"
"${GO:-go}" test -race -c -o "$tests/containers" .

run=("$tests/containers" -test.v -test.timeout "${TESTTIMEOUT:-10m}" -test.run '^TestContainer')
if REQUIRE_DOCKER=1 "$tests/containers" -test.run '^TestAnEngineAnswers$' >/dev/null 2>&1; then
	REQUIRE_DOCKER=1 "${run[@]}"
	exit
fi
status=0
"$here/engine.sh" run env REQUIRE_DOCKER=1 "${run[@]}" || status=$?
if [ "$status" = 69 ] && [ "${REQUIRE_DOCKER:-}" != 1 ]; then
	echo "containers: no tests against containers: no Docker engine answers, and none can be started (see above). REQUIRE_DOCKER=1 makes this a failure." >&2
	exit 0
fi
exit "$status"
