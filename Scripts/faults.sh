#!/usr/bin/env bash
# The tests about what breaks, again and again: one that fails once in twenty times is a fault of
# the product or of the test. Stops at the first failure and names it.
#
#     ./dev faults [times] [swift | checks]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

times=${1:-20}
part=${2:-all}
# Connections and servers lost, changes that meet, a feed held open, jobs and their leases, clocks,
# what fails for ever, imports and stores that are cut.
suites=(
    PostgresLossTests PostgresConflictTests PostgresFeedTests JobLifeTests JobRunnerTests
    WorkerKillTests ScheduleTests FeedFollowerTests LiveFeedTests ImportDurabilityTests S3FaultTests
)
checks=(Scripts/checks/test_{database_restart,chaos,processes,full_disk}.py)
log=var/faults.log

# Runs a command; names what failed in it and ends when something did.
attempt() {
    local run=$1 what=$2 start=$SECONDS
    if "${@:3}" >"$log" 2>&1; then
        printf '▸ %s of %s: %s in %s s\n' "$run" "$times" "$what" $((SECONDS - start))
        return
    fi
    printf '✗ %s of %s: %s\n' "$run" "$times" "$what" >&2
    # Lines of Swift Testing and of pytest.
    grep -E '^✘ Test .*recorded an issue|^FAILED|^ERROR|error:' "$log" | sort -u | head -20 >&2
    printf 'All of it is in %s\n' "$log" >&2
    exit 1
}

mkdir -p var
swift build --build-tests
filter=$(IFS='|' && echo "\.(${suites[*]})/")
for ((run = 1; run <= times; run++)); do
    [[ $part == checks ]] ||
        attempt "$run" "Swift tests" .venv/bin/python Scripts/checks/postgres.py \
            swift test --skip-build --filter "$filter"
    [[ $part == swift ]] ||
        attempt "$run" "checks" .venv/bin/python -m pytest -q -x "${checks[@]}"
done
