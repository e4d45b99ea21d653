// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * class.c - character devices that are powers over the hardware, by kind.
 *
 * A kind with a major number of its own is closed as a whole, nodes that appear
 * later included; of the shared major 10 single minors.  Numbers given out at
 * run time are asked of /proc/devices and /proc/misc.
 */
#include "loader/loader.h"

#include <stdio.h>
#include <string.h>

#include "userspace/lib/cleanup.h"

#define MISC_MAJOR 10

/* clang-format off */
/* As /proc/devices names them; Documentation/admin-guide/devices.txt. */
static const struct { const char *name; unsigned int major; __u16 label; } classes[] = {
	{ "vcs", 7, SEKI_LABEL_CONSOLE },
	{ "sg", 21, SEKI_LABEL_HARDWARE },
	{ "i2c", 89, SEKI_LABEL_HARDWARE },
	{ "mtd", 90, SEKI_LABEL_HARDWARE },
	{ "cpu/msr", 202, SEKI_LABEL_HARDWARE },
	{ "bsg", 0, SEKI_LABEL_HARDWARE },
	{ "dax", 0, SEKI_LABEL_HARDWARE },
	{ "dimmctl", 0, SEKI_LABEL_HARDWARE },
	{ "ipmidev", 0, SEKI_LABEL_HARDWARE },
	{ "megadev_legacy", 0, SEKI_LABEL_HARDWARE },
	{ "megaraid_sas_ioctl", 0, SEKI_LABEL_HARDWARE },
	{ "ndctl", 0, SEKI_LABEL_HARDWARE },
	{ "nvme", 0, SEKI_LABEL_HARDWARE },
	{ "nvme-generic", 0, SEKI_LABEL_HARDWARE },
	{ "tpm", 0, SEKI_LABEL_HARDWARE },
	{ "uio", 0, SEKI_LABEL_HARDWARE },
	{ "vfio", 0, SEKI_LABEL_HARDWARE },
	{ "watchdog", 0, SEKI_LABEL_HARDWARE },
	{ "ptp", 0, SEKI_LABEL_TIME },
	{ "rtc", 0, SEKI_LABEL_TIME },
	{ "macvtap", 0, SEKI_LABEL_NETADMIN },
	{ "usbmon", 0, SEKI_LABEL_CAPTURE },
};

/* As /proc/misc names them. */
static const struct { const char *name; unsigned int minor; __u16 label; } misc[] = {
	{ "watchdog", 130, SEKI_LABEL_HARDWARE },
	{ "rtc", 135, SEKI_LABEL_TIME },
	{ "nvram", 144, SEKI_LABEL_HARDWARE },
	{ "vfio", 196, SEKI_LABEL_HARDWARE },
	{ "tun", 200, SEKI_LABEL_NETADMIN },
	{ "mptctl", 220, SEKI_LABEL_HARDWARE },
	{ "mpt2ctl", 221, SEKI_LABEL_HARDWARE },
	{ "mpt3ctl", 222, SEKI_LABEL_HARDWARE },
	{ "uinput", 223, SEKI_LABEL_CONSOLE },
	{ "tpm0", 224, SEKI_LABEL_HARDWARE },
	{ "snapshot", 231, SEKI_LABEL_POWER },
	{ "vhost-net", 238, SEKI_LABEL_NETADMIN },
	{ "uhid", 239, SEKI_LABEL_CONSOLE },
	{ "mcelog", 227, SEKI_LABEL_HARDWARE },
};
/* clang-format on */
#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void close_class(struct seki_rows *r, unsigned int major, __u16 label)
{
	if (major >= SEKI_MAJOR_WORDS * 64)
		return;
	seki_rows_device(r, KDEV(major, SEKI_MINOR_ANY), false, label);
	r->majors[major >> 6] |= 1ull << (major & 63);
}

/* A table of numbers and names, as /proc/devices and /proc/misc are. */
struct numbers {
	struct {
		unsigned int n;
		char name[64];
	} row[512];
	size_t count;
};

/* Character devices only: block devices have their own numbers. */
static void read_numbers(const char *path, struct numbers *ret)
{
	seki_autofclose FILE *f = fopen(path, "re");
	char line[128];

	ret->count = 0;
	while (f && ret->count < COUNT(ret->row) && fgets(line, sizeof(line), f)) {
		if (!strncmp(line, "Block", 5))
			break;
		if (sscanf(line, "%u %63s", &ret->row[ret->count].n, ret->row[ret->count].name) ==
		    2)
			ret->count++;
	}
}

/* The number for a name, or what it is by convention. */
static unsigned int number_of(const struct numbers *t, const char *name, unsigned int usual)
{
	size_t i;

	for (i = 0; i < t->count; i++)
		if (!strcmp(t->row[i].name, name))
			return t->row[i].n;
	return usual;
}

void seki_classes_close(struct seki_rows *r)
{
	struct numbers t;
	unsigned int n;
	size_t i;

	read_numbers("/proc/devices", &t);
	for (i = 0; i < COUNT(classes); i++) {
		n = number_of(&t, classes[i].name, classes[i].major);
		if (n)
			close_class(r, n, classes[i].label);
	}
	read_numbers("/proc/misc", &t);
	for (i = 0; i < COUNT(misc); i++) {
		n = number_of(&t, misc[i].name, misc[i].minor);
		seki_rows_device(r, KDEV(MISC_MAJOR, n), false, misc[i].label);
	}
}
