// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A tree on which every item is good; then, one change at a time, each item in
 * each of its other states. A check that is broken fails its own rows.
 */
#include "userspace/controls/mapping.h"
#include "userspace/posture/posture.h"

#include <errno.h>
#include <linux/bpf.h>
#include <openssl/evp.h>
#include <sys/timex.h>
#include <sys/xattr.h>

#include "tests/unit/events.h"
#include "tests/unit/policy_helper.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/policy/key.h"

#define GOOD SEKI_POSTURE_GOOD
#define NONE SEKI_POSTURE_NOT_APPLICABLE
#define UNSEEN SEKI_POSTURE_NOT_OBSERVABLE
#define WEAK SEKI_POSTURE_WEAK
#define BAD SEKI_POSTURE_BAD

#define K "proc/sys/kernel/"
#define EFI "sys/firmware/efi/efivars/"
#define GUID "-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define CPU "sys/devices/system/cpu/vulnerabilities/"
#define CLEAN "lsm=lockdown,yama,bpf lockdown=integrity module.sig_enforce=1 "
#define ROOT_MOUNT "22 1 253:0 / / rw,relatime shared:1 - ext4 /dev/mapper/root rw\n"
#define PROC_MOUNT "23 22 0:5 / /proc rw - proc proc rw\n"
#define UUID "CRYPT-LUKS2-0123-root"
#define ENFORCING \
	"{\"problems\":[],\"policy\":{\"name\":\"t\",\"mode\":\"enforce\",\"locked\":true}}"

struct file {
	const char *path, *text;
};

static const struct file good_tree[] = {
	{ "proc/cmdline", "BOOT_IMAGE=/vmlinuz root=/dev/mapper/root ro " CLEAN "quiet\n" },
	{ "proc/modules", "ext4 1056768 1 - Live 0x0\njbd2 16384 1 ext4, Live 0x0\n" },
	{ "proc/swaps", "Filename Type Size Used Priority\n" },
	{ "proc/cpuinfo", "processor : 0\nflags\t\t: fpu nx smep smap ssbd\n" },
	{ "proc/self/mountinfo", ROOT_MOUNT PROC_MOUNT },
	{ "proc/sys/fs/suid_dumpable", "0\n" },
	{ K "core_pattern", "|/bin/false\n" },
	{ K "core_uses_pid", "0\n" },
	{ K "dmesg_restrict", "1\n" },
	{ K "ftrace_enabled", "1\n" },
	{ K "kexec_load_disabled", "1\n" },
	{ K "kptr_restrict", "2\n" },
	{ K "modules_disabled", "1\n" },
	{ K "perf_event_paranoid", "3\n" },
	{ K "randomize_va_space", "2\n" },
	{ K "sysrq", "0\n" },
	{ K "tainted", "0\n" },
	{ K "unprivileged_bpf_disabled", "1\n" },
	{ K "unprivileged_userns_clone", "0\n" },
	{ K "yama/ptrace_scope", "1\n" },
	{ "proc/sys/user/max_user_namespaces", "31000\n" },
	{ "sys/class/tpm/tpm0/tpm_version_major", "2\n" },
	{ "sys/dev/block/253:0/dm/uuid", UUID "\n" },
	{ CPU "meltdown", "Not affected\n" },
	{ CPU "spectre_v2", "Mitigation: Retpolines\n" },
	{ "sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc\n" },
	{ "sys/fs/bpf/sekisho/link_x", "" },
	{ "sys/kernel/iommu_groups/0/type", "DMA\n" },
	{ "sys/kernel/kexec_loaded", "0\n" },
	{ "sys/kernel/security/lockdown", "none [integrity] confidentiality\n" },
	{ "sys/kernel/security/lsm", "lockdown,capability,yama,bpf" },
	{ "sys/module/module/parameters/sig_enforce", "Y\n" },
	{ "sys/power/disk", "[disabled]\n" },
	{ "usr/bin/passwd", "program" },
	{ "usr/bin/ping", "program" },
};

/* ---- what is not in files --------------------------------------------------- */

static const char *status_text;
static int status_error, clock_status, programs_error;
static struct seki_posture_program programs[3];

static int fake_clock(struct timex *ret)
{
	*ret = (struct timex){ .status = clock_status, .maxerror = 1500 };
	return 0;
}

static int fake_program(uint32_t after, struct seki_posture_program *ret)
{
	if (programs_error)
		return programs_error;
	for (int i = 0; i < 3; i++) {
		if (programs[i].id > after) {
			*ret = programs[i];
			return 0;
		}
	}
	return -ENOENT;
}

static int fake_status(char *buf, size_t cap)
{
	if (!status_error)
		snprintf(buf, cap, "%s", status_text);
	return status_error;
}

static const struct seki_posture_ops fake = { fake_clock, fake_program, fake_status };

/* ---- the tree ------------------------------------------------------------------ */

static char tree[64];

static const char *at(const char *path)
{
	static char full[512];

	snprintf(full, sizeof(full), "%s/%s", tree, path);
	return full;
}

static void put_bytes(const char *path, const void *data, size_t size, mode_t mode)
{
	char full[512];
	FILE *f;

	snprintf(full, sizeof(full), "%s", at(path));
	for (char *c = full + strlen(tree) + 1; *c; c++) {
		if (*c != '/')
			continue;
		*c = '\0';
		mkdir(full, 0755);
		*c = '/';
	}
	f = fopen(full, "w");
	if (!f || fwrite(data, 1, size, f) != size || fclose(f) || chmod(full, mode))
		abort();
}

static void put(const char *path, const char *text)
{
	put_bytes(path, text, strlen(text), 0644);
}

