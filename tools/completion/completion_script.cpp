#include "tools/completion/completion_script.h"

namespace cm::tools {

// bash takes a word apart at "=" and ":" and replaces what stands behind the last of them.
std::string_view bash_completion()
{
  return R"(# bash completion of cmsim; cmsim completion bash prints it
_cmsim()
{
  local program start breaks= piece index joined= kept line
  local -a words=() lines=() paths=()
  program=$(type -P -- "${COMP_WORDS[0]}") && IFS= read -r -N 2 start <"$program" || return
  # The script of a source tree builds before it runs: only what it has built is asked.
  if [[ $start == '#!' ]]; then
    program=$(readlink -f -- "$program")
    program=${program%/tools/cmsim}/build/release/tools/program/cmsim
  fi
  [[ -x $program ]] || return
  [[ $COMP_WORDBREAKS != *=* ]] || breaks+==
  [[ $COMP_WORDBREAKS != *:* ]] || breaks+=:
  for ((index = 1; index <= COMP_CWORD; index++)); do
    piece=${COMP_WORDS[index]}
    if [[ -n $breaks && ${#words[@]} -gt 0 && (-n $joined || $piece == ["$breaks"]*) ]]; then
      words[-1]+=$piece
    else
      words+=("$piece")
    fi
    joined=
    [[ -z $breaks || $piece != *["$breaks"] ]] || joined=yes
  done
  mapfile -t lines < <("$program" complete-words "${words[@]}" 2>/dev/null)
  [[ -z $breaks ]] || kept=${words[-1]%"${words[-1]##*["$breaks"]}"}
  COMPREPLY=()
  for line in "${lines[@]:1}"; do
    line=${line%%$'\t'*}
    [[ $line != *[=.] ]] || compopt -o nospace 2>/dev/null
    printf -v line %q "${line#"$kept"}"
    COMPREPLY+=("$line")
  done
  case ${lines[0]-} in
    files) mapfile -t paths < <(compgen -f -- "${words[-1]#"$kept"}") ;;
    folders) mapfile -t paths < <(compgen -d -- "${words[-1]#"$kept"}") ;;
  esac
  ((${#paths[@]} == 0)) || compopt -o filenames 2>/dev/null
  COMPREPLY+=("${paths[@]}")
}
complete -F _cmsim cmsim
)";
}

std::string_view zsh_completion()
{
  return R"(#compdef cmsim
# zsh completion of cmsim; cmsim completion zsh prints it
_cmsim() {
  local program=${commands[$words[1]]:-${~words[1]}} start
  IFS= read -r -k 2 -u 0 start <$program 2>/dev/null || return 1
  # The script of a source tree builds before it runs: only what it has built is asked.
  [[ $start != '#!' ]] || program=${${program:A}%/tools/cmsim}/build/release/tools/program/cmsim
  [[ -x $program ]] || return 1
  local -a lines whole begun
  lines=("${(@f)$($program complete-words "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  local kind=$lines[1] line word
  for line in "${(@)lines[2,-1]}"; do
    word=${${line%%$'\t'*}//:/\\:}
    [[ $line != *$'\t'* ]] || word+=:${line#*$'\t'}
    if [[ ${line%%$'\t'*} == *[=.] ]]; then
      begun+=($word)
    else
      whole+=($word)
    fi
  done
  _describe -t words 'word' whole
  _describe -t words 'word' begun -S ''
  case $kind in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
_cmsim "$@"
)";
}

}  // namespace cm::tools
