// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Powers over the whole kernel, closed by the lock: one row each.
 */
#include "userspace/policy/policy.h"

#include <stddef.h>

#define SEEN (SEKI_READ | SEKI_EXEC | SEKI_IOCTL | SEKI_WATCH)
#define KNOB (SEEN | SEKI_WRITE | SEKI_CREATE | SEKI_DELETE | SEKI_RENAME | SEKI_LINK | SEKI_ATTR)
#define NODE (SEKI_READ | SEKI_WRITE | SEKI_IOCTL | SEKI_WATCH | SEKI_ATTR)

/* clang-format off */
#define ROW(field, label, access, all, init) \
	{ #field, offsetof(struct seki_kernel, field), SEKI_LABEL_##label, access, all, init }

const struct seki_power_row seki_power_rows[] = {
	ROW(modules, MODULE, SEKI_USE, 0, false),
	ROW(kexec, KEXEC, SEKI_USE, 0, false),
	ROW(trace, TRACE, KNOB | SEKI_USE | SEKI_MOUNT, 0, false),
	ROW(sysctl, SYSCTL, KNOB | SEKI_USE, SEEN, true),
	ROW(helpers, HELPER, KNOB | SEKI_MOUNT, SEEN, false),
	ROW(devices, DEVICE, KNOB | SEKI_USE, SEEN, true),
	ROW(hardware, HARDWARE, NODE, 0, true),
	ROW(time, TIME, NODE | SEKI_USE, 0, true),
	ROW(power, POWER, KNOB | SEKI_USE, SEEN, true),
	ROW(audit, AUDIT, SEKI_USE, 0, true),
	ROW(lsm, LSM, KNOB | SEKI_USE, SEEN, false),
	ROW(cgroups, CGROUP, KNOB | SEKI_USE | SEKI_MOUNT, SEEN, true),
	ROW(namespaces, NAMESPACE, SEKI_USE, 0, true),
	ROW(mounts, MOUNT, SEKI_USE, 0, true),
	ROW(log, KLOG, SEKI_USE, 0, true),
	ROW(processes, PROCESS, KNOB, SEEN, true),
	ROW(console, CONSOLE, NODE, 0, false),
	ROW(network, NETADMIN, NODE | SEKI_USE, 0, true),
};
/* clang-format on */
const unsigned int seki_power_rows_count = sizeof(seki_power_rows) / sizeof(*seki_power_rows);
