// SPDX-License-Identifier: GPL-2.0-or-later
/* kernel.c - ways to be the kernel: modules, kexec, devices, clocks, power, ... */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/attack/attack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/kexec.h>
#include <linux/netlink.h>
#include <linux/reboot.h>
#include <linux/rtc.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- modules ---- */

#define MODULE "nlmon"

static bool loaded(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/module/%s", name);
	return access(path, F_OK) == 0;
}

static int module_file(void) { return open("/modules/" MODULE ".ko", O_RDONLY); }

static int came(int err)
{
	if (err)
		return err;
	if (!loaded(MODULE))
		return ENODATA;
	return OK((int)syscall(SYS_delete_module, MODULE, O_NONBLOCK));
}

static char image[1 << 20];

static int module_image(void)
{
	int fd = module_file();
	ssize_t n = read(fd, image, sizeof(image));

	close(fd);
	return n > 0 ? (int)n : 0;
}

static int module_by_file(void) { return came(OK((int)syscall(SYS_finit_module, module_file(), "", 0))); }
static int module_by_file_int80(void) { return came(old80(350, module_file(), (long)"", 0, 0, 0)); }
static int module_by_memory(void) { int n = module_image(); return came(OK((int)syscall(SYS_init_module, image, (unsigned long)n, ""))); }
static int module_by_memory_int80(void) { int n = module_image(); return came(old80(128, (long)image, n, (long)"", 0, 0)); }

static int module_by_memfd(void)
{
	int n = module_image(), fd = memfd_create("m", 0);

	return write(fd, image, (size_t)n) == n ? came(OK((int)syscall(SYS_finit_module, fd, "", 0))) : ENODATA;
}

/* One that is there: dummy is loaded from the start and used by nobody. */
static int back(int err)
{
	if (err)
		return err;
	if (loaded("dummy"))
		return ENODATA;
	return OK((int)syscall(SYS_finit_module, open("/modules/dummy.ko", O_RDONLY), "", 0));
}

static int module_out(void) { return back(OK((int)syscall(SYS_delete_module, "dummy", O_NONBLOCK))); }
static int module_out_int80(void) { return back(old80(129, (long)"dummy", O_NONBLOCK, 0, 0, 0)); }

/* The kernel asks its helper; a helper that ran leaves a file. */
static int asks_helper(int (*run)(void))
{
	int i;

	unlink("/tmp/helper.ran");
	run();
	for (i = 0; i < 20 && access("/tmp/helper.ran", F_OK); i++)
		usleep(10000);
	return access("/tmp/helper.ran", F_OK) ? ENODATA : 0;
}

static int family(void) { return socket(39 /* never built in */, SOCK_DGRAM, 0); }
static int protocol(void) { return socket(AF_NETLINK, SOCK_RAW, 20); }
static int filesystem(void) { return mount("x", "/tmp", "sekifs", 0, NULL); }
static int filesystem_new(void) { return (int)syscall(SYS_fsopen, "sekifs2", 0); }

static int device_name(void)
{
	struct ifreq r = { .ifr_name = "sekidev" };

	return ioctl(socket(AF_INET, SOCK_DGRAM, 0), SIOCGIFINDEX, &r);
}

static int program_format(void)
{
	int fd = open("/tmp/odd", O_WRONLY | O_CREAT | O_TRUNC, 0755), status;
	pid_t pid;

	if (write(fd, "\xfe\xfd\xfc\xfb strange", 12) != 12)
		return 1;
	close(fd);
	pid = fork();
	if (!pid) {
		execl("/tmp/odd", "odd", NULL);
		_exit(0);
	}
	return waitpid(pid, &status, 0);
}

static int autoload_family(void) { return asks_helper(family); }
static int autoload_protocol(void) { return asks_helper(protocol); }
static int autoload_filesystem(void) { return asks_helper(filesystem); }
static int autoload_filesystem_new(void) { return asks_helper(filesystem_new); }
static int autoload_device(void) { return asks_helper(device_name); }
static int autoload_format(void) { return asks_helper(program_format); }

