#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# usage: image.sh
#
# Make the host guest's disk: a Debian with systemd, sshd and a real osmo-hlr
# holding 10,000 made-up subscribers, as build/vm/image/KEY/root.ext4. The other
# core functions are installed and not enabled: who tests them lays their wants
# link over it. KEY is a digest of what goes in, so a change here makes a new
# image and nothing else does. Prints the directory; beside the disk lie
#   id_ed25519     logs in as oper (uid 1000, sudo without password), alice
#                  (1001) and root; made anew for each image
#   packages       what is installed, with versions
#   root.tar.lz4   the files of the disk, for initramfs.sh
#
# The image is for tests only: its host keys and users are no secret.

set -euo pipefail
. "$(dirname "$0")/common.sh"

# The product is linked against this machine's libraries, so the guest has the
# same Debian.
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
packages=(
	# a host
	systemd systemd-sysv dbus udev libpam-systemd openssh-server sudo
	iproute2 procps kmod netcat-openbsd logrotate cron
	# the core functions; sipsak is the telephone
	osmo-hlr sqlite3 kamailio kamailio-sqlite-modules sipsak
	qemu-system-x86 crun osmo-stp
	# what an operator reaches for
	tcpdump gdb strace jq attr acl libcap2-bin python3-minimal busybox
	bpftool kexec-tools
	# makers of an initramfs
	initramfs-tools dracut-core zstd
	# what the product is linked with
	libbpf1 libelf1 libfyaml0 libipsec-mb1 libjansson4 libssl3 libzstd1 zlib1g
)

key=$({
	echo "$suite ${packages[*]}"
	cat "$ROOT/tests/vm/image.sh"
} | sha256sum | cut -c 1-12)
dir=$VM/image/$key
if [[ -e $dir/root.ext4 ]]; then
	echo "$dir"
	exit
fi
"$ROOT/build-aux/deps.sh" demo
lock image
if [[ -e $dir/root.ext4 ]]; then
	echo "$dir"
	exit
fi

[[ $(id -u) -eq 0 ]] || die "making the image needs root (mmdebstrap, chroot)"
say "making the host image: Debian $suite, about a minute"
new=$VM/image/$key.new
root=$new/root
rm -rf "$new"
mkdir -p "$new"
cleanup() {
	[[ ! -d $new ]] || rm -rf "$new"
}
trap cleanup EXIT

sources=$(sources_line "$suite" && sources_line "$suite-security")
mmdebstrap --quiet --mode=root --variant=minbase --format=directory \
	--aptopt='Acquire::Languages "none"' --aptopt='Acquire::Retries "3"' \
	--dpkgopt='path-exclude=/usr/share/man/*' \
	--dpkgopt='path-exclude=/usr/share/locale/*' \
	--dpkgopt='path-exclude=/usr/share/doc/*' \
	--include="$(IFS=,; echo "${packages[*]}")" \
	"$suite" "$root" - <<<"$sources" >"$new/mmdebstrap.log" 2>&1 ||
	die "mmdebstrap failed: $(tail -n 5 "$new/mmdebstrap.log")"
chroot "$root" dpkg-query -W >"$new/packages"

echo sekisho-host >"$root/etc/hostname"
echo '127.0.0.1 localhost sekisho-host' >"$root/etc/hosts"
: >"$root/etc/fstab"
echo 5ee15e00000000000000000000000001 >"$root/etc/machine-id"
rm -f "$root/etc/apt/sources.list"

