#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: host.sh start --kernel LINE --name NAME [OPTION]...
#        host.sh ssh [--fresh] NAME USER [COMMAND]...
#        host.sh console NAME [--attach]
#        host.sh wait NAME TEXT [SECONDS]
#        host.sh stop NAME
#        host.sh list
#
# The host guest: image.sh's Debian under a Debian kernel. All changes to its
# disk are thrown away at the end.
#
# start returns when the guest has reached multi-user.target.
#   --product DIR   lay the files of DIR over the root file system before
#                   systemd starts, and enable the units among them, as an
#                   installed package would (may be repeated; build/stage
#                   unless --no-product)
#   --no-product    nothing of ours in the guest
#   --append ARGS   more kernel command line        --mem MB   1024
#   --disk FILE     one more virtio disk, /dev/vdc  --smp N    2
#   --keep          what is written to that disk stays in FILE
#   --initramfs MAKER  boot as a host does: from the initramfs that initramfs-tools or
#                   dracut makes, the product on the disk already
#   --timeout S     for the start, 400
#
# ssh joins its words as ssh does; users are oper, alice and root. Commands of
# one user share a connection and thus a login session, unless --fresh.
# console prints what the guest wrote there; --attach talks to its getty
# (users oper and alice, the password is the name).
# wait returns when TEXT is on the console, 1 after SECONDS (60).

set -euo pipefail
. "$(dirname "$0")/common.sh"

usage() {
	sed -n '3,/^$/s/^# \{0,1\}//p' "$0"
	exit "${1:-0}"
}

# The directory of a running guest.
guest() {
	run=$VM/run/$1
	[[ -e $run/pid ]] || die "no guest $1 (host.sh list)"
	sockets=$(cat "$run/sockets")
}

alive() {
	kill -0 "$(cat "$run/pid" 2>/dev/null || echo x)" 2>/dev/null
}

# Modules the guest itself may ask for. virtio disks and network are modules in
# every Debian kernel, ext4 in some.
boot_modules=(virtio_pci virtio_blk virtio_net virtio_rng ext4)
guest_modules=(loop dm_mod dm_snapshot overlay tun veth dummy bridge autofs4 binfmt_misc
	fuse nf_tables vsock sctp vhost_net)

boot_initrd() {
	local kernel=$1 out key tree name
	key=$(cat "$ROOT/tests/vm/host-init" "$KDIR/version" <(echo "${boot_modules[*]} ${guest_modules[*]}") |
		sha256sum | cut -c 1-12)
	initrd=$KDIR/host-$key.initrd
	[[ -e $initrd ]] && return
	lock "initrd-$kernel"
	if [[ ! -e $initrd ]]; then
		tree=$(mktemp -d "$VM/run/initrd.XXXXXX")
		busybox_tree "$tree"
		mkdir "$tree/newroot"
		collect_modules "$tree/modules" "$KDIR" "$KVER" "${boot_modules[@]}"
		out=$tree/guest/lib/modules/$KVER
		mkdir -p "$out"
		for name in "${guest_modules[@]}"; do
			# Built into some kernels, absent from others; the guest copes.
			(collect_modules "$out" "$KDIR" "$KVER" "$name") 2>/dev/null || true
		done
		rm -f "$out/order"
		cp "$KDIR/lib/modules/$KVER"/modules.{builtin,builtin.modinfo,order} "$out"
		depmod -b "$tree/guest" "$KVER"
		cp "$ROOT/tests/vm/host-init" "$tree/init"
		chmod 755 "$tree/init"
		pack_initrd "$tree" "$initrd.new"
		mv "$initrd.new" "$initrd"
		rm -rf "$tree"
	fi
	unlock
}

# What "systemctl enable" would lay down for the units in tree $1, as links in
# tree $2. systemctl itself would need the guest's root.
unit_links() {
	local unit target
	for unit in "$1"/usr/lib/systemd/system/*.* "$1"/etc/systemd/system/*.*; do
		[[ -f $unit && ! -L $unit ]] || continue
		sed -n '/^\[Install\]/,/^\[[^I]/s/^\(WantedBy\|RequiredBy\)=/\1 /p' "$unit" |
			while read -r kind targets; do
				for target in $targets; do
					[[ $kind == WantedBy ]] && target+=.wants || target+=.requires
					mkdir -p "$2/etc/systemd/system/$target"
					ln -sf "${unit#"$1"}" "$2/etc/systemd/system/$target/${unit##*/}"
				done
			done
	done
}