/* ---- another kernel ---- */

static int staged(void)
{
	char now[8] = "";

	read_text("/sys/kernel/kexec_loaded", now, sizeof(now));
	return now[0] == '1';
}

static int kexec_stage(void)
{
	static char page[4096];
	struct kexec_segment s = { page, sizeof(page), (void *)0x4000000, sizeof(page) };

	if (syscall(SYS_kexec_load, 0x4000000ul, 1ul, &s, KEXEC_ARCH_DEFAULT) < 0)
		return errno;
	if (!staged())
		return ENODATA;
	syscall(SYS_kexec_load, 0ul, 0ul, NULL, KEXEC_ARCH_DEFAULT);
	return 0;
}

static int kexec_unstage(void) { return OK((int)syscall(SYS_kexec_load, 0ul, 0ul, NULL, KEXEC_ARCH_DEFAULT)); }
static int kexec_int80(void) { return old80(283, 0, 0, 0, KEXEC_ARCH_X86_64, 0); }
static int kexec_crash(void) { return OK((int)syscall(SYS_kexec_load, 0ul, 0ul, NULL, KEXEC_ON_CRASH | KEXEC_ARCH_DEFAULT)); }
static int kexec_file_unload(void) { return OK((int)syscall(SYS_kexec_file_load, -1, -1, 0ul, NULL, KEXEC_FILE_UNLOAD)); }

/* ---- values of the kernel ---- */

static int sysctl_swappiness(void) { return poke("/proc/sys/vm/swappiness", "61"); }
static int sysctl_overcommit(void) { return poke("/proc/sys/vm/overcommit_memory", "1"); }
static int sysctl_pointers(void) { return poke("/proc/sys/kernel/kptr_restrict", "2"); }
static int sysctl_drop_caches(void) { return send_text("/proc/sys/vm/drop_caches", "1"); }
static int sysctl_perf(void) { return poke("/proc/sys/kernel/perf_event_paranoid", "-1"); }
static int sysctl_sysrq(void) { return poke("/proc/sys/kernel/sysrq", "1") == ENODATA ? 0 : send_text("/proc/sys/kernel/sysrq", "1"); }
static int sysctl_hostname(void) { return poke("/proc/sys/kernel/hostname", "elsewhere"); }

static int sysctl_reopen(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", open("/proc/sys/vm/swappiness", O_PATH));
	return poke(path, "62");
}

static int sysctl_own_proc(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/sys/vm/swappiness", own_proc());
	return poke(path, "63");
}

static int sysctl_int80(void)
{
	int fd = int80(5, (long)"/proc/sys/vm/swappiness", O_WRONLY, 0, 0, 0);

	return fd < 0 ? -fd : write(fd, "60", 2) == 2 ? 0 : errno;
}

static int sysctl_uring(void)
{
	struct io_uring_sqe s = { .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (unsigned long)"/proc/sys/vm/swappiness", .open_flags = O_WRONLY };
	int fd = uring_do(&s, 0);

	return fd < 0 ? -fd : write(fd, "60", 2) == 2 ? 0 : errno;
}

static int host_name(int (*set)(void), const char *name, bool domain)
{
	struct utsname was, is;
	int err;

	uname(&was);
	err = set();
	if (err)
		return err;
	uname(&is);
	if (domain)
		err = OK(setdomainname(was.domainname, strlen(was.domainname)));
	else
		err = OK(sethostname(was.nodename, strlen(was.nodename)));
	return strcmp(domain ? is.domainname : is.nodename, name) ? ENODATA : err;
}

static int name_it(void) { return OK(sethostname("seki", 4)); }
static int name_it80(void) { return old80(74, (long)"seki", 4, 0, 0, 0); }
static int domain_it(void) { return OK(setdomainname("seki", 4)); }
static int domain_it80(void) { return old80(121, (long)"seki", 4, 0, 0, 0); }
static int hostname(void) { return host_name(name_it, "seki", false); }
static int hostname_int80(void) { return host_name(name_it80, "seki", false); }
static int domainname(void) { return host_name(domain_it, "seki", true); }
static int domainname_int80(void) { return host_name(domain_it80, "seki", true); }