static void take_away(const char *path)
{
	char command[600];

	snprintf(command, sizeof(command), "rm -rf '%s'", at(path));
	if (system(command))
		abort();
}

static void put_policy(void)
{
	struct compiled c = compile_text(HEAD HLR);

	ASSERT_EQ(0, c.rc);
	put_bytes("run/sekisho/policy.bundle", c.image, c.size, 0644);
	compiled_free(&c);
}

static void put_key(void)
{
	static char *pem; /* one for all trees */
	static size_t size;

	if (!pem) {
		EVP_PKEY *key = seki_key_generate();

		pem = seki_key_pem(key, true, &size);
		EVP_PKEY_free(key);
	}
	put_bytes("etc/sekisho/keys/site.pub", pem, size, 0644);
}

static void make_tree(void)
{
	if (!*tree)
		temp_dir(tree);
	take_away("");
	if (mkdir(tree, 0755))
		abort();
	for (size_t i = 0; i < sizeof(good_tree) / sizeof(good_tree[0]); i++)
		put(good_tree[i].path, good_tree[i].text);
	put_bytes(EFI "SecureBoot" GUID, "\6\0\0\0\1", 5, 0644);
	put_bytes(EFI "SetupMode" GUID, "\6\0\0\0\0", 5, 0644);
	put_bytes("usr/bin/passwd", "program", 7, 04755);
	put_policy();
	put_key();
	status_text = ENFORCING;
	status_error = clock_status = programs_error = 0;
	memset(programs, 0, sizeof(programs));
	programs[0] = (struct seki_posture_program){ 4, BPF_PROG_TYPE_LSM, "hook_file_open", true };
	programs[1] = (struct seki_posture_program){ 7, BPF_PROG_TYPE_CGROUP_DEVICE, "sd_devices",
						     false };
}

static struct seki_finding check(const char *id, const struct seki_posture_ops *ops,
				 struct seki_posture *p)
{
	const struct seki_posture_item *item = seki_posture_find(id);
	struct seki_finding f = { .state = SEKI_POSTURE_STATES };

	if (!item || seki_posture_open(p, tree, ops))
		abort();
	seki_posture_check(p, item, &f);
	return f;
}

/* ---- states ---------------------------------------------------------------------- */

static void answer(const char *text)
{
	status_text = text;
}
static void audit_mode(void)
{
	answer("{\"problems\":[],\"policy\":{\"name\":\"t\",\"mode\":\"audit\",\"locked\":true}}");
}
static void problem(void)
{
	answer("{\"problems\":[\"events were lost\"],\"policy\":{\"name\":\"t\",\"mode\":\"enforce\"}}");
}
static void no_policy(void)
{
	answer("{\"problems\":[]}");
}
static void not_locked(void)
{
	answer("{\"problems\":[],\"policy\":{\"mode\":\"enforce\",\"locked\":false}}");
}
static void garbage(void)
{
	answer("[7");
}
static void no_collector(void)
{
	status_error = -ECONNREFUSED;
}
static void no_collector_no_pins(void)
{
	status_error = -ENOENT;
	take_away("sys/fs/bpf/sekisho");
}
static void tracing(void)
{
	programs[2] = (struct seki_posture_program){ 9, BPF_PROG_TYPE_KPROBE, "spy", false };
}
static void traffic(void)
{
	programs[2] = (struct seki_posture_program){ 9, BPF_PROG_TYPE_SCHED_CLS, "mirror", false };
}
/* A name of ours on a program of theirs. */
static void disguised(void)
{
	programs[2] =
		(struct seki_posture_program){ 9, BPF_PROG_TYPE_TRACING, "hook_file_open", false };
}
static void bpf_refused(void)
{
	programs_error = -EPERM;
}
static void told_units(void)
{
	bpf_refused();
	answer("{\"programs\":{\"own\":60,\"others\":1,\"list\":[{\"id\":7,\"type\":8,\"name\":\"sd\"}]}}");
}
static void told_spy(void)
{
	bpf_refused();
	answer("{\"programs\":{\"own\":60,\"others\":1,\"list\":[{\"id\":9,\"type\":2,\"name\":\"spy\"}]}}");
}
static void told_half(void)
{
	bpf_refused();
	answer("{\"programs\":{\"own\":60,\"others\":200,\"list\":[{\"id\":9,\"type\":8,\"name\":\"sd\"}]}}");
}
static void told_error(void)
{
	bpf_refused();
	answer("{\"programs\":{\"error\":\"no\",\"own\":0,\"others\":0,\"list\":[]}}");
}
static void drifting(void)
{
	clock_status = STA_UNSYNC;
}
static void setid(const char *path, mode_t mode)
{
	put_bytes(path, "program", 7, mode);
}
static void setuid_outside(void)
{
	setid("opt/tool", 04755);
}
static void setgid_outside(void)
{
	setid("home/oper/tool", 02755);
}
static void setuid_writable(void)
{
	setid("usr/bin/passwd", 04757);
}
static void setgid_lock_mark(void)
{
	setid("opt/data", 02644);
}
static void setuid_in_asset(void)
{
	setid("var/lib/hlr/tool", 04755);
}
static void setuid_beside_log_keys(void)
{
	setid("var/lib/sekisho/secret/tool", 04755);
}
static void no_secure_boot_variable(void)
{
	take_away(EFI "SecureBoot" GUID);
	put(EFI "BootOrder" GUID, "");
}
static void secure_boot_off(void)
{
	put_bytes(EFI "SecureBoot" GUID, "\6\0\0\0\0", 5, 0644);
}
static void setup_mode(void)
{
	put_bytes(EFI "SetupMode" GUID, "\6\0\0\0\1", 5, 0644);
}
static void cut_variable(void)
{
	put_bytes(EFI "SecureBoot" GUID, "\6\0\0", 3, 0644);
}
static void not_locked_down_nor_signed(void)
{
	put("sys/kernel/security/lockdown", "[none] integrity\n");
	put("sys/module/module/parameters/sig_enforce", "N\n");
	put("proc/cmdline", "quiet\n");
}
static void no_lsm_word_no_bpf(void)
{
	put("proc/cmdline", "quiet\n");
	put("sys/kernel/security/lsm", "capability,bpfx,yama");
}
static void no_lsm_word_no_securityfs(void)
{
	put("proc/cmdline", "quiet\n");
	take_away("sys/kernel/security");
}
static void user_namespaces(void)
{
	take_away(K "unprivileged_userns_clone");
}
static void no_namespace_files(void)
{
	user_namespaces();
	take_away("proc/sys/user");
}
static void no_user_namespaces(void)
{
	user_namespaces();
	put("proc/sys/user/max_user_namespaces", "0\n");
}
static void apparmor_namespaces(void)
{
	user_namespaces();
	put(K "apparmor_restrict_unprivileged_userns", "1\n");
}
static void swap_on(const char *device, const char *uuid)
{
	char text[256];

	snprintf(text, sizeof(text), "Filename Type\n%s partition 1 0 -2\n", device);
	put("proc/swaps", text);
	put("sys/block/dm-3/dm/uuid", uuid);
}
static void swap_encrypted(void)
{
	swap_on("/dev/dm-3", "CRYPT-PLAIN-swap\n");
}
static void swap_mapper_encrypted(void)
{
	swap_on("/dev/mapper/swap", "CRYPT-PLAIN-swap\n");
	put("dev/mapper/x", "");
	if (symlink("../dm-3", at("dev/mapper/swap")))
		abort();
}
static void swap_lvm(void)
{
	swap_on("/dev/dm-3", "LVM-abc\n");
}
static void zram(const char *backing)
{
	swap_on("/dev/zram0", "\n");
	put("sys/block/zram0/backing_dev", backing);
}
static void swap_zram(void)
{
	zram("none\n");
}
static void swap_zram_disk(void)
{
	zram("/dev/sdb\n");
}
static void policy_cut(void)
{
	put("run/sekisho/policy.bundle", "SEKIBNDL");
}
static void lvm_on_crypt(void)
{
	put("sys/dev/block/253:0/dm/uuid", "LVM-abc\n");
	put("sys/dev/block/253:0/slaves/dm-0/dm/uuid", UUID "\n");
}
/* A program is no secret. */
static void only_data_encrypted(void)
{
	put("proc/self/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
				   "30 22 253:0 / /var/lib rw - ext4 /dev/mapper/x rw\n");
}
static void lvm_half_on_crypt(void)
{
	lvm_on_crypt();
	put("sys/dev/block/253:0/slaves/sda1/size", "1\n");
}
static void no_key(void)
{
	take_away("etc/sekisho");
}
static void other_key_file(void)
{
	no_key();
	put("etc/sekisho/keys/README", "");
}

