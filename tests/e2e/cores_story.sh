#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: cores_story.sh
#
# The other core functions with the policies that ship for them, all on one host:
# each serves, each attempt succeeds without Sekisho, is refused with its errno and
# leaves its record with it.
#
# On 6.12 only: a guest with all of them is slow, and nothing here asks the kernel
# what the hook tests do not ask on each.

set -euo pipefail
. "$(dirname "$0")/lib.sh"

kernel=6.12
begin_work
make_site "$work/site"
make_cores "$work/site"
make_policy "$work/policy" "${cores[@]}" osmo-hlr

# The engineer's next policies: for another container, and for the one that is there.
sign() { # usage: sign BUNDLE
	"$BUILD/sekisho" sign --key "$work/site-key.key" "$1"
}
next() { # usage: next NAME VERSION SED
	sed "s/^version: 1\$/version: $2/; $3" "$work/policy.yaml" >"$work/$1.yaml"
	! cmp -s "$work/$1.yaml" "$work/policy.yaml" || die "$1: not another policy"
	"$BUILD/sekisho" compile --offline "$work/$1.yaml" -o "$work/policy/srv/next/$1"
	sign "$work/policy/srv/next/$1"
}
mkdir -p "$work/policy/srv/next"
"$BUILD/sekisho" keygen -o "$work/site-key" >&2
install -D -m 644 "$work/site-key.pub" "$work/policy/etc/sekisho/keys/site.pub"
sign "$work/policy/etc/sekisho/policy.bundle"
image=registry.example\\/osmo-hlr
next image 2 "s/$image:1.7/$image:1.8/"
next digest 2 "s/$image:1.7/&@sha256:$(printf %064d 0)/"
next label 2 "s/^      image: $image:1.7/&\\n      label: { org.example.tier: lab }/"
next missing 2 's,bundle: /var/lib/container-hlr,&/none,'
next right 2 "s/^      image: $image:1.7/&\\n      label: { org.example.tier: core }/"

drop() { # usage: drop NAME; exit status of the reload
	sh_root "cp /srv/next/$1 /var/lib/sekisho-incoming/policy.bundle; systemctl reload sekisho"
}
# shellcheck disable=SC2016  # for the guest's shell
in_force='sekisho status --json | jq -r "[.policy.digest, .policy.generation] | join(\" \")"; sha256sum </etc/sekisho/policy.bundle'
other_container() { # usage: other_container NAME TEXT; refused, and nothing changes
	local before after
	before=$(sh_root "$in_force")
	! drop "$1" || return 1
	after=$(sh_root "rm /var/lib/sekisho-incoming/policy.bundle; $in_force")
	printf '%s\n%s\n' "$before" "$after"
	[[ $before == "$after" ]] && sh_root "journalctl -u sekisho -o cat | grep -F 'container-hlr: /var/lib/container-hlr' | tail -n 1 |
		tee /dev/stderr | grep -F '$2'"
}
boot cores-without "$kernel" --product "$work/site"
try_without "${cores[@]}"
boot cores-with "$kernel" --product "$BUILD/stage" --product "$work/policy" --product "$work/site"
check "$kernel: a policy for another image is refused" other_container image 'is of the image'
check "$kernel: one for another digest" other_container digest 'is of the image'
check "$kernel: one for another label" other_container label 'as label org.example.tier'
check "$kernel: one for a container that is not there" other_container missing 'No such file'
check "$kernel: one for the image and label that are there comes into force" drop right
try_with "$kernel" "${cores[@]}"
plan