/* ---- devices ---- */

/* Writes back what is there: the descriptor and the write are the proof. */
static int rewrite(const char *path, size_t len)
{
	char buf[64];
	int fd = open(path, O_RDWR);

	if (fd < 0)
		return errno == ENOENT || errno == ENXIO || errno == ENODEV ? cannot("no such device in this guest") : errno;
	if (pread(fd, buf, len, 0) != (ssize_t)len)
		return ENODATA;
	return pwrite(fd, buf, len, 0) == (ssize_t)len ? 0 : errno;
}

static int pci_config(void) { return rewrite("/sys/bus/pci/devices/0000:00:00.0/config", 1); }
static int pci_config_proc(void) { return rewrite("/proc/bus/pci/00/00.0", 1); }
static int sysfs_value(void) { return poke("/sys/kernel/mm/transparent_hugepage/khugepaged/defrag", "0"); }
static int sysfs_parameter(void) { return send_text("/sys/module/printk/parameters/time", "Y"); }
static int sysfs_uevent(void) { return send_text("/sys/class/mem/null/uevent", "change"); }
static int sysfs_queue(void) { return poke("/sys/block/vda/queue/read_ahead_kb", "64"); }
static int sysfs_unbind(void) { return send_text("/sys/bus/pci/drivers/virtio-pci/bind", "nothing") == ENODEV ? 0 : open_only("/sys/bus/pci/drivers/virtio-pci/bind", O_WRONLY); }
static int sysfs_rescan(void) { return send_text("/sys/bus/pci/rescan", "1"); }

static int sysfs_own_mount(void)
{
	int err;

	mkdir("/tmp/sysfs", 0700);
	if (mount("s", "/tmp/sysfs", "sysfs", 0, NULL) < 0)
		return errno;
	err = send_text("/tmp/sysfs/module/printk/parameters/time", "Y");
	umount2("/tmp/sysfs", MNT_DETACH);
	return err;
}

static int irq_affinity(void) { return poke("/proc/irq/default_smp_affinity", "1") == ENODATA ? 0 : open_only("/proc/irq/default_smp_affinity", O_WRONLY); }
static int mtrr(void) { return access("/proc/mtrr", F_OK) ? cannot("no MTRR in this guest") : open_only("/proc/mtrr", O_WRONLY); }

static int configfs_directory(void)
{
	struct dirent **list;
	int err, n;

	mkdir("/tmp/config", 0700);
	if (mount("c", "/tmp/config", "configfs", 0, NULL) < 0)
		return errno == ENODEV ? cannot("no configfs in this guest") : errno;
	n = scandir("/tmp/config", &list, NULL, NULL);
	err = mkdir("/tmp/config/seki", 0700) < 0 ? errno : OK(rmdir("/tmp/config/seki"));
	umount2("/tmp/config", MNT_DETACH);
	return n <= 2 ? cannot("nothing in this guest uses configfs") : err;
}

static int msr_read(void)
{
	char buf[8];
	int fd = open("/dev/cpu/0/msr", O_RDONLY);

	if (fd < 0)
		return errno == ENOENT ? cannot("no msr device in this guest") : errno;
	return pread(fd, buf, 8, 0xc0000082) == 8 ? 0 : errno == EIO ? cannot("the emulated processor has no such register") : errno;
}

static int msr_write(void) { return access("/dev/cpu/0/msr", F_OK) ? cannot("no msr device in this guest") : open_only("/dev/cpu/0/msr", O_WRONLY); }

static int device_alias(int major_no, int minor_no, const char *why)
{
	int fd;

	unlink("/tmp/node");
	if (mknod("/tmp/node", S_IFCHR | 0600, makedev(major_no, minor_no)) < 0)
		return errno;
	fd = open("/tmp/node", O_RDWR);
	if (fd < 0)
		return errno == ENXIO || errno == ENODEV ? cannot(why) : errno;
	return close(fd);
}