/* clang-format off */
static const struct row {
	const char *id;
	enum seki_posture_state state;
	const char *seen;	   /* in the fact or in a detail */
	const char *path, *text; /* changed; text NULL: taken away */
	void (*change)(void);
} rows[] = {
	{ "posture.sekisho-loaded", WEAK, "mode audit", NULL, NULL, audit_mode },
	{ "posture.sekisho-loaded", WEAK, "events were lost", NULL, NULL, problem },
	{ "posture.sekisho-loaded", WEAK, "records wait", NULL, NULL, no_collector },
	{ "posture.sekisho-loaded", BAD, "no policy is loaded", NULL, NULL, no_policy },
	{ "posture.sekisho-loaded", BAD, "no collector", NULL, NULL, no_collector_no_pins },
	{ "posture.sekisho-locked", BAD, "not locked", NULL, NULL, not_locked },
	{ "posture.sekisho-locked", UNSEEN, "does not say", NULL, NULL, problem },
	{ "posture.sekisho-locked", UNSEEN, "no JSON", NULL, NULL, garbage },
	{ "posture.sekisho-locked", UNSEEN, "refused", NULL, NULL, no_collector },
	{ "posture.signing-key", WEAK, "no *.pub", NULL, NULL, no_key },
	{ "posture.signing-key", WEAK, "no *.pub", NULL, NULL, other_key_file },
	{ "posture.signing-key", BAD, "refuses every bundle", "etc/sekisho/keys/x.pub", "key\n", NULL },

	{ "posture.secure-boot", BAD, "legacy BIOS", "sys/firmware/efi", NULL, NULL },
	{ "posture.secure-boot", BAD, "is 0", NULL, NULL, secure_boot_off },
	{ "posture.secure-boot", BAD, "SetupMode", NULL, NULL, setup_mode },
	{ "posture.secure-boot", BAD, "has no Secure Boot", NULL, NULL, no_secure_boot_variable },
	{ "posture.secure-boot", UNSEEN, "", EFI "SecureBoot" GUID, NULL, NULL },
	{ "posture.secure-boot", UNSEEN, "", NULL, NULL, cut_variable },
	{ "posture.secure-boot", UNSEEN, "", "sys", NULL, NULL },
	{ "posture.tpm", WEAK, "no TPM", "sys/class/tpm", NULL, NULL },
	{ "posture.tpm", WEAK, "version 1", "sys/class/tpm/tpm0/tpm_version_major", "1\n", NULL },
	{ "posture.iommu-groups", WEAK, "no IOMMU group", "sys/kernel/iommu_groups/0", NULL, NULL },
	{ "posture.iommu-groups", WEAK, "no IOMMU support", "sys/kernel/iommu_groups", NULL, NULL },

	{ "posture.cmdline-lsm", GOOD, "own order has bpf", "proc/cmdline", "quiet\n", NULL },
	{ "posture.cmdline-lsm", BAD, "lsm=yama,bpfx", "proc/cmdline", "lsm=yama,bpfx\n", NULL },
	{ "posture.cmdline-lsm", BAD, "lsm=yama", "proc/cmdline", "lsm=bpf lsm=yama\n", NULL },
	{ "posture.cmdline-lsm", BAD, "own order lacks bpf", NULL, NULL, no_lsm_word_no_bpf },
	{ "posture.cmdline-lsm", WEAK, "not observable", NULL, NULL, no_lsm_word_no_securityfs },
	{ "posture.cmdline-lsm", UNSEEN, "No such file", "proc/cmdline", NULL, NULL },
	{ "posture.cmdline-lockdown", GOOD, "by other means", "proc/cmdline", "quiet\n", NULL },
	{ "posture.cmdline-lockdown", WEAK, "no lockdown=", NULL, NULL, not_locked_down_nor_signed },
	{ "posture.cmdline-lockdown", BAD, "no level", "proc/cmdline", "lockdown=none\n", NULL },
	{ "posture.cmdline-module-signatures", WEAK, "no module.sig", NULL, NULL, not_locked_down_nor_signed },
	{ "posture.cmdline-module-signatures", GOOD, "nomodule", "proc/cmdline", "nomodule\n", NULL },
	{ "posture.cmdline-module-signatures", GOOD, "is there", "proc/cmdline", "module.sig-enforce\n", NULL },
	{ "posture.cmdline-module-signatures", GOOD, "lockdown asks", "proc/cmdline", "module.sig_enforce=0\n", NULL },
	{ "posture.cmdline-init", GOOD, "no word", "proc/cmdline", "init=/sbin/init systemd.unit=graphical.target\n", NULL },
	{ "posture.cmdline-init", BAD, "init=/bin/sh", "proc/cmdline", "init=/bin/sh\n", NULL },
	{ "posture.cmdline-init", BAD, "rdinit=/x", "proc/cmdline", "rdinit=/x\n", NULL },
	{ "posture.cmdline-init", BAD, "rescue.target", "proc/cmdline", "systemd.unit=rescue.target\n", NULL },
	{ "posture.cmdline-init", BAD, "single", "proc/cmdline", "quiet -- single\n", NULL },
	{ "posture.cmdline-init", BAD, "1", "proc/cmdline", "quiet 1\n", NULL },
	{ "posture.cmdline-init", BAD, "rd.break", "proc/cmdline", "rd.break\n", NULL },
	{ "posture.cmdline-init", BAD, "break=premount", "proc/cmdline", "break=premount\n", NULL },
	{ "posture.cmdline-init", BAD, "debug-shell", "proc/cmdline", "systemd.debug-shell=1\n", NULL },
	{ "posture.cmdline-init", GOOD, "no word", "proc/cmdline", "x=\"a init=/bin/sh b\"\n", NULL },
	{ "posture.cmdline-ftrace", BAD, "ftrace", "proc/cmdline", "sysctl.kernel.ftrace_enabled=0\n", NULL },
	{ "posture.cmdline-ftrace", GOOD, "no such", "proc/cmdline", "sysctl.kernel.ftrace_enabled=1\n", NULL },
	{ "posture.cmdline-mitigations", BAD, "off", "proc/cmdline", "mitigations=off\n", NULL },
	{ "posture.cmdline-mitigations", WEAK, "no_guest", "proc/cmdline", "mitigations=auto,no_guest_host\n", NULL },
	{ "posture.cmdline-mitigations", WEAK, "nospectre_v2", "proc/cmdline", "nospectre-v2\n", NULL },
	{ "posture.cmdline-mitigations", GOOD, "no such", "proc/cmdline", "mitigations=auto,nosmt\n", NULL },
	{ "posture.cmdline-mitigations", GOOD, "no such", "proc/cmdline", "quiet -- mitigations=off\n", NULL },
	{ "posture.cmdline-iommu", BAD, "iommu=off", "proc/cmdline", "iommu=off\n", NULL },
	{ "posture.cmdline-iommu", BAD, "intel_iommu=off", "proc/cmdline", "intel_iommu=off\n", NULL },
	{ "posture.cmdline-iommu", WEAK, "iommu=pt", "proc/cmdline", "iommu=pt\n", NULL },
	{ "posture.cmdline-aslr", WEAK, "nokaslr", "proc/cmdline", "nokaslr\n", NULL },
	{ "posture.cmdline-aslr", BAD, "norandmaps", "proc/cmdline", "norandmaps\n", NULL },

	{ "posture.lsm-order", BAD, "bpf is not", "sys/kernel/security/lsm", "yama,bpf2", NULL },
	{ "posture.lsm-order", UNSEEN, "securityfs", "sys/kernel/security", NULL, NULL },
	{ "posture.lockdown", BAD, "not locked", "sys/kernel/security/lockdown", "[none] integrity\n", NULL },
	{ "posture.lockdown", GOOD, "conf", "sys/kernel/security/lockdown", "none integrity [confidentiality]\n", NULL },
	{ "posture.lockdown", BAD, "not active", "sys/kernel/security/lockdown", NULL, NULL },
	{ "posture.lockdown", UNSEEN, "securityfs", "sys/kernel/security", NULL, NULL },
	{ "posture.ftrace-enabled", BAD, "0:", K "ftrace_enabled", "0\n", NULL },
	{ "posture.ftrace-enabled", NONE, "no function", K "ftrace_enabled", NULL, NULL },
	{ "posture.kexec", WEAK, "0:", K "kexec_load_disabled", "0\n", NULL },
	{ "posture.kexec", NONE, "no kexec", K "kexec_load_disabled", NULL, NULL },
	{ "posture.kexec", UNSEEN, "", "proc", NULL, NULL },
	{ "posture.kexec-loaded", BAD, "1:", "sys/kernel/kexec_loaded", "1\n", NULL },
	{ "posture.sysrq", BAD, "1:", K "sysrq", "1\n", NULL },
	{ "posture.sysrq", WEAK, "438:", K "sysrq", "438\n", NULL },
	{ "posture.sysrq", GOOD, "16:", K "sysrq", "16\n", NULL },
	{ "posture.sysrq", WEAK, "does not know", K "sysrq", "-2\n", NULL },
	{ "posture.sysrq", UNSEEN, "no number", K "sysrq", "on\n", NULL },
	{ "posture.core-pattern", WEAK, "working directory", K "core_pattern", "core\n", NULL },
	{ "posture.core-pattern", WEAK, "one place", K "core_pattern", "/var/crash/%p\n", NULL },
	{ "posture.core-pattern", WEAK, "run by the kernel", K "core_pattern", "|/usr/lib/systemd/systemd-coredump %P\n", NULL },
	{ "posture.core-pattern", BAD, "outside", K "core_pattern", "|/tmp/x %p\n", NULL },
	{ "posture.core-pattern", BAD, "outside", K "core_pattern", "|/usr/bin/../../tmp/x\n", NULL },
	{ "posture.core-pattern", BAD, "outside", K "core_pattern", "|\n", NULL },
	{ "posture.core-pattern", GOOD, "empty", K "core_pattern", "\n", NULL },
	{ "posture.suid-dumpable", BAD, "1:", "proc/sys/fs/suid_dumpable", "1\n", NULL },
	{ "posture.suid-dumpable", WEAK, "2:", "proc/sys/fs/suid_dumpable", "2\n", NULL },
	{ "posture.suid-dumpable", WEAK, "does not know", "proc/sys/fs/suid_dumpable", "9\n", NULL },
	{ "posture.kptr-restrict", WEAK, "0:", K "kptr_restrict", "0\n", NULL },
	{ "posture.kptr-restrict", WEAK, "1:", K "kptr_restrict", "1\n", NULL },
	{ "posture.dmesg-restrict", WEAK, "0:", K "dmesg_restrict", "0\n", NULL },
	{ "posture.perf-paranoid", WEAK, "1:", K "perf_event_paranoid", "1\n", NULL },
	{ "posture.perf-paranoid", BAD, "-1:", K "perf_event_paranoid", "-1\n", NULL },
	{ "posture.perf-paranoid", GOOD, "2:", K "perf_event_paranoid", "2\n", NULL },
	{ "posture.unprivileged-bpf", BAD, "0:", K "unprivileged_bpf_disabled", "0\n", NULL },
	{ "posture.unprivileged-bpf", GOOD, "2:", K "unprivileged_bpf_disabled", "2\n", NULL },
	{ "posture.ptrace-scope", WEAK, "0:", K "yama/ptrace_scope", "0\n", NULL },
	{ "posture.ptrace-scope", WEAK, "not active", K "yama", NULL, NULL },
	{ "posture.user-namespaces", WEAK, "every user", K "unprivileged_userns_clone", "1\n", NULL },
	{ "posture.user-namespaces", WEAK, "every user", NULL, NULL, user_namespaces },
	{ "posture.user-namespaces", GOOD, "closed", NULL, NULL, no_user_namespaces },
	{ "posture.user-namespaces", NONE, "has no", NULL, NULL, no_namespace_files },
	{ "posture.user-namespaces", GOOD, "closed", NULL, NULL, apparmor_namespaces },

	{ "posture.module-signatures", WEAK, "N:", NULL, NULL, not_locked_down_nor_signed },
	{ "posture.module-signatures", GOOD, "lockdown", "sys/module/module/parameters/sig_enforce", "N\n", NULL },
	{ "posture.module-signatures", BAD, "does not check", "sys/module/module/parameters/sig_enforce", NULL, NULL },
	{ "posture.module-signatures", NONE, "no modules", "proc/modules", NULL, NULL },
	{ "posture.modules-disabled", WEAK, "0:", K "modules_disabled", "0\n", NULL },
	{ "posture.modules-disabled", NONE, "no modules", "proc/modules", NULL, NULL },
	{ "posture.taint", WEAK, "W warned", K "tainted", "512\n", NULL },
	{ "posture.taint", WEAK, "O out-of-tree", K "tainted", "4096\n", NULL },
	{ "posture.taint", BAD, "E unsigned", K "tainted", "12288\n", NULL },
	{ "posture.taint", BAD, "F module forced", K "tainted", "2\n", NULL },
	{ "posture.taint", WEAK, "bit 40", K "tainted", "1099511627776\n", NULL },
	{ "posture.module-list", WEAK, "wg (O)", "proc/modules", "ext4 1 0 - Live 0x0\nwg 1 0 - Live 0x0 (O)\n", NULL },
	{ "posture.module-list", BAD, "spy (OE)", "proc/modules", "spy 1 0 - Live 0x0 (OE)\n", NULL },
	{ "posture.module-list", NONE, "no modules", "proc/modules", NULL, NULL },

	{ "posture.bpf-programs", BAD, "9 spy, type kprobe", NULL, NULL, tracing },
	{ "posture.bpf-programs", WEAK, "9 mirror, type sched_cls", NULL, NULL, traffic },
	{ "posture.bpf-programs", BAD, "9 hook_file_open, type tracing", NULL, NULL, disguised },
	{ "posture.bpf-programs", UNSEEN, "not permitted", NULL, NULL, bpf_refused },
	{ "posture.bpf-programs", GOOD, "60 of Sekisho, 1 on cgroups, 0 others", NULL, NULL, told_units },
	{ "posture.bpf-programs", BAD, "9 spy, type kprobe", NULL, NULL, told_spy },
	{ "posture.bpf-programs", UNSEEN, "could not list", NULL, NULL, told_half },
	{ "posture.bpf-programs", UNSEEN, "could not list them: no", NULL, NULL, told_error },

	{ "posture.swap", BAD, "/dev/sda2: a disk", "proc/swaps", "Filename Type\n/dev/sda2 partition 1 0 -2\n", NULL },
	{ "posture.swap", WEAK, "/swap: a file", "proc/swaps", "Filename Type\n/swap file 1 0 -2\n", NULL },
	{ "posture.swap", GOOD, "encrypted", NULL, NULL, swap_encrypted },
	{ "posture.swap", GOOD, "/dev/mapper/swap: encrypted", NULL, NULL, swap_mapper_encrypted },
	{ "posture.swap", BAD, "a disk", NULL, NULL, swap_lvm },
	{ "posture.swap", GOOD, "in memory", NULL, NULL, swap_zram },
	{ "posture.swap", WEAK, "writes back", NULL, NULL, swap_zram_disk },
	{ "posture.swap", NONE, "does not swap", "proc/swaps", NULL, NULL },
	{ "posture.hibernation", WEAK, "shutdown", "sys/power/disk", "[shutdown] reboot\n", NULL },
	{ "posture.hibernation", NONE, "can't", "sys/power/disk", NULL, NULL },
	{ "posture.aslr", BAD, "0:", K "randomize_va_space", "0\n", NULL },
	{ "posture.aslr", WEAK, "1:", K "randomize_va_space", "1\n", NULL },
	{ "posture.nx", BAD, "no nx", "proc/cpuinfo", "p : 0\nflags : fpu nxx smep smap\n", NULL },
	{ "posture.nx", NONE, "not an x86", "proc/cpuinfo", "processor : 0\nFeatures : fp\n", NULL },
	{ "posture.smep-smap", WEAK, "smep, no smap", "proc/cpuinfo", "p : 0\nflags : nx smep\n", NULL },
	{ "posture.smep-smap", WEAK, "no smep, smap", "proc/cpuinfo", "p : 0\nflags : nx smap\n", NULL },
	{ "posture.cpu-vulnerabilities", BAD, "meltdown: Vulnerable", CPU "meltdown", "Vulnerable\n", NULL },
	{ "posture.cpu-vulnerabilities", WEAK, "SMT vulnerable", CPU "mds", "Mitigation: Clear; SMT vulnerable\n", NULL },
	{ "posture.cpu-vulnerabilities", UNSEEN, "", "sys/devices/system/cpu", NULL, NULL },

	{ "posture.clock-source", WEAK, "acpi_pm", "sys/devices/system/clocksource/clocksource0/current_clocksource", "acpi_pm\n", NULL },
	{ "posture.clock-sync", WEAK, "STA_UNSYNC", NULL, NULL, drifting },

	{ "posture.assets-filesystem", BAD, "/var/lib/hlr (hlr.data) on nfs4", "proc/self/mountinfo", ROOT_MOUNT "30 22 0:40 / /var/lib rw - nfs4 store:/x rw\n", NULL },
	{ "posture.assets-filesystem", BAD, "on fuse.sshfs", "proc/self/mountinfo", ROOT_MOUNT "30 22 0:40 / /var rw - fuse.sshfs x rw\n", NULL },
	{ "posture.assets-filesystem", BAD, "on overlay", "proc/self/mountinfo", "22 1 0:30 / / rw - overlay overlay rw\n", NULL },
	{ "posture.assets-filesystem", GOOD, "none", "proc/self/mountinfo", ROOT_MOUNT "30 22 0:40 / /var/libx rw - nfs4 s:/x rw\n", NULL },
	{ "posture.assets-filesystem", NONE, "no policy", "run/sekisho/policy.bundle", NULL, NULL },
	{ "posture.assets-filesystem", UNSEEN, "shorter than the head", NULL, NULL, policy_cut },
	{ "posture.assets-filesystem", UNSEEN, "", "proc/self", NULL, NULL },
	{ "posture.assets-overmount", GOOD, "none", "proc/self/mountinfo", ROOT_MOUNT "30 22 8:2 / /var/lib/hlr rw - ext4 /dev/sda2 rw\n", NULL },
	{ "posture.assets-overmount", BAD, "lies over", "proc/self/mountinfo", ROOT_MOUNT "30 22 253:0 /tmp/x /usr/bin/hlr rw - ext4 /dev/mapper/root rw\n", NULL },
	{ "posture.assets-overmount", BAD, "lies over", "proc/self/mountinfo", ROOT_MOUNT "30 22 8:2 / /var/lib/hlr rw - ext4 /dev/sda2 rw\n31 30 0:9 / /var/lib/hlr rw - tmpfs tmpfs rw\n", NULL },
	{ "posture.assets-overmount", BAD, "lies over", "proc/self/mountinfo", ROOT_MOUNT "30 22 0:9 / /var/lib/hlr rw - tmpfs tmpfs rw\n", NULL },
	{ "posture.assets-overmount", WEAK, "mounted below at /var/lib/hlr/a b", "proc/self/mountinfo", ROOT_MOUNT "30 22 0:9 / /var/lib/hlr/a\\040b rw - tmpfs tmpfs rw\n", NULL },
	{ "posture.assets-twice", WEAK, "at /mnt too", "proc/self/mountinfo", ROOT_MOUNT "30 22 253:0 /var /mnt rw - ext4 /dev/mapper/root rw\n", NULL },
	{ "posture.assets-twice", WEAK, "/a b too", "proc/self/mountinfo", ROOT_MOUNT "30 22 253:0 / /mnt/a\\040b rw - ext4 /dev/mapper/root rw\n", NULL },
	{ "posture.assets-twice", GOOD, "none", "proc/self/mountinfo", ROOT_MOUNT "30 22 253:0 /srv /mnt rw - ext4 /dev/mapper/root rw\n", NULL },
	{ "posture.assets-encryption", WEAK, "/var/lib/hlr", "sys/dev/block/253:0/dm", NULL, NULL },
	{ "posture.assets-encryption", GOOD, "none", NULL, NULL, lvm_on_crypt },
	{ "posture.assets-encryption", GOOD, "none", NULL, NULL, only_data_encrypted },
	{ "posture.assets-encryption", WEAK, "/var/lib/hlr", NULL, NULL, lvm_half_on_crypt },

	{ "posture.setuid-files", WEAK, "/opt/tool, outside", NULL, NULL, setuid_outside },
	{ "posture.setuid-files", WEAK, "/home/oper/tool, outside", NULL, NULL, setgid_outside },
	{ "posture.setuid-files", BAD, "/usr/bin/passwd, writable", NULL, NULL, setuid_writable },
	{ "posture.setuid-files", GOOD, "programs: 1;", NULL, NULL, setgid_lock_mark },
	{ "posture.setuid-files", GOOD, "left out: 1", NULL, NULL, setuid_in_asset },
	{ "posture.setuid-files", GOOD, "left out: 1", NULL, NULL, setuid_beside_log_keys },
};
/* clang-format on */
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool said(const struct seki_finding *f, const char *part)
{
	bool ret = strstr(f->fact, part);

	for (unsigned int i = 0; i < f->details && i < SEKI_POSTURE_DETAILS; i++)
		ret |= !!strstr(f->detail[i], part);
	return ret;
}

