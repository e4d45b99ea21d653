// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * boot.c - who vouches for the kernel that runs: firmware, TPM, IOMMU.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"
#include "userspace/posture/groups.h"

#define EFI_GLOBAL "8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define EFIVARS "/sys/firmware/efi/efivars"
#define SECURE_BOOT EFIVARS "/SecureBoot-" EFI_GLOBAL
#define SETUP_MODE EFIVARS "/SetupMode-" EFI_GLOBAL

/* Four bytes of attributes, then the value.  0, 1 or negative errno. */
static int efi_flag(const struct seki_posture *p, const char *path)
{
	seki_autoclose int fd = seki_posture_open_at(p, path, O_RDONLY);
	unsigned char bytes[5];
	ssize_t n;

	if (fd < 0)
		return fd;
	n = read(fd, bytes, sizeof(bytes));
	if (n < 0)
		return -errno;
	return n == sizeof(bytes) ? !!bytes[4] : -EBADMSG;
}

static void check_secure_boot(struct seki_posture *p, const struct seki_posture_item *item,
			      struct seki_finding *f)
{
	int on;

	(void)item;
	f->source = "/sys/firmware/efi";
	if (seki_posture_absent(p, f->source)) {
		seki_found(p, f, SEKI_POSTURE_BAD,
			   "not started by UEFI (legacy BIOS or a direct kernel start): "
			   "there is no Secure Boot");
		return;
	}
	f->source = SECURE_BOOT;
	on = efi_flag(p, SECURE_BOOT);
	if (on == -ENOENT && seki_posture_exists(p, EFIVARS "/BootOrder-" EFI_GLOBAL))
		seki_found(p, f, SEKI_POSTURE_BAD, "the firmware has no Secure Boot");
	else if (on < 0)
		seki_unseen(p, f, on);
	else if (!on)
		seki_found(p, f, SEKI_POSTURE_BAD, "SecureBoot is 0: off");
	else if (efi_flag(p, SETUP_MODE) == 1)
		seki_found(p, f, SEKI_POSTURE_BAD,
			   "SecureBoot is 1, but SetupMode too: anybody may enroll keys");
	else
		seki_found(p, f, SEKI_POSTURE_GOOD, "SecureBoot is 1: on");
}

#define TPM "/sys/class/tpm/tpm0/tpm_version_major"

static void check_tpm(struct seki_posture *p, const struct seki_posture_item *item,
		      struct seki_finding *f)
{
	const char *text;

	(void)item;
	f->source = "/sys/class/tpm/tpm0";
	if (seki_posture_absent(p, f->source)) {
		seki_found(p, f, SEKI_POSTURE_WEAK, "no TPM");
		return;
	}
	text = seki_posture_text(p, f, TPM);
	if (text)
		seki_found(p, f, atoi(text) >= 2 ? SEKI_POSTURE_GOOD : SEKI_POSTURE_WEAK,
			   "TPM version %s", text);
}

static void check_iommu(struct seki_posture *p, const struct seki_posture_item *item,
			struct seki_finding *f)
{
	char **groups;
	int n;

	(void)item;
	f->source = "/sys/kernel/iommu_groups";
	if (seki_posture_absent(p, f->source)) {
		seki_found(p, f, SEKI_POSTURE_WEAK, "the kernel has no IOMMU support");
		return;
	}
	n = seki_posture_list(p, f->source, "*", &groups);
	if (n < 0)
		seki_unseen(p, f, n);
	else if (!n)
		seki_found(p, f, SEKI_POSTURE_WEAK, "no IOMMU group: no device is behind an IOMMU");
	else
		seki_found(p, f, SEKI_POSTURE_GOOD, "IOMMU groups: %d", n);
}

/* clang-format off */
static const struct seki_posture_item items[] = {
	{ "posture.secure-boot", "UEFI Secure Boot",
	  "Without it anybody who can write the boot disk starts another kernel, with no policy.",
	  "start by UEFI with Secure Boot on and keys enrolled; on a virtual host ask for it at its provider",
	  check_secure_boot, NULL },
	{ "posture.tpm", "TPM",
	  "Only a TPM can tell another host which kernel, command line and policy were started.",
	  "switch the TPM 2.0 on in the firmware, or give the virtual host one",
	  check_tpm, NULL },
	{ "posture.iommu-groups", "IOMMU",
	  "A device that is not behind an IOMMU reads and writes all memory by DMA.",
	  "switch VT-d or AMD-Vi on in the firmware, and intel_iommu=on where the kernel wants it",
	  check_iommu, NULL },
};
/* clang-format on */

const struct seki_posture_group seki_posture_boot = SEKI_POSTURE_GROUP("boot", items);