static int msr_alias(void) { return device_alias(202, 0, "no msr device in this guest"); }
static int nvram_device(void) { return device_alias(10, 144, "no nvram device in this guest"); }
/* Left without the magic V it would end the guest. */
static int watchdog_device(void)
{
	int fd;

	unlink("/tmp/dog");
	if (mknod("/tmp/dog", S_IFCHR | 0600, makedev(10, 130)) < 0)
		return errno;
	fd = open("/tmp/dog", O_WRONLY);
	if (fd < 0)
		return errno == ENXIO || errno == ENODEV ? cannot("no watchdog in this guest") : errno;
	return write(fd, "V", 1) == 1 ? close(fd) : errno;
}
static int input_device(void) { return device_alias(10, 223, "no uinput in this guest"); }
static int screen_device(void) { return device_alias(7, 0, "no virtual console in this guest"); }
static int keyboard_device(void) { return device_alias(10, 239, "no uhid in this guest"); }
static int scsi_device(void) { return device_alias(21, 0, "no SCSI generic device in this guest"); }
static int tpm_device(void) { return device_alias(10, 224, "no TPM in this guest"); }
static int vfio_device(void) { return device_alias(10, 196, "no vfio in this guest"); }

/* The kernel gives up a page of memory that we say is broken. */
static int broken_page(int (*say)(void *page))
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT | MAP_POPULATE, -1, 0);
	int err = say(page);

	return err == EINVAL ? cannot("no memory failure in this kernel") : err;
}

static int say_failing(void *page) { return OK(madvise(page, 4096, 101 /* MADV_SOFT_OFFLINE */)); }
static int say_int80(void *page) { return old80(219, (long)page, 4096, 101, 0, 0); }
static int memory_failing(void) { return broken_page(say_failing); }
static int memory_failing_int80(void) { return broken_page(say_int80); }

static int io_level(void) { return OK(iopl(3)); }
static int io_ports(void) { return OK(ioperm(0x70, 2, 1)); }
static int io_level_int80(void) { return old80(110, 3, 0, 0, 0, 0); }
static int io_ports_int80(void) { return old80(101, 0x70, 2, 1, 0, 0); }

/* ---- time ---- */

static int off_by_hour(void)
{
	struct timespec real, boot;
	static long was;
	long now;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	now = real.tv_sec - boot.tv_sec;
	if (!was) {
		was = now;
		return 0;
	}
	return now - was > 3000;
}

static int undo_hour(int err)
{
	struct timespec t;

	if (err)
		return err;
	if (!off_by_hour())
		return ENODATA;
	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec -= 3600;
	return OK(clock_settime(CLOCK_REALTIME, &t));
}

static struct timespec in_an_hour(void)
{
	struct timespec t;

	off_by_hour();
	clock_gettime(CLOCK_REALTIME, &t);
	t.tv_sec += 3600;
	return t;
}

static int clock_set(void) { struct timespec t = in_an_hour(); return undo_hour(OK(clock_settime(CLOCK_REALTIME, &t))); }

static int day_set(void)
{
	struct timespec t = in_an_hour();
	struct timeval v = { t.tv_sec, 0 };

	return undo_hour(OK(settimeofday(&v, NULL)));
}

static int clock_set_int80(void)
{
	static int t[2];

	t[0] = (int)in_an_hour().tv_sec;
	return undo_hour(old80(264, CLOCK_REALTIME, (long)t, 0, 0, 0));
}

static int clock_set64_int80(void)
{
	static struct timespec t;

	t = in_an_hour();
	return undo_hour(old80(404, CLOCK_REALTIME, (long)&t, 0, 0, 0));
}

static int day_set_int80(void)
{
	static int t[2];

	t[0] = (int)in_an_hour().tv_sec;
	return undo_hour(old80(79, (long)t, 0, 0, 0, 0));
}

static int stime_int80(void)
{
	static int t;

	t = (int)in_an_hour().tv_sec;
	return undo_hour(old80(25, (long)&t, 0, 0, 0, 0));
}