static void expect(const char *id, enum seki_posture_state state, const char *part)
{
	struct seki_posture p;
	struct seki_finding f = check(id, &fake, &p);

	if (f.state != state)
		HARNESS_FAIL("is %s, not %s: %s", seki_posture_word(f.state),
			     seki_posture_word(state), f.fact);
	if (!said(&f, part))
		HARNESS_FAIL("does not say \"%s\" but \"%s\" and \"%s\"", part, f.fact,
			     f.details ? f.detail[0] : "");
	EXPECT_TRUE(*f.fact && *f.source);
	seki_posture_close(&p);
}

TEST(all_is_good_on_the_good_tree)
{
	make_tree();
	for (size_t i = 0; i < seki_posture_groups_count; i++)
		for (size_t j = 0; j < seki_posture_groups[i]->items; j++) {
			harness_row = seki_posture_groups[i]->item[j].id;
			expect(harness_row, GOOD, "");
		}
}

TEST(each_change_is_seen)
{
	static char name[128];

	for (size_t i = 0; i < ROWS; i++) {
		const struct row *r = &rows[i];

		snprintf(name, sizeof(name), "row %zu, %s", i, r->id);
		harness_row = name;
		make_tree();
		if (r->change)
			r->change();
		else if (r->text)
			put(r->path, r->text);
		else
			take_away(r->path);
		expect(r->id, r->state, r->seen);
	}
}

