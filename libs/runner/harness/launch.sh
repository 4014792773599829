#!/bin/sh
# Starts a harness: launch.sh <seconds that the container may live> <harness> [arguments]
#
# The protocol moves to descriptors 3 (in) and 4 (out); what is printed to 1 and 2 past the harness goes to the engine's
# stderr stream. A watcher passes the container's input on. When that ends (nobody holds the run any more) or when the
# time is over, it kills whatever still runs: no event loop and no lock of the script can stop it.
max_seconds=$1
shift
exec 3<&0 4>&1 </dev/null >&2
mkfifo -m 600 /tmp/.input /tmp/.stdout /tmp/.stderr
{
  timeout -s KILL "$max_seconds" cat <&3 >/tmp/.input 2>/dev/null
  kill -KILL -1
} 4>&- &
exec 3</tmp/.input
exec "$@"