static int time_zone(void) { struct timezone z = { 0, 0 }; return OK((int)syscall(SYS_settimeofday, NULL, &z)); }

static int clock_jump(void)
{
	struct timex x = { .modes = ADJ_SETOFFSET, .time = { 3600, 0 } };

	in_an_hour();
	return undo_hour(adjtimex(&x) < 0 ? errno : 0);
}

static int clock_jump_clock(void)
{
	struct timex x = { .modes = ADJ_SETOFFSET, .time = { 3600, 0 } };

	in_an_hour();
	return undo_hour(clock_adjtime(CLOCK_REALTIME, &x) < 0 ? errno : 0);
}

static int clock_rate(void)
{
	struct timex x = { .modes = ADJ_FREQUENCY, .freq = 65536 }, y = {};

	if (adjtimex(&x) < 0)
		return errno;
	if (adjtimex(&y) < 0 || y.freq != 65536)
		return ENODATA;
	x.freq = 0;
	return adjtimex(&x) < 0 ? errno : 0;
}

static int clock_rate_int80(void)
{
	static char x[128];

	*(unsigned int *)x = ADJ_TICK;
	((int *)x)[11] = 10000;
	return old80(124, (long)x, 0, 0, 0, 0);
}

static int clock_chip(void)
{
	struct rtc_time t = {};
	int fd = open("/dev/rtc0", O_RDWR);

	if (fd < 0)
		return errno == ENOENT || errno == ENODEV ? cannot("no clock chip in this guest") : errno;
	if (ioctl(fd, RTC_RD_TIME, &t) < 0)
		return errno;
	return OK(ioctl(fd, RTC_SET_TIME, &t));
}

/* ---- power ---- */

static int keys_off(void)
{
	char now[8] = "";

	if (reboot(RB_DISABLE_CAD) < 0)
		return errno;
	read_text("/proc/sys/kernel/ctrl-alt-del", now, sizeof(now));
	reboot(RB_ENABLE_CAD);
	return now[0] == '0' ? 0 : ENODATA;
}

static int keys_off_int80(void)
{
	int err = old80(88, (int)LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_CAD_OFF, 0, 0);

	reboot(RB_ENABLE_CAD);
	return err;
}

static int keys_on(void) { return OK(reboot(RB_ENABLE_CAD)); }
static int sysrq_help(void) { return send_text("/proc/sysrq-trigger", "h"); }

static int sysrq_own_proc(void)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/sysrq-trigger", own_proc());
	return send_text(path, "h");
}

static int sleep_state(void) { return access("/sys/power/disk", F_OK) ? cannot("no hibernation in this kernel") : open_only("/sys/power/disk", O_WRONLY); }
static int resume_device(void) { return access("/sys/power/resume", F_OK) ? cannot("no hibernation in this kernel") : open_only("/sys/power/resume", O_WRONLY); }

static void make_swap(const char *path)
{
	static char page[4096];
	int i, fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);

	memset(page, 0, sizeof(page));
	for (i = 0; i < 64; i++)
		if (write(fd, page, 4096) != 4096)
			return;
	((unsigned int *)page)[256] = 1;
	((unsigned int *)page)[257] = 63;
	memcpy(page + 4086, "SWAPSPACE2", 10);
	if (pwrite(fd, page, 4096, 0) != 4096)
		return;
	fsync(fd);
	close(fd);
}

static int swap_with(bool old)
{
	char now[256] = "";
	int err;

	make_swap(OWN "/swap");
	err = old ? old80(87, (long)OWN "/swap", 0, 0, 0, 0) : OK(swapon(OWN "/swap", 0));
	if (!err) {
		read_text("/proc/swaps", now, sizeof(now));
		if (!strstr(now, OWN "/swap"))
			err = ENODATA;
		swapoff(OWN "/swap");
	}
	unlink(OWN "/swap");
	return err;
}