TEST(each_word_that_weakens_is_known)
{
	static const struct {
		const char *word, *id;
		enum seki_posture_state state;
	} words[] = {
		{ "sysctl.kernel/ftrace_enabled=0", "posture.cmdline-ftrace", BAD },
		{ "nopti", "posture.cmdline-mitigations", WEAK },
		{ "pti=off", "posture.cmdline-mitigations", WEAK },
		{ "nospectre_v1", "posture.cmdline-mitigations", WEAK },
		{ "spectre_v2=off", "posture.cmdline-mitigations", WEAK },
		{ "spec_store_bypass_disable=off", "posture.cmdline-mitigations", WEAK },
		{ "l1tf=off", "posture.cmdline-mitigations", WEAK },
		{ "mds=off", "posture.cmdline-mitigations", WEAK },
		{ "tsx_async_abort=off", "posture.cmdline-mitigations", WEAK },
		{ "retbleed=off", "posture.cmdline-mitigations", WEAK },
		{ "nosmep", "posture.cmdline-mitigations", BAD },
		{ "nosmap", "posture.cmdline-mitigations", BAD },
		{ "noexec=off", "posture.cmdline-mitigations", BAD },
		{ "amd_iommu=off", "posture.cmdline-iommu", BAD },
		{ "iommu.passthrough=1", "posture.cmdline-iommu", WEAK },
		{ "iommu.strict=0", "posture.cmdline-iommu", WEAK },
	};

	make_tree();
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		harness_row = words[i].word;
		put("proc/cmdline", words[i].word);
		expect(words[i].id, words[i].state, "weaken");
	}
}

