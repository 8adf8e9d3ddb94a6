#!/usr/bin/env bash
# slurm-up.sh FOLDER NODES: a real Slurm on 127.0.0.1 with so many nodes of two processors each, as root, without systemd
# and cgroups. Prints "ready", and ends it all when standard input ends, however whoever holds that came to his end.
# FOLDER is emptied; its path must be short, for a socket's path may have a hundred letters.
set -euo pipefail
folder=$(realpath -m "${1:?usage: slurm-up.sh FOLDER NODES}") nodes=$2 host=$(hostname -s)
rm -rf "$folder"
mkdir -p "$folder/state"
chmod 755 "$folder"
cd "$folder"
export SLURM_CONF=$folder/slurm.conf

# Ports that nobody has.
mapfile -t ports < <(node -e '
  const { createServer } = require("node:net");
  const open = () => new Promise((done) => { const server = createServer().listen(0, "127.0.0.1", () => done(server)); });
  Promise.all(Array.from({ length: Number(process.argv[1]) }, open)).then((servers) => {
    for (const server of servers) { console.log(server.address().port); server.close(); }
  });' "$((nodes + 1))")

cat >"$SLURM_CONF" <<CONF
ClusterName=simvlm
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=${ports[0]}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CredType=cred/munge
# What is requeued waits for cred_expire; it must be well above KillWait.
AuthInfo=socket=$folder/munge.sock,cred_expire=10
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool-%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd-%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/jobcomp.txt
MpiDefault=none
MailProg=/bin/true
SchedulerParameters=sched_interval=1,batch_sched_delay=0,sched_min_interval=0,bf_interval=1
ReturnToService=1
SlurmdTimeout=60
KillWait=5
MinJobAge=3600
$(for ((i = 1; i <= nodes; i++)); do echo "NodeName=n$i NodeHostname=$host NodeAddr=127.0.0.1 Port=${ports[$i]} CPUs=2 RealMemory=1000"; done)
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE DefaultTime=10 State=UP
CONF

started=()
# In a group of its own each, so that nothing that was sent to us reaches it.
start() {
  setsid "$@" </dev/null >"$folder/$1-${#started[@]}.out" 2>&1 &
  started+=($!)
}
end() {
  scancel --user=root 2>/dev/null || true
  for ((i = ${#started[@]} - 1; i >= 0; i--)); do kill "${started[$i]}" 2>/dev/null || true; done
  wait
}
trap end EXIT

head -c 128 /dev/urandom >munge.key
chmod 600 munge.key
start munged --foreground --force --num-threads=2 --key-file="$folder/munge.key" --socket="$folder/munge.sock" \
  --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" --seed-file="$folder/munged.seed"
until munge -S "$folder/munge.sock" -n >/dev/null 2>&1; do sleep 0.1; done
start slurmctld -D -f "$SLURM_CONF"
for ((i = 1; i <= nodes; i++)); do start slurmd -D -N "n$i" -f "$SLURM_CONF"; done
until [ "$(sinfo -h -N -o '%N %t' 2>/dev/null | grep -c ' idle$')" = "$nodes" ]; do sleep 0.1; done
echo ready
cat >/dev/null