static int swap_on(void) { return swap_with(false); }
static int swap_on_int80(void) { return swap_with(true); }
static int swap_off(void) { return swapoff("/tmp/no-such-swap") < 0 && errno != ENOENT ? errno : 0; }
static int accounting(void)
{
	close(open(OWN "/acct", O_WRONLY | O_CREAT, 0600));
	if (acct(OWN "/acct") < 0)
		return errno == ENOSYS ? cannot("no accounting in this kernel") : errno;
	return OK(acct(NULL));
}

/* ---- audit, other security modules ---- */

static int audit_ask(int type, const void *body, size_t len) { return netlink_ask(NETLINK_AUDIT, type, 0, body, len); }

static int audit_off(void)
{
	struct audit_status s = { .mask = AUDIT_STATUS_ENABLED, .enabled = 0 };

	return audit_ask(AUDIT_SET, &s, sizeof(s));
}

static int audit_rate(void)
{
	struct audit_status s = { .mask = AUDIT_STATUS_RATE_LIMIT, .rate_limit = 0 };

	return audit_ask(AUDIT_SET, &s, sizeof(s));
}

static int audit_immutable(void)
{
	struct audit_features f = { .vers = AUDIT_FEATURE_VERSION, .mask = 1, .features = 0 };

	return audit_ask(AUDIT_SET_FEATURE, &f, sizeof(f));
}

static int audit_trim(void) { return audit_ask(AUDIT_TRIM, "", 0); }

static int lsm_file(const char *path) { return access(path, F_OK) ? cannot("this security module is not in this guest") : open_only(path, O_WRONLY); }
static int lsm_lockdown(void) { return lsm_file("/sys/kernel/security/lockdown"); }
static int lsm_apparmor(void) { return lsm_file("/sys/kernel/security/apparmor/.load"); }
static int lsm_integrity(void) { return lsm_file("/sys/kernel/security/integrity/ima/policy"); }

static int lsm_own_mount(void)
{
	int err;

	mkdir("/tmp/secfs", 0700);
	if (mount("s", "/tmp/secfs", "securityfs", 0, NULL) < 0)
		return errno;
	err = open_only("/tmp/secfs/lockdown", O_WRONLY);
	umount2("/tmp/secfs", MNT_DETACH);
	return err;
}

/* ---- cgroups, namespaces, mounts ---- */

static int cgroup_make(void)
{
	if (mkdir("/sys/fs/cgroup/seki", 0700) < 0)
		return errno;
	return OK(rmdir("/sys/fs/cgroup/seki"));
}

static int cgroup_below_core(void)
{
	if (mkdir("/sys/fs/cgroup/hlr.service/seki", 0700) < 0)
		return errno;
	return OK(rmdir("/sys/fs/cgroup/hlr.service/seki"));
}

static int cgroup_mode(void)
{
	if (chmod("/sys/fs/cgroup/hlr.service", 0777) < 0)
		return errno;
	return OK(chmod("/sys/fs/cgroup/hlr.service", 0755));
}

static int cgroup_v1(void)
{
	int err;

	mkdir("/tmp/cgone", 0700);
	if (mount("c", "/tmp/cgone", "cgroup", 0, "none,name=sekione") < 0)
		return errno == EINVAL || errno == ENODEV ? cannot("no cgroup v1 in this kernel") : errno;
	err = mkdir("/tmp/cgone/x", 0700) < 0 ? errno : OK(rmdir("/tmp/cgone/x"));
	umount2("/tmp/cgone", MNT_DETACH);
	return err;
}

static int cgroup_controllers(void) { return send_text("/sys/fs/cgroup/cgroup.subtree_control", "+pids"); }

static int entered(const char *name, int flag, bool old)
{
	char path[48], a[64] = "", b[64] = "";

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	if (readlink(path, a, 63) < 0)
		return cannot("no such namespace in this kernel");
	if (old) {
		int err = old80(310, flag, 0, 0, 0, 0);

		if (err)
			return err;
	} else if (unshare(flag) < 0) {
		return errno;
	}
	return readlink(path, b, 63) < 0 || !strcmp(a, b) ? ENODATA : 0;
}

