#!/bin/sh
# Installs METEOR's data and SPICE's program where test/reference looks for them, as a user would: pip fetches pycocoevalcap
# (104 MB), Maven Stanford's CoreNLP (385 MB), each from wherever its settings say. What is installed stays as it is; what
# cannot be installed is told, and its tests are skipped. It takes 500 MB below the user's cache folder, or $SIMVLM_PROGRAMS.
set -u
cd "$(dirname "$0")/../.."
folder=${SIMVLM_PROGRAMS:-${XDG_CACHE_HOME:-$HOME/.cache}/simvlm-programs}
export XDG_DATA_HOME="$folder"
metrics=$folder/simvlm/metrics
wheel=$folder/pycocoevalcap-1.2-py3-none-any.whl
status=0

# install METRIC WHERE-IT-SHOWS OPTIONS...
install() {
  name=$1 record=$metrics/$2
  shift 2
  if [ -e "$record" ]; then
    echo "$name: installed in $metrics"
  elif ! { [ -e "$wheel" ] || python3 -m pip download --quiet --no-deps --dest "$folder" pycocoevalcap==1.2; } ||
    ! node harness/bin/simvlm.js metrics install "$name" --from "$wheel" "$@"; then
    echo "$name could not be installed: its tests are skipped." >&2
    status=1
  fi
}

install meteor meteor/meteor.bin
install spice spice/installed.json --maven
[ $status != 0 ] || rm -f "$wheel"
exit $status