cat >"$root/etc/systemd/network/10-virtio.network" <<'EOF'
[Match]
Driver=virtio_net
[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
LinkLocalAddressing=no
EOF
mkdir -p "$root/etc/systemd/"{journald.conf.d,system.conf.d} "$root/etc/ssh/sshd_config.d"
printf '[Journal]\nStorage=volatile\n' >"$root/etc/systemd/journald.conf.d/test.conf"
# Emulated and on a busy machine, a unit may take minutes.
printf '[Manager]\nDefaultTimeoutStartSec=180s\n' >"$root/etc/systemd/system.conf.d/test.conf"
printf 'UseDNS no\nPermitRootLogin prohibit-password\nPasswordAuthentication no\n' >"$root/etc/ssh/sshd_config.d/test.conf"
cat >"$root/etc/systemd/system/vm-ready.service" <<'EOF'
[Unit]
Description=Tell the test harness that the guest is up
After=ssh.service systemd-logind.service systemd-networkd.service osmo-hlr.service
After=sekisho-load.service sekisho.service sekishod.service
After=kamailio.service vnf.service container-hlr.service osmo-stp.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'systemctl --failed --plain --no-legend | sed "s/^/VM-FAILED /" > /dev/ttyS0; printf "\\nVM-READY\\n" > /dev/ttyS0'
[Install]
WantedBy=multi-user.target
EOF

in_root() {
	chroot "$root" env PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C "$@"
}
in_root systemctl --quiet disable kamailio osmo-stp 2>>"$new/mmdebstrap.log"
in_root systemctl --quiet enable systemd-networkd ssh osmo-hlr vm-ready 2>>"$new/mmdebstrap.log"
# Timers would work at moments of their own choosing, in the middle of a test.
in_root systemctl --quiet mask apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer \
	e2scrub_reap.service fstrim.timer dpkg-db-backup.timer logrotate.timer \
	systemd-networkd-wait-online.service getty@tty1.service systemd-pstore.service

ssh-keygen -q -t ed25519 -N '' -C sekisho-test -f "$new/id_ed25519"
in_root useradd -m -u 1000 -s /bin/bash oper
in_root useradd -m -u 1001 -s /bin/bash alice
for user in root oper alice; do
	home=$root/home/$user
	[[ $user == root ]] && home=$root/root
	install -d -m 700 "$home/.ssh"
	install -m 600 "$new/id_ed25519.pub" "$home/.ssh/authorized_keys"
	in_root chown -R "$user:$user" "${home#"$root"}/.ssh"
done
# For the console, where there is no key.
printf 'oper:oper\nalice:alice\n' | in_root chpasswd
echo 'oper ALL=(ALL:ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/oper"
chmod 440 "$root/etc/sudoers.d/oper"

# Subscribers in the schema this osmo-hlr itself lays down. Their numbers are
# in the test range 001-01, their keys follow from the number.
db=$root/var/lib/osmocom/hlr.db
rm -f "$db"*
mkdir -p "${db%/*}"
in_root osmo-hlr-db-tool -l /var/lib/osmocom/hlr.db create >>"$new/mmdebstrap.log" 2>&1
in_root sqlite3 -bail /var/lib/osmocom/hlr.db <<'EOF'
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
INSERT INTO subscriber (id, imsi, msisdn)
	SELECT i, printf('00101%010d', i), printf('8190%08d', i) FROM n;
-- 3 = COMP128v3, 5 = MILENAGE (libosmocore, enum osmo_auth_algo)
INSERT INTO auc_2g (subscriber_id, algo_id_2g, ki)
	SELECT id, 3, printf('2%031x', id * 2654435761) FROM subscriber;
INSERT INTO auc_3g (subscriber_id, algo_id_3g, k, opc)
	SELECT id, 5, printf('3%031x', id * 2654435761), printf('4%031x', id * 40503) FROM subscriber;
COMMIT;
EOF
# Root runs osmo-hlr on Debian 12; on 13 a user of its own does, whom no
# installed package makes.
user=$(sed -n 's/^User=//p' "$root/lib/systemd/system/osmo-hlr.service")
if [[ -n $user ]]; then
	in_root id "$user" >/dev/null 2>&1 || in_root useradd -r -d /var/lib/osmocom -s /usr/sbin/nologin "$user"
	in_root chown -R "$user:" /var/lib/osmocom /etc/osmocom
fi

# Telephones of kamailio, in its package's own tables, with their passwords.
dir_=$root/var/lib/kamailio
mkdir -p "$dir_"
for table in standard usrloc auth_db; do
	cat "$root/usr/share/kamailio/db_sqlite/$table-create.sql"
done >"$dir_/schema.sql"
cat >>"$dir_/schema.sql" <<'EOF'
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
INSERT INTO subscriber (username, domain, password, ha1, ha1b)
	SELECT printf('phone%d', i), 'localhost', printf('5ec%029x', i * 2654435761), '', '' FROM n;
EOF
in_root sqlite3 -bail -init /var/lib/kamailio/schema.sql /var/lib/kamailio/kamailio.db .quit >>"$new/mmdebstrap.log" 2>&1
rm "$dir_/schema.sql"
in_root chown -R kamailio: /var/lib/kamailio

# The VNF has a user; the container an osmo-hlr of its own, with what it links.
in_root useradd -r -d /var/lib/vnf -s /usr/sbin/nologin -G kvm vnf
in_root install -d -o vnf -g vnf -m 770 /var/lib/vnf
layer=$root/var/lib/container-hlr/lower
mkdir -p "${layer%/*}/"{upper,work,rootfs,volume} "$layer"/{dev,proc,sys,tmp,etc/osmocom,var/lib/osmocom}
in_root ldd /usr/bin/osmo-hlr | awk '/\// { print $(NF - 1) } END { print "/usr/bin/osmo-hlr" }' |
	while read -r file; do
		install -D "$(realpath "$root$file" 2>/dev/null || echo "$root$file")" "$layer$file"
	done
cp "$root/var/lib/osmocom/hlr.db" "${layer%/*}/volume/hlr.db"
# One program is one domain: operators have a runtime of their own.
cp "$root/usr/bin/crun" "$root/usr/local/bin/crun"

# No loop device: mke2fs fills the file itself. Some slack for what tests write.
used=$(du -sm "$root" | cut -f 1)
truncate -s "$((used * 5 / 4 + 600))M" "$new/root.ext4"
mkfs.ext4 -q -F -O ^has_journal -L root -d "$root" "$new/root.ext4"
tar -C "$root" --xattrs -cf - . | lz4 -q -1 >"$new/root.tar.lz4"
rm -rf "$root"
rm -rf "$dir"
mv "$new" "$dir"
# Older images of this tree are of no further use, unless a guest runs on one:
# then its open file keeps the blocks.
find "$VM/image" -mindepth 1 -maxdepth 1 -type d ! -name "$key" -mmin +60 -exec rm -rf {} +
echo "$dir"
