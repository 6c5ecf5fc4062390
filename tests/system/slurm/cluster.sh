# shellcheck shell=bash
# A real Slurm for one test: munge, a controller and two nodes n1 and n2 on this computer, on the loopback alone, without
# systemd or cgroups. Everything it writes is in $scratch/slurm. Source lib.sh first.
cluster=$scratch/slurm

# cluster_obstacle: says why Slurm cannot run here; says nothing when it can.
cluster_obstacle()
{
  local program
  for program in munged slurmctld slurmd sbatch squeue scontrol scancel; do
    [[ -n $(PATH=$PATH:/usr/sbin type -P "$program") ]] || { echo "$program is missing (packages slurm-wlm, munge)"; return; }
  done
  ((EUID == 0)) || echo "its daemons need root"
}

# Three ports in a row that nobody listens on.
free_ports()
{
  python3 - <<'PYTHON'
import random, socket
while True:
    first = random.randrange(20000, 30000)
    sockets = [socket.socket() for _ in range(3)]
    try:
        for offset, each in enumerate(sockets):
            each.bind(("127.0.0.1", first + offset))
        print(first)
        break
    except OSError:
        continue
    finally:
        for each in sockets:
            each.close()
PYTHON
}

cluster_configuration()
{
  local port=$1 host
  host=$(hostname -s)
  cat <<CONF
ClusterName=throwaway
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$cluster/munge/socket
CredType=cred/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
MpiDefault=none
SwitchType=switch/none
KillWait=2
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool.%n
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.%n.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.%n.log
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=1000,bf_interval=1
NodeName=n[1-2] NodeHostname=$host NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + 2))] CPUs=1 State=UNKNOWN
PartitionName=sweep Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
}

cluster_up()
{
  local node tenths=300
  mkdir -p "$cluster"/{state,munge}
  # munged wants its folders closed to others, and the way to its socket open.
  chmod 755 "$scratch" "$cluster" "$cluster/munge"
  head -c 128 /dev/urandom >"$cluster/munge/key"
  chmod 400 "$cluster/munge/key"
  export SLURM_CONF=$cluster/slurm.conf PATH=$PATH:/usr/sbin
  cluster_configuration "$(free_ports)" >"$SLURM_CONF"
  trap 'cluster_down; [[ -z $started ]] || kill -s KILL -- "-$started" 2>/dev/null; rm -rf "$scratch"' EXIT
  munged --force --key-file="$cluster/munge/key" --socket="$cluster/munge/socket" --pid-file="$cluster/munge/pid" \
    --log-file="$cluster/munge/log" --seed-file="$cluster/munge/seed" 2>/dev/null || fail "munged does not start"
  slurmctld -c -f "$SLURM_CONF" || fail "slurmctld does not start"
  for node in n1 n2; do
    slurmd -N "$node" -f "$SLURM_CONF" || fail "slurmd does not start: $(tail -3 "$cluster/slurmd.$node.log")"
  done
  while [[ $(sinfo --noheader --states=idle --format=%D 2>/dev/null) != 2 ]]; do
    ((tenths-- > 0)) || fail "the nodes are not there after 30 s: $(sinfo 2>&1)"
    sleep 0.1
  done
}

# Daemons by the files that name them, then the jobs that they started, by the folder that they run from.
cluster_down()
{
  local file process
  scancel --quiet --user="$(id -un)" 2>/dev/null
  for file in "$cluster"/slurmd.*.pid "$cluster/slurmctld.pid" "$cluster/munge/pid"; do
    [[ -s $file ]] && kill "$(<"$file")" 2>/dev/null
  done
  sleep 0.5
  for process in $(pgrep slurmstepd); do
    grep --quiet --null-data --fixed-strings "$cluster/" "/proc/$process/environ" 2>/dev/null && kill -s KILL "$process"
  done
}
