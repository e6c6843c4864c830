#!/usr/bin/env bash
# data-tools/mpi/namespaces.sh COMMAND...: runs a command as two MPI processes on "machines" of their own, network namespaces that a
# virtual cable connects, so that all they say to each other goes over TCP. Needs to be root; 77 where the system doesn't allow it.
set -euo pipefail

first=har-$$-a
second=har-$$-b
agent=$(mktemp)
end() {
  ip netns del "$first" 2>/dev/null || true
  ip netns del "$second" 2>/dev/null || true
  rm -f "$agent"
}
trap end EXIT

# A cable between two namespaces, in which the machine of the second can have another name.
connect() {
  ip netns add "$first" && ip netns add "$second" &&
    ip link add name veth0 netns "$first" type veth peer name veth0 netns "$second" &&
    ip -n "$first" address add 10.77.0.1/24 dev veth0 && ip -n "$second" address add 10.77.0.2/24 dev veth0 &&
    for name in "$first" "$second"; do
      ip -n "$name" link set veth0 up && ip -n "$name" link set lo up || return 1
    done &&
    unshare --uts hostname "$second"
}
if ! connect 2>/dev/null; then
  echo "namespaces.sh: this system allows no network namespaces" >&2
  exit 77
fi

# In the place of ssh: the other machine is the other namespace, with a name of its own.
cat >"$agent" <<EOF
#!/usr/bin/env bash
shift
exec ip netns exec "$second" unshare --uts sh -c "hostname $second; \$*"
EOF
chmod +x "$agent"

export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
ip netns exec "$first" mpirun --mca plm_rsh_agent "$agent" --mca btl tcp,self --mca btl_tcp_if_include veth0 \
  --mca oob_tcp_if_include veth0 --host 10.77.0.1:1,10.77.0.2:1 -n 2 "$@"
