"""The scripts by which shells ask `crm` what may be meant; `answer` says how each hands over what was typed."""

from __future__ import annotations

from collections.abc import Mapping

# bash splits words at = : @ too: the whole line is handed over, and what is behind the last break comes back.
_BASH = r"""
_crm_complete() {
    local line program=${1/#\~\//$HOME/}
    COMPREPLY=()
    while IFS= read -r line; do
        case $line in
            $'\t'nospace) compopt -o nospace 2>/dev/null ;;
            $'\t'files) compopt -o filenames 2>/dev/null
                while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$2") ;;
            $'\t'folders) compopt -o filenames 2>/dev/null
                while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$2") ;;
            ?*) COMPREPLY+=("$line") ;;
        esac
    done < <(_CRM_COMPLETE=bash "$program" "${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" "${COMP_TYPE:-9}" \
        "${COLUMNS:-80}" 2>/dev/null </dev/null)
}
complete -o nosort -F _crm_complete crm 2>/dev/null || complete -F _crm_complete crm
"""

_ZSH = r"""
#compdef crm
_crm() {
    local line value order foreign nospace
    local -a before values shown
    integer width=0
    before=("${(@Q)words[2,CURRENT-1]}")
    for line in "${(@f)$(_CRM_COMPLETE=zsh "${~words[1]}" "${before[@]}" "${(Q)PREFIX}" 2>/dev/null </dev/null)}"; do
        value=${line%%$'\t'*}
        order=${line#*$'\t'}
        if [[ -n $value ]]; then
            values+=("$value")
            shown+=("$order")
            (( ${#value} > width )) && width=${#value}
            [[ ${(L)value} == "${(LQ)PREFIX}"* ]] || foreign=1
        elif [[ $order == nospace ]]; then
            nospace=1
        elif [[ $order == files ]]; then
            _files
            return
        elif [[ $order == folders ]]; then
            _files -/
            return
        fi
    done
    (( ${#values} )) || return 1
    integer place
    for (( place = 1; place <= ${#values}; place++ )); do
        shown[place]="${(r:width:)values[place]}  ${shown[place]}"
    done
    # What they have in common would take the place of what was typed.
    [[ -n $foreign ]] && (( ${#values} > 1 )) && compstate[insert]='' && compstate[list]='list force'
    if [[ -n $nospace ]]; then
        compadd -U -V crm -l -d shown -S '' -a values
    else
        compadd -U -V crm -l -d shown -a values
    fi
}
if [[ $funcstack[1] == _crm ]]; then
    _crm "$@"
else
    compdef _crm crm
fi
"""

_FISH = r"""
function __crm_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    for line in (env _CRM_COMPLETE=fish $program $words "$word" 2>/dev/null </dev/null)
        switch $line
            case \tfiles
                __fish_complete_path "$word"
            case \tfolders
                __fish_complete_directories "$word"
            case \t'*'
            case '*'
                printf '%s\n' $line
        end
    end
end
complete -c crm -e
complete -c crm -f -k -a '(__crm_complete)'
"""

_POWERSHELL = r"""
Register-ArgumentCompleter -Native -CommandName crm -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $before = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } |
        ForEach-Object { if ($null -ne $_.Value) { [string]$_.Value } else { $_.Extent.Text } })
    $env:_CRM_COMPLETE = 'powershell'
    try { $lines = @(& crm @before ".$wordToComplete" 2>$null) } finally { Remove-Item Env:_CRM_COMPLETE }
    foreach ($line in $lines) {
        $value, $about = $line -split "`t", 2
        if (-not $value) { continue }
        if (-not $about) { $about = $value }
        $text = if ($value -match "[\s'`"$;|&<>(){}]") { "'" + $value.Replace("'", "''") + "'" } else { $value }
        [System.Management.Automation.CompletionResult]::new($text, $value, 'ParameterValue', $about)
    }
}
"""

SCRIPTS: Mapping[str, str] = {
    "bash": _BASH.strip(),
    "zsh": _ZSH.strip(),
    "fish": _FISH.strip(),
    "powershell": _POWERSHELL.strip(),
}