# One tar over all product directories; a later one wins.
pack_product() {
	local dir links out=$1
	shift
	links=$(mktemp -d "$VM/run/links.XXXXXX")
	set -- "$@" "$links"
	for dir; do [[ $dir == "$links" ]] || unit_links "$dir" "$links"; done
	tar -cf "$out" --files-from=/dev/null
	for dir; do
		# Only files and links, and directories without their modes: "." must
		# not become the mode of the guest's /.
		(cd "$dir" && find . -mindepth 1 \( ! -type d -o -empty \) -print0 | LC_ALL=C sort -z) |
			tar -rf "$out" --owner=0 --group=0 --no-recursion --null -C "$dir" --files-from=-
	done
	rm -rf "$links"
}

start() {
	local kernel='' name='' products=() product=yes append='' mem=1024 smp=2 disk='' snapshot=on timeout=400 maker=''
	local image initrd root run sockets port try cmd i begin=$SECONDS
	while [[ $# -gt 0 ]]; do
		case $1 in
		--kernel) kernel=$2; shift 2 ;;
		--name) name=$2; shift 2 ;;
		--product) products+=("$2"); shift 2 ;;
		--no-product) product=; shift ;;
		--append) append+=" $2"; shift 2 ;;
		--mem) mem=$2; shift 2 ;;
		--smp) smp=$2; shift 2 ;;
		--disk) disk=$2; shift 2 ;;
		--keep) snapshot=off; shift ;;
		--initramfs) maker=$2; shift 2 ;;
		--timeout) timeout=$2; shift 2 ;;
		*) die "start: unknown option $1 (host.sh --help)" ;;
		esac
	done
	[[ -n $kernel && -n $name ]] || die "start: --kernel and --name are needed"
	if [[ -n $product && ${#products[@]} -eq 0 ]]; then
		products=("$BUILD/stage")
	fi
	for i in "${products[@]}"; do [[ -d $i ]] || die "no product in $i: make stage"; done

	"$ROOT/build-aux/deps.sh" demo
	find_kernel "$kernel"
	find_qemu
	image=$("$ROOT/tests/vm/image.sh")
	mkdir -p "$VM/run"
	root=$image/root.ext4
	[[ -n $maker ]] || boot_initrd "$kernel"

	run=$VM/run/$name
	! alive || die "guest $name runs already (host.sh stop $name)"
	rm -rf "$run"
	mkdir "$run"
	# A socket's path may have 107 bytes; a checkout's is often longer.
	sockets=$(mktemp -d /tmp/sekisho-vm.XXXXXX)
	echo "$sockets" >"$run/sockets"
	echo "$image" >"$run/image"
	pack_product "$run/product.tar" "${products[@]}"
	if [[ -n $maker ]]; then
		"$ROOT/tests/vm/initramfs.sh" "$maker" "$kernel" "$run/product.tar" "$run"
		initrd=$run/initrd root=$run/root.ext4
		append+=' root=/dev/vda ro'
	fi

	# shellcheck disable=SC2054  # these commas are QEMU's
	cmd=("${QEMU[@]}" -accel tcg,thread=multi,tb-size=512 -cpu max -M q35 -smp "$smp" -m "$mem"
		-nodefaults -no-user-config -display none -no-reboot
		-chardev "socket,id=s0,path=$sockets/console,server=on,wait=off,logfile=$run/console.log"
		-serial chardev:s0 -monitor "unix:$sockets/monitor,server=on,wait=off"
		-kernel "$KDIR/vmlinuz" -initrd "$initrd"
		-append "console=ttyS0 quiet panic=-1$append"
		-drive "if=none,id=d0,file=$root,format=raw,snapshot=on" -device virtio-blk-pci,drive=d0
		-drive "if=none,id=d1,file=$run/product.tar,format=raw,readonly=on" -device virtio-blk-pci,drive=d1
		-device virtio-rng-pci -device virtio-net-pci,netdev=n0)
	# shellcheck disable=SC2054
	[[ -z $disk ]] || cmd+=(-drive "if=none,id=d2,file=$disk,format=raw,snapshot=$snapshot" -device virtio-blk-pci,drive=d2)
	# Another process may take the port between the look and the bind.
	for try in 1 2 3 4 5 6 7 8; do
		port=$((20000 + (RANDOM * 32768 + RANDOM) % 40000))
		printf '%q ' "${cmd[@]}" -netdev "user,id=n0,hostfwd=tcp:127.0.0.1:$port-:22" >"$run/command"
		"${cmd[@]}" -netdev "user,id=n0,hostfwd=tcp:127.0.0.1:$port-:22" \
			-daemonize -pidfile "$run/pid" 2>"$run/qemu.log" && break
		grep -q 'Could not set up host forwarding' "$run/qemu.log" || die "qemu: $(cat "$run/qemu.log")"
		[[ $try -lt 8 ]] || die "no free port for ssh"
	done
	echo "$port" >"$run/port"

	until grep -aq 'VM-READY' "$run/console.log" 2>/dev/null; do
		if ! alive; then
			tail -n 20 "$run/console.log" >&2
			die "guest $name ended while starting: $run/console.log"
		fi
		if [[ $((SECONDS - begin)) -gt $timeout ]]; then
			tail -n 20 "$run/console.log" >&2
			stop "$name"
			die "guest $name not ready within $timeout s: $run/console.log"
		fi
		sleep 0.1
	done
	grep -a 'VM-FAILED' "$run/console.log" | tr -d '\r' >&2 || true
	echo "guest $name: kernel $KVER, ready after $((SECONDS - begin)) s"
}

ssh_options() {
	ssh_opts=(-F none -i "$(cat "$run/image")/id_ed25519" -p "$(cat "$run/port")"
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR
		-o IdentitiesOnly=yes -o BatchMode=yes -o ConnectTimeout=60)
}

guest_ssh() {
	local fresh='' user run sockets ssh_opts
	if [[ ${1:-} == --fresh ]]; then
		fresh=yes
		shift
	fi
	[[ $# -ge 2 ]] || die "ssh [--fresh] NAME USER [COMMAND]..."
	guest "$1"
	user=$2
	shift 2
	ssh_options
	if [[ -z $fresh ]]; then
		ssh_opts+=(-o ControlMaster=auto -o "ControlPath=$sockets/ssh-$user" -o ControlPersist=600)
	fi
	exec ssh "${ssh_opts[@]}" "$user@127.0.0.1" "$@"
}

console() {
	local run sockets
	guest "$1"
	if [[ ${2:-} == --attach ]]; then
		exec nc -U "$sockets/console"
	fi
	tr -d '\r' <"$run/console.log"
}

await() {
	local run sockets end=$((SECONDS + ${3:-60}))
	guest "$1"
	until grep -aqF -- "$2" "$run/console.log"; do
		[[ $SECONDS -lt $end ]] || return 1
		sleep 0.1
	done
}

# Ends the connections with the guest, or their masters would linger.
stop() {
	local run sockets pid control
	guest "$1"
	for control in "$sockets"/ssh-*; do
		[[ ! -S $control ]] || ssh -F none -o "ControlPath=$control" -O exit x 2>/dev/null || true
	done
	pid=$(cat "$run/pid")
	if kill "$pid" 2>/dev/null; then
		while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
	fi
	rm -rf "$sockets"
	# The console log stays until the next guest of that name.
	rm -f "$run/pid" "$run/product.tar" "$run/root.ext4" "$run/initrd"
}

list() {
	local run
	for run in "$VM"/run/*; do
		[[ -e $run/pid ]] || continue
		alive && echo "${run##*/}: pid $(cat "$run/pid"), ssh port $(cat "$run/port")" ||
			echo "${run##*/}: dead"
	done
}

[[ $# -gt 0 ]] || usage 2
verb=$1
shift
case $verb in
start) start "$@" ;;
ssh) guest_ssh "$@" ;;
console) console "$@" ;;
wait) await "$@" ;;
stop) stop "$@" ;;
list) list ;;
--help | help) usage ;;
*) die "unknown command $verb (host.sh --help)" ;;
esac
