#!/usr/bin/env bash
# SPDX-License-Identifier: MIT

# What the command tells of the verifier's rules and of the contract. No adapter is needed.
# shellcheck source=tests/cli/harness.sh
source "$(dirname "$0")/harness.sh"
isolate "$@"

contract=$here/../../docs/ndis-contract.md

Explain_NoId_ListsEachRuleOnce() {
    run "$bin/shuttle" explain
    expect_status 0
    expect_quiet
    for id in REU-01 REU-21 PV-01 PV-25; do
        [ "$(grep -c "^$id  " "$work/out")" -eq 1 ] || fail "$id is not on one line"
    done
}

Explain_Rule_ShowsFixAndContract() {
    run "$bin/shuttle" explain reu-01
    expect_status 0
    expect_quiet
    expect_out "REU-01  CurrentMdl names an MDL that is not in MdlChain"
    expect_out "NdisAdjustNetBufferCurrentMdl."
    expect_out "  NBL-65   The reuse rule."
    expect_out "nf-nblapi-ndisadjustnetbuffercurrentmdl"
}

Explain_EveryTenthEntry_IsShown() {
    local id
    for id in $(grep -oE '^(- |\| )[A-Z]+-[0-9]{2} ' "$contract" |
        tr -d '| ' | sed 's/^-//' | awk 'NR % 10 == 6'); do
        run "$bin/shuttle" explain "$id"
        expect_status 0
        grep -qE "^ *$id  " "$work/out" || fail "$id does not show itself"
    done
    [ "$id" = Q-20 ] || fail "the loop ended at '$id', not at the contract's last entry"
}

Explain_TableRowAndCode_KeepTheirShape() {
    run "$bin/shuttle" explain NBL-53
    expect_out "P before next send: set"
    run "$bin/shuttle" explain NBL-93
    expect_out "NET_BUFFER_DATA_LENGTH(nb) = frameLength;  /* <= sum of MDL byte counts */"
    ! grep -q ' $' "$work/out" || fail "there are blanks at the end of a line"
}

Explain_Json_HasTheSame() {
    run "$bin/shuttle" explain --json PV-04
    expect_status 0
    expect_json 'd["id"]' PV-04 'd["contract"][1]["id"]' SND-06 \
        'd["contract"][1]["sources"]' nf-ndis-ndissendnetbufferlists
    run "$bin/shuttle" explain NBL-67 --json
    expect_json 'd["id"]' NBL-67 'len(d["contract"])' 1 'd["contract"][0]["id"]' NBL-67 \
        '"title" in d' False
    run "$bin/shuttle" explain --json
    expect_json 'd["rules"][0]["id"]' REU-01 'sum(r["id"].startswith("PV-") for r in d["rules"])' 25
}

Explain_UnknownId_NamesTheNearest() {
    run "$bin/shuttle" explain REU1
    expect_status 2
    expect_err "no entry 'REU1'; is it one of REU-01"
    run "$bin/shuttle" explain NBL-650 # contract-id-example
    expect_status 2
    expect_err "NBL-65"
    run "$bin/shuttle" explain whatever
    expect_status 2
    expect_err "'shuttle explain' lists the rules"
    run "$bin/shuttle" explain PV-01 PV-02
    expect_status 2
    expect_err "'PV-02' is not expected"
    run "$bin/shuttle" explain --yaml
    expect_status 2
    expect_err "no option '--yaml'"
}

run_tests "$1" Explain_NoId_ListsEachRuleOnce Explain_Rule_ShowsFixAndContract \
    Explain_EveryTenthEntry_IsShown Explain_TableRowAndCode_KeepTheirShape Explain_Json_HasTheSame \
    Explain_UnknownId_NamesTheNearest
