#!/usr/bin/env bash
# The installed program and the Debian package: package_test.sh CASE
source "${BASH_SOURCE[0]%/*}/lib.sh"

skip()
{
  echo "skipped: $*"
  exit 77
}

needs()
{
  ((EUID == 0)) || skip "installing a package needs root"
  local tool
  for tool in "$@"; do
    command -v "$tool" >/dev/null || skip "no $tool here"
  done
}

# No launcher, and no paths of a source tree.
documents_speak_of_the_installed_program()
{
  [[ -e $1/README.md && -e $1/docs/README.md && -e $1/docs/tutorial.md ]] || fail "documents are missing"
  ! grep -rn --include='*.md' 'tools/cmsim' "$1" || fail "a document names the launcher"
  ! grep -rnE --include='*.md' '(^|[^/a-z])configs/(scenarios|sweeps|machines|models|parts)/' "$1" || fail "a document names a path of the tree"
  grep -q 'cmsim run decode-ep320' "$1/docs/blog-claims.md" || fail "no command with a name"
}

finds_its_files_where_it_is_installed()
{
  # Another copy than the one beside the sources, moved after the installation.
  run cmake --install "$CM_SOURCE_DIR/build/release" --prefix "$scratch/first"
  assert_status 0
  mv "$scratch/first" "$scratch/moved"
  local share=$scratch/moved/share/cmsim
  cd / || exit 1
  run "$scratch/moved/bin/cmsim" run "$share/configs/scenarios/p2p.yaml"
  assert_status 0
  local shipped=$stdout
  printf 'name: small\nbase: cloudmatrix384\noverrides: {nodes: 2}\n' >"$share/configs/machines/small.yaml"
  run "$scratch/moved/bin/cmsim" topology "$share/configs/scenarios/p2p.yaml" --set machine=small
  assert_status 0
  assert_matches "$stdout" 'nodes +2'
  run "$scratch/moved/bin/cmsim" explain workload.bytes
  assert_status 0
  run "$scratch/moved/bin/cmsim" validate --group p2p
  assert_status 0
  run "$CM_BINARY" run "$CM_SOURCE_DIR/configs/scenarios/p2p.yaml"
  assert_equal "$shipped" "$stdout"
  run "$scratch/moved/bin/cmsim" run p2p
  assert_equal "$shipped" "$stdout"
  run "$scratch/moved/bin/cmsim" list sweeps
  assert_status 0
  assert_contains "$stdout" ep-by-planes
  documents_speak_of_the_installed_program "$scratch/moved/share/doc/cmsim"
}

documents_lead_to_each_other_where_they_are_installed()
{
  run cmake --install "$CM_SOURCE_DIR/build/release" --prefix "$scratch/installed"
  assert_status 0
  local documents=$scratch/installed/share/doc/cmsim
  [[ -s $documents/README.md && -s $documents/docs/README.md && -s $documents/docs/images/machine.svg ]] ||
    fail "expected README.md, the index and the picture in $documents"
  run python3 -B "$CM_SOURCE_DIR/tests/architecture/check_docs_links.py" "$documents"
  assert_equal 'every link leads somewhere' "$stdout"
}

# Prints the package's path.
packed()
{
  run "$CM_SOURCE_DIR/tools/package" "$scratch/packed"
  assert_status 0
  package=$stdout
}

# As installed, in the system below the folder $1: the main scenario with one iteration, published rows, removal.
runs_and_removes()
{
  local system=$1
  in_system()
  {
    run chroot "$system" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@"
  }
  in_system cmsim --version
  assert_status 0
  in_system cmsim run decode-ep320 --set workload.iterations=1
  assert_status 0
  assert_matches "$stdout" 'time per output token +[0-9.]+ ms'
  in_system cmsim validate --group p2p
  assert_status 0
  in_system dpkg --remove cmsim
  assert_status 0
  for left in usr/bin/cmsim usr/share/cmsim usr/share/doc/cmsim; do
    [[ ! -e $system/$left ]] || fail "/$left is still there after the removal"
  done
  in_system dpkg-query --show cmsim
  [[ $status != 0 || $stdout != *cmsim*0.1* ]] || fail "the package is still known after the removal"
}

# In a namespace of its own, on a copy-on-write view of this system in which the source tree is hidden.
installs_runs_and_removes()
{
  needs unshare dpkg chroot
  if [[ ${2-} != inside ]]; then
    packed
    mkdir -p "$scratch/memory"
    unshare --mount --propagation private bash "${BASH_SOURCE[0]}" installs_runs_and_removes inside "$package" "$scratch/memory"
    exit
  fi
  local package=$3 memory=$4
  mount -t tmpfs tmpfs "$memory" || skip "cannot mount a tmpfs"
  mkdir "$memory"/{above,work,system}
  mount -t overlay overlay -o "lowerdir=/,upperdir=$memory/above,workdir=$memory/work" "$memory/system" ||
    skip "cannot mount an overlay"
  cp "$package" "$memory/system/cmsim.deb"
  mount -t tmpfs tmpfs "$memory/system$CM_SOURCE_DIR" && mount -t proc proc "$memory/system/proc" ||
    skip "cannot mount inside the overlay"
  # Where documents are left out of installations, as in containers, the package has them all the same.
  dpkg-deb --fsys-tarfile "$package" | tar -xO ./usr/share/doc/cmsim/docs/how-to/add-a-machine.md >"$scratch/page"
  grep -q 'cp /usr/share/cmsim/configs/machines/cloudmatrix384.yaml' "$scratch/page" || fail "a packed document names another place"
  run chroot "$memory/system" dpkg --install /cmsim.deb
  assert_status 0
  runs_and_removes "$memory/system"
}

# The smallest Debian 12, from the mirror that debootstrap takes by itself: what the package names as its dependencies is
# enough.
a_fresh_debian_has_what_it_needs()
{
  [[ -n ${CM_FRESH_DEBIAN:-} ]] || skip "needs a mirror and minutes: CM_FRESH_DEBIAN=1 asks for it"
  needs debootstrap chroot unshare
  if [[ ${2-} != inside ]]; then
    packed
    # In a namespace of its own, so that no mount outlives it.
    unshare --mount --propagation private bash "${BASH_SOURCE[0]}" a_fresh_debian_has_what_it_needs inside "$package"
    exit
  fi
  local package=$3 system=$scratch/system
  debootstrap --variant=minbase bookworm "$system" >"$scratch/log" 2>&1 ||
    skip "debootstrap: $(tail -n 1 "$scratch/log")"
  cp "$package" "$system/cmsim.deb"
  local install=(chroot "$system" /usr/bin/env DEBIAN_FRONTEND=noninteractive
    apt-get install --yes --no-install-recommends)
  # A dependency that Debian does not have is our mistake; one that the mirror does not hand over is not.
  run "${install[@]}" --simulate /cmsim.deb
  assert_status 0
  run "${install[@]}" --download-only /cmsim.deb
  [[ $status == 0 ]] || skip "the mirror does not deliver the dependencies: ${stderr##*$'\n'}"
  run "${install[@]}" /cmsim.deb
  assert_status 0
  mount -t proc proc "$system/proc" || skip "cannot mount /proc"
  runs_and_removes "$system"
  umount "$system/proc"
}

"$1" "$@"
