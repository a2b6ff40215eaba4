#!/usr/bin/env bash
# The main job of crm on the example company, from installing it to the reports. Every command is shown with its answer.
#
#   examples/quickstart.sh [FOLDER]     FOLDER (default: examples/.quickstart) gets the program and the store
#
# With CRM_QUICKSTART_PYTHON set to an interpreter that knows crm, nothing is installed.
set -euo pipefail

here="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
folder="${1:-$here/.quickstart}"
mark="$folder/made-by-quickstart"

if [ -d "$folder" ] && [ ! -e "$mark" ] && [ -n "$(ls -A "$folder")" ]; then
    echo "quickstart.sh: $folder holds something else; name a new folder: examples/quickstart.sh FOLDER" >&2
    exit 1
fi
mkdir -p "$folder"
folder="$(cd "$folder" && pwd)"
touch "$folder/made-by-quickstart"
rm -rf "$folder/store"

find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$name" >/dev/null && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    echo "quickstart.sh: Python 3.11 or newer is needed, and none was found; install it and try again." >&2
    exit 1
}

install_crm() {
    local python
    python="$(find_python)"
    echo "Installing crm into $folder/environment"
    "$python" -m venv "$folder/environment"
    # From a copy, so that building leaves nothing in the checkout.
    rm -rf "$folder/source"
    mkdir "$folder/source"
    cp -R "$here/../crm_cli" "$here/../pyproject.toml" "$here/../README.md" "$folder/source"
    "$folder/environment/bin/python" -m pip install --quiet --disable-pip-version-check "$folder/source"
    rm -rf "$folder/source"
}

if [ -n "${CRM_QUICKSTART_PYTHON:-}" ]; then
    crm() { "$CRM_QUICKSTART_PYTHON" -m crm_cli "$@"; }
else
    install_crm
    crm() { "$folder/environment/bin/crm" "$@"; }
fi

# Nothing of your own settings, and no clock but this story's: everybody sees the same.
unset CRM_FORMAT CRM_TZ CRM_COLOR CRM_DEBUG CRM_LOCK_TIMEOUT
export TZ=Europe/Berlin CRM_CONFIG=none CRM_STORE="$folder/store" CRM_USER=ana CRM_NO_INPUT=1 COLUMNS="${COLUMNS:-110}"
company="$here/company"

say() { printf '\n# %s\n' "$*"; }
run() {
    printf '\n$ %s\n' "$1"
    eval "$1" 2>&1
}

export CRM_NOW=2026-09-01T09:00
say "Tuesday, 1 September 2026: Nordlicht Fahrradbau sets up its desk."
run 'crm init --timezone Europe/Berlin --currency EUR --country DE'
run 'crm rep add "Ana Silva" --handle ana'
run 'crm rep add "Sam Weber" --handle sam'
run 'crm campaign add "Autumn 26" -a Call -a "Test ride" -a Offer --start 2026-09-01 --end 2026-11-30'

say "Half a year of leads lies in a spreadsheet. First what would happen, then for good."
run 'crm import leads "$company/leads.csv" --dry-run'
run 'crm import leads "$company/leads.csv"'

say "And what was sold: each deal makes its lead a customer on the day it was won."
run 'crm import deals "$company/deals.csv" --map "lead id=lead.external_id" --create-reps'
run 'crm report funnel --from 2026-01-01 --to 2026-06-30 --scope all'

say "The best leads nobody works on go to Ana and Sam, and into the campaign."
run 'crm lead list --where "status=open and potential>=21800 and do_not_contact=no" --sort -potential'
run 'crm lead assign L16 L89 L247 --to ana'
run 'crm lead assign L48 L186 --to sam'
run 'crm lead set-campaign L16 L89 L247 L48 L186 --to "Autumn 26"'

say "The first calls."
run 'crm event log "Called Birgit" --lead L16 --result "wants a test ride"'
run 'crm lead advance L16'
run 'crm lead rate L16 hot'
run 'crm lead note L16 "needs room for two children and a dog"'
run 'crm event add "Test ride with Birgit" --lead L16 --at "thu 14:00" --kind meeting --remind 1d,1h'
run 'crm event add "Call Tjark" --lead L89 --at tomorrow'

export CRM_NOW=2026-09-03T13:15
say "Thursday, 13:15: what is due?"
run 'crm remind check'
run 'crm event done E2 --result "loves it" --next "Send the offer" --next-at +1d'
run 'crm lead advance L16'
run 'crm lead show L16'

say "Somebody comes by recommendation and buys. Her mail is checked against all there are."
run 'crm lead add "Frieda Nordwind" --email frieda@nordwind.example --company "Nordwind Kurier" --channel referral --rep sam --potential 12000'
run 'crm lead add "F. Nordwind" --email Frieda+bikes@Nordwind.example || echo "exit code $?"'

export CRM_NOW=2026-09-10T10:00
say "A week later: deals, a loss, and a claim."
run 'crm lead qualify L304 --deal --amount 11500'
run 'crm deal win D117'
run 'crm lead disqualify L186 --reason competitor --note "bought elsewhere"'
run 'crm claim add "Frame cracked" --account A1 --priority high --text "after 300 km"'
run 'crm claim start CL1 --rep sam --division Workshop --cause material'
run 'crm claim resolve CL1 --result satisfied --answer "frame replaced"'

say "How are we doing?"
run 'crm report funnel --scope all'
run 'crm report funnel --by month --from 2026-04-01'
run 'crm report channels'
run 'crm report pipeline --by rep'
run 'crm report pipeline --by activity --campaign "Autumn 26"'
run 'crm report pipeline --by activity --campaign "Autumn 26" --as-of 2026-09-02'

say "Who did what, and is everything still there?"
run 'crm lead history L16'
run 'crm history --limit 2'
run 'crm lead list --rep ana --json --fields id,name,activity_name,potential'
run 'crm verify'

cat <<END

The store lies in $folder/store: crm.json (every record) and history.jsonl (every change).
Go on in it:

  export CRM_STORE="$CRM_STORE"
END
if [ -z "${CRM_QUICKSTART_PYTHON:-}" ]; then
    echo "  export PATH=\"$folder/environment/bin:\$PATH\""
fi
cat <<END
  crm lead list --status open --limit 20
  crm lead --help
  crm help
END