static int unshare_mounts(void) { return entered("mnt", CLONE_NEWNS, false); }
static int unshare_mounts_int80(void) { return entered("mnt", CLONE_NEWNS, true); }
static int unshare_ipc(void) { return entered("ipc", CLONE_NEWIPC, false); }
static int unshare_uts(void) { return entered("uts", CLONE_NEWUTS, false); }
static int unshare_uts_int80(void) { return entered("uts", CLONE_NEWUTS, true); }
static int unshare_time(void) { return entered("time_for_children", 0x80 /* CLONE_NEWTIME */, false); }

static int clone_with(unsigned long flags)
{
	int status;
	pid_t pid = (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? errno : OK(waitpid(pid, &status, 0));
}

static int clone_mounts(void) { return clone_with(CLONE_NEWNS); }
static int clone_net(void) { return clone_with(CLONE_NEWNET); }
static int clone_ipc(void) { return clone_with(CLONE_NEWIPC); }
static int clone_int80(void)
{
	int pid = int80(120, CLONE_NEWUTS | SIGCHLD, 0, 0, 0, 0);

	if (pid == 0)
		_exit(0);
	return pid < 0 ? -pid : OK(waitpid(pid, NULL, 0));
}

static int setns_mounts(void) { return OK(setns(open("/proc/self/ns/uts", O_RDONLY), CLONE_NEWUTS)); }
static int setns_of_init(void) { return OK(setns(open("/proc/1/ns/ipc", O_RDONLY), CLONE_NEWIPC)); }

/* ---- the log, other processes ---- */

static int log_clear(void) { return OK(klogctl(5, NULL, 0)); }
static int log_clear_int80(void) { return old80(103, 5, 0, 0, 0, 0); }
static int log_read_clear(void) { static char buf[64]; return OK(klogctl(4, buf, sizeof(buf))); }
static int log_level(void) { return OK(klogctl(8, NULL, 7)) ? errno : OK(klogctl(8, NULL, 4)); }
static int log_console_off(void) { if (klogctl(6, NULL, 0) < 0) return errno; return OK(klogctl(7, NULL, 0)); }

static int oom_of_daemon(void) { return poke(proc_path(bystander(), "oom_score_adj"), "1000"); }
static int filter_of_daemon(void) { return send_text(proc_path(bystander(), "coredump_filter"), "0x33"); }
static int group_of_daemon(void) { return access("/proc/self/autogroup", F_OK) ? cannot("no autogroup in this kernel") : send_text(proc_path(bystander(), "autogroup"), "0"); }

#define K(fn, power, access) { "kernel", #fn, fn, "kernel." power, access, 0, 0, NULL }
#define HW(fn) { "kernel", #fn, fn, "kernel.hardware|kernel.device", "*", 0, 0, NULL }
#define AUTO(fn) { "kernel", #fn, fn, "kernel.module", "use", 0, CLOSES, NULL }

const struct attack kernel_attacks[] = {
	K(module_by_file, "module", "use"), K(module_by_file_int80, "module", "use"), K(module_by_memory, "module", "use"),
	K(module_by_memory_int80, "module", "use"), K(module_by_memfd, "module", "use"), K(module_out, "module", "use"),
	K(module_out_int80, "module", "use"),
	AUTO(autoload_family), AUTO(autoload_protocol), AUTO(autoload_filesystem), AUTO(autoload_filesystem_new),
	AUTO(autoload_device), AUTO(autoload_format),
	K(kexec_stage, "kexec", "use"), K(kexec_unstage, "kexec", "use"), K(kexec_int80, "kexec", "use"),
	K(kexec_crash, "kexec", "use"), K(kexec_file_unload, "kexec", "use"),
	K(sysctl_swappiness, "sysctl", "write"), K(sysctl_overcommit, "sysctl", "write"), K(sysctl_pointers, "sysctl", "write"),
	K(sysctl_drop_caches, "sysctl", "write"), K(sysctl_perf, "sysctl", "write"), K(sysctl_sysrq, "sysctl", "write"),
	K(sysctl_hostname, "sysctl", "write"), K(sysctl_reopen, "sysctl", "write"), K(sysctl_own_proc, "sysctl", "write"),
	K(sysctl_int80, "sysctl", "write"), K(sysctl_uring, "sysctl", "write"),
	K(hostname, "sysctl", "use"), K(hostname_int80, "sysctl", "use"), K(domainname, "sysctl", "use"),
	K(domainname_int80, "sysctl", "use"),
	K(pci_config, "device", "write"), K(pci_config_proc, "device", "write"), K(sysfs_value, "device", "write"),
	K(sysfs_parameter, "device", "write"), K(sysfs_uevent, "device", "write"), K(sysfs_queue, "device", "write"),
	K(sysfs_unbind, "device", "write"), K(sysfs_rescan, "device", "write"), K(sysfs_own_mount, "device", "write"),
	K(irq_affinity, "device", "write"), K(mtrr, "device", "write"), K(configfs_directory, "device", "*"),
	HW(msr_read), HW(msr_write), HW(msr_alias),
	HW(nvram_device), HW(watchdog_device),
	K(screen_device, "console", "*"), K(keyboard_device, "console", "*"), HW(input_device), HW(scsi_device), HW(tpm_device),
	HW(vfio_device),
	K(memory_failing, "device", "use"), K(memory_failing_int80, "device", "use"),
	K(io_level, "device", "use"), K(io_ports, "device", "use"), K(io_level_int80, "device", "use"), K(io_ports_int80, "device", "use"),
	K(clock_set, "time", "use"), K(day_set, "time", "use"), K(clock_set_int80, "time", "use"), K(clock_set64_int80, "time", "use"),
	K(day_set_int80, "time", "use"), K(stime_int80, "time", "use"), K(time_zone, "time", "use"), K(clock_jump, "time", "use"),
	K(clock_jump_clock, "time", "use"), K(clock_rate, "time", "use"), K(clock_rate_int80, "time", "use"),
	K(clock_chip, "time", "*"),
	K(keys_off, "power", "use"), K(keys_off_int80, "power", "use"), K(keys_on, "power", "use"),
	K(sysrq_help, "power", "write"), K(sysrq_own_proc, "power", "write"),
	{ "kernel", "sleep_state", sleep_state, "kernel.power|kernel.device", "*", 0, 0, NULL },
	{ "kernel", "resume_device", resume_device, "kernel.power|kernel.device", "*", 0, 0, NULL },
	K(swap_on, "power", "use"), K(swap_on_int80, "power", "use"), K(swap_off, "power", "use"),
	K(audit_off, "audit", "use"), K(audit_rate, "audit", "use"), K(audit_immutable, "audit", "use"), K(audit_trim, "audit", "use"),
	K(lsm_lockdown, "lsm", "write"), K(lsm_apparmor, "lsm", "write"), K(lsm_integrity, "lsm", "write"), K(lsm_own_mount, "lsm", "write"),
	K(cgroup_make, "cgroup", "create"), K(cgroup_below_core, "cgroup", "create"), K(cgroup_mode, "cgroup", "attr"),
	K(cgroup_v1, "cgroup", "*"), K(cgroup_controllers, "cgroup", "write"),
	K(unshare_mounts, "namespace", "use"), K(unshare_mounts_int80, "namespace", "use"), K(unshare_ipc, "namespace", "use"),
	K(unshare_uts, "namespace", "use"), K(unshare_uts_int80, "namespace", "use"), K(unshare_time, "namespace", "use"),
	K(clone_mounts, "namespace", "use"), K(clone_net, "namespace", "use"), K(clone_ipc, "namespace", "use"),
	K(clone_int80, "namespace", "use"), K(setns_mounts, "namespace", "use"), K(setns_of_init, "namespace", "use"),
	K(log_clear, "log", "use"), K(log_clear_int80, "log", "use"), K(log_read_clear, "log", "use"), K(log_level, "log", "use"),
	K(log_console_off, "log", "use"),
	K(oom_of_daemon, "process", "write"), K(filter_of_daemon, "process", "write"), K(group_of_daemon, "process", "write"),
	K(accounting, "audit", "use"),
	{}
};