TEST(each_taint_is_known)
{
	static const char bad[] = "FRMBDE";

	make_tree();
	for (int i = 0; i < 19; i++) {
		const char *letter = &"PFSRMBUDAWCIOELKXTN"[i];
		char text[32], said[4];

		snprintf(text, sizeof(text), "%lu\n", 1ul << i);
		snprintf(said, sizeof(said), "%c ", *letter);
		harness_row = letter;
		put(K "tainted", text);
		expect("posture.taint", strchr(bad, *letter) ? BAD : WEAK, said);
	}
}

/* struct vfs_cap_data, revision 2, effective, CAP_NET_RAW. */
static bool give_capability(const char *path)
{
	static const unsigned char raw[20] = { 1, 0, 0, 2, 0, 0x20 };

	return !setxattr(at(path), "security.capability", raw, sizeof(raw), 0);
}

TEST(capabilities_of_files_are_seen)
{
	make_tree();
	chmod(at("usr/bin/ping"), 0755);
	if (!give_capability("usr/bin/ping"))
		SKIP("needs root and a filesystem with capabilities: %s", strerror(errno));
	expect("posture.file-capabilities", GOOD, "capabilities: 1;");
	put_bytes("srv/tool", "program", 7, 0755);
	ASSERT_TRUE(give_capability("srv/tool"));
	expect("posture.file-capabilities", WEAK, "/srv/tool, outside");
	chmod(at("usr/bin/ping"), 0757);
	ASSERT_TRUE(give_capability("usr/bin/ping"));
	expect("posture.file-capabilities", BAD, "/usr/bin/ping, writable");
}

TEST(what_a_user_may_not_see_is_not_good)
{
	make_tree();
	setid("srv/hidden/tool", 04755);
	ASSERT_EQ(0, chmod(at("srv/hidden"), 0));
	ASSERT_EQ(0, geteuid() ? 0 : seteuid(65534));
	expect("posture.setuid-files", UNSEEN, "may not read: 1");
	ASSERT_EQ(0, getuid() ? 0 : seteuid(0));
	ASSERT_EQ(0, chmod(at("srv/hidden"), 0755));
	expect("posture.setuid-files", WEAK, "/srv/hidden/tool");
}

TEST(every_item_has_a_row_that_is_not_good)
{
	for (size_t i = 0; i < seki_posture_groups_count; i++)
		for (size_t j = 0; j < seki_posture_groups[i]->items; j++) {
			bool found = false;

			harness_row = seki_posture_groups[i]->item[j].id;
			for (size_t k = 0; k < ROWS; k++)
				found |= rows[k].state >= WEAK && !strcmp(rows[k].id, harness_row);
			/* That one is above. */
			EXPECT_TRUE(found || !strcmp(harness_row, "posture.file-capabilities"));
		}
}

TEST(a_tree_has_no_kernel_to_ask)
{
	static const char *const ids[] = { "posture.sekisho-loaded", "posture.sekisho-locked",
					   "posture.bpf-programs", "posture.clock-sync" };

	make_tree();
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		struct seki_posture p;
		struct seki_finding f = check(ids[i], NULL, &p);

		harness_row = ids[i];
		EXPECT_EQ(UNSEEN, f.state);
		EXPECT_TRUE(said(&f, "a tree has no"));
		seki_posture_close(&p);
	}
}

TEST(links_do_not_lead_out_of_the_tree)
{
	make_tree();
	take_away(K "tainted");
	/* On this host that file is there; in the tree it is not. */
	ASSERT_EQ(0, symlink("/proc/sys/kernel/ostype", at(K "tainted")));
	expect("posture.taint", UNSEEN, "No such file");
	take_away(K "tainted");
	ASSERT_EQ(0, symlink("/../../../../proc/sys/kernel/sysrq", at(K "tainted")));
	expect("posture.taint", GOOD, "not tainted");
}

TEST(more_details_than_fit_are_counted)
{
	char text[4096] = "";
	struct seki_posture p;
	struct seki_finding f;

	make_tree();
	for (int i = 0; i < 30; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			 "m%d 1 0 - Live 0x0 (O)\n", i);
	put("proc/modules", text);
	f = check("posture.module-list", &fake, &p);
	EXPECT_EQ(30, f.details);
	EXPECT_STREQ("m19 (O)", f.detail[SEKI_POSTURE_DETAILS - 1]);
	seki_posture_close(&p);
}

/* ---- the table of control items ---------------------------------------------------- */

/* That the table names no other items is seen where it is loaded. */
TEST(every_item_serves_a_control_item)
{
	struct seki_complaint why;
	struct seki_sheet s;

	ASSERT_EQ(0, seki_sheet_read(&s, &seki_mapping_form, "policies/controls", &why));
	for (size_t i = 0; i < seki_posture_groups_count; i++)
		for (size_t j = 0; j < seki_posture_groups[i]->items; j++) {
			size_t served = 0;

			harness_row = seki_posture_groups[i]->item[j].id;
			for (size_t row = 0; row < s.rows; row++)
				served += seki_posture_in_list(
					seki_sheet_cell(&s, row, MAP_POSTURE), " ", harness_row);
			EXPECT_GT(served, 0);
		}
	harness_row = NULL;
	seki_sheet_free(&s);
}

TEST(tables_of_numbers_end)
{
	const size_t last =
		sizeof(((struct seki_number_rule *)0)->range) / sizeof(struct seki_number_range) -
		1;

	for (size_t i = 0; i < seki_posture_groups_count; i++)
		for (size_t j = 0; j < seki_posture_groups[i]->items; j++) {
			const struct seki_posture_item *item = &seki_posture_groups[i]->item[j];
			const struct seki_number_rule *rule = item->rule;

			harness_row = item->id;
			if (item->check == seki_check_number)
				EXPECT_TRUE(!rule->range[last].text);
		}
}

TEST(ids_are_one_each_and_texts_are_there)
{
	for (size_t i = 0; i < seki_posture_groups_count; i++)
		for (size_t j = 0; j < seki_posture_groups[i]->items; j++) {
			const struct seki_posture_item *item = &seki_posture_groups[i]->item[j];

			harness_row = item->id;
			EXPECT_EQ(0, strncmp(item->id, "posture.", 8));
			EXPECT_TRUE(seki_posture_find(item->id) == item);
			EXPECT_TRUE(item->title && item->why && item->remedy && item->check);
			EXPECT_EQ('.', item->why[strlen(item->why) - 1]);
		}
}

HARNESS_MAIN
