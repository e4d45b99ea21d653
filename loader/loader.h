/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * loader.h - verify, load, pin, seal, exit.
 *
 * Functions return 0 or -1 after saying what failed and what would be right:
 * the loader is its own edge, it has no other reader.
 */
#ifndef SEKI_LOADER_H
#define SEKI_LOADER_H

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>

#include "bpf/enroll.h"
#include "userspace/lib/arena.h"
#include "userspace/lib/table.h"
#include "userspace/policy/bundle.h"

#ifndef SEKI_VERSION
#define SEKI_VERSION "0.1"
#endif

#define SEKI_BPFFS "/sys/fs/bpf"
#define SEKI_PINS SEKI_BPFFS "/sekisho"
#define SEKI_PINS_NEW SEKI_BPFFS "/sekisho_new" /* bpffs refuses dots */
#define SEKI_RUN "/run/sekisho"
#define SEKI_CANARY SEKI_RUN "/canary"
#define SEKI_RUN_BUNDLE SEKI_RUN "/policy.bundle"
#define SEKI_RUN_PREVIOUS SEKI_RUN "/previous.bundle" /* what a trial returns to */
#define SEKI_HELD SEKI_RUN "/held"
#define SEKI_CGROUP "/sys/fs/cgroup"
#define SEKI_BUNDLE "/etc/sekisho/policy.bundle"
#define SEKI_PREVIOUS "/etc/sekisho/previous.bundle" /* what a rollback returns to */
#define SEKI_HIGHEST "/etc/sekisho/highest-version"
#define SEKI_INCOMING "/var/lib/sekisho-incoming"
#define SEKI_INCOMING_BUNDLE SEKI_INCOMING "/policy.bundle"

#define SEKI_TRIAL_MAX (24 * 3600 * 1000000000ull)

/* dev_t as the kernel has it inside. */
#define KDEV(major, minor) ((__u32)(major) << 20 | (__u32)(minor))

struct sekisho_bpf;
struct seki_order;
struct bpf_map;
struct bpf_program;

/* verify.c - what the kernel must have before a byte is loaded. */
struct seki_kernel {
	bool can_probe;	    /* bpf_probe_read_kernel() is allowed */
	bool has_acl_hooks; /* inode_set_acl, inode_remove_acl (6.2) */
	bool has_ioctl_compat;
	bool has_file_setattr;	/* inode_file_setattr (6.17): chattr without ioctl */
	bool setattr_has_idmap; /* inode_setattr(idmap, dentry, attr) (6.2) */
	bool perfmon_reads;	/* CAP_PERFMON passes a refused ptrace_access_check (6.13) */
	char release[64];
};
int seki_verify_kernel(struct seki_kernel *ret);

/* root.c - from an initramfs, where the host's root is only mounted somewhere. */
int seki_enter_root(const char *root);

/* probe.c */
bool seki_probe_perfmon_reads(void);

/* load.c - the programs and shared maps, fresh or taken from the pins. */
int seki_load_fresh(const struct seki_kernel *k, __u32 rules, struct sekisho_bpf **ret);
int seki_load_pinned(const struct seki_kernel *k, struct sekisho_bpf **ret);
int seki_load_beside(const struct seki_kernel *k, struct sekisho_bpf **ret);
bool seki_is_loaders_own(const struct bpf_program *p); /* ends with the loader */

/* object.c - the kernel's identity of what descriptors point to. */
struct seki_object {
	struct seki_object_id id;
	__u32 mode, nlink, rdev;
};
int seki_objects_read(struct sekisho_bpf *s, const int *fds, size_t n, struct seki_object *ret);

/* table.c - the rows a policy becomes, before they are maps. */
struct seki_root_row {
	struct seki_object_id key;
	struct seki_root value;
};
struct seki_name_row {
	struct seki_name_key key;
	struct seki_root value;
};
struct seki_device_row {
	struct seki_device_key key;
	__u32 value;
};
struct seki_rows {
	struct seki_root_row *roots;
	struct seki_name_row *names;
	struct seki_device_row *devices;
	size_t n_roots, n_names, n_devices;
	size_t room_roots, room_names, room_devices;
	struct seki_guarded guarded;
	__u64 majors[SEKI_MAJOR_WORDS];
	struct seki_table by_id;
	struct seki_arena keys;
};
struct seki_root *seki_rows_root(struct seki_rows *r, const struct seki_object_id *id);
void seki_rows_name(struct seki_rows *r, const struct seki_name_key *key,
		    const struct seki_root *value);
void seki_rows_device(struct seki_rows *r, __u32 rdev, bool block, __u16 label);
int seki_rows_guard(struct seki_rows *r, __u32 dev);

/* place.c - paths and the objects they lead to, each asked once. */
struct seki_place {
	const char *path;
	struct seki_object object;
	bool exists;
	bool target; /* the bundle names it */
};
struct seki_places {
	struct seki_place *v;
	size_t n, room, read;
	struct seki_table by_path;
	struct seki_arena text;
};
size_t seki_place_add(struct seki_places *p, const char *path);
int seki_places_read(struct sekisho_bpf *s, struct seki_places *p);

/* container.c - what the bundles of containers must say. */
int seki_containers_check(const struct seki_bundle *b);

/* resolve.c - the paths of a bundle on this host. */
int seki_resolve(struct sekisho_bpf *s, const struct seki_bundle *b, const char *pins,
		 struct seki_rows *ret);

/* device.c - the raw devices that hold the same bytes. */
int seki_devices_below(struct seki_rows *r, __u32 dev, __u16 label);

/* class.c - kinds of character devices that are powers over the hardware. */
void seki_classes_close(struct seki_rows *r);

/* succeed.c - may it follow the policy in force?  0 or enum seki_refused. */
int seki_fits_running(const struct seki_bundle *next, const char *path);
int seki_may_succeed(const struct seki_bundle *next, const struct seki_meta *now, const char *path);

/* trust.c - whose word counts.  0 or enum seki_refused, after saying why. */
struct seki_trust {
	struct seki_pubkeys keys;
	char host[SEKI_HOST_LEN + 1]; /* machine id; "": unknown */
};
int seki_trust_read(struct seki_trust *ret);
int seki_trust_first(const struct seki_trust *t, const struct seki_bundle *b, const char *path);
int seki_trust_next(const struct seki_trust *t, const struct seki_bundle *b,
		    const struct seki_meta *now, const char *path);

/* notice.c - records of what the loader did; b may be NULL. */
int seki_notice(struct sekisho_bpf *s, enum seki_policy_act act, int refused,
		const struct seki_bundle *b);
int seki_notice_mode(struct sekisho_bpf *s, const struct seki_bundle *b,
		     const struct seki_order *order);
bool seki_in_place(struct sekisho_bpf *s);
int seki_clock_start(struct sekisho_bpf *s);

/* order.c - 0 or enum seki_refused, after saying why. */
int seki_order_judge(struct sekisho_bpf *s, const char *path, struct seki_order *ret);

/* carry.c - a signed order that leaves a policy in force. */
int seki_carry_out(const struct seki_kernel *k, const char *path);

/* mode.c - what refusals do, other than the bundle says. */
int seki_modes_keep(struct sekisho_bpf *s, struct seki_cell *cells, __u32 n);
void seki_modes_set(struct seki_cell *cells, __u32 n, const struct seki_order *order);

/* keep.c - bundles that were in force, and how high their versions were. */
int seki_keep_read(const struct seki_meta *now, struct seki_bundle *ret);
int seki_keep_copy(const struct seki_bundle *b, const char *path);
int seki_keep_install(struct sekisho_bpf *s, const struct seki_bundle *b);
__u32 seki_keep_highest(void);

/* unload.c - by a signed order. */
int seki_unload(const struct seki_kernel *k, const char *path);

/* upgrade.c - other programs, the same policy. */
int seki_upgrade(const struct seki_kernel *k);

/* next.c - replace the policy in force; trial_ns is not 0: until then, unless confirmed. */
int seki_next_policy(const struct seki_kernel *k, struct sekisho_bpf *s, const char *path,
		     __u64 trial_ns);
struct seki_swap {
	__u64 trial_ns;
	bool installs;		       /* for the next boot too */
	const struct seki_order *mode; /* NULL: modes stay */
};
int seki_swap_in(struct sekisho_bpf *s, const struct seki_kernel *k, const struct seki_bundle *b,
		 const struct seki_swap *how);

/* trial.c - in force until it is confirmed, or the one before is back. */
bool seki_trial_runs(struct sekisho_bpf *s);
int seki_trial_keep(struct sekisho_bpf *s, const struct seki_bundle *now);
int seki_trial_start(struct sekisho_bpf *s, __u32 generation, __u64 ns);
int seki_trial_wait(const struct seki_kernel *k, struct sekisho_bpf *s);
int seki_confirm(const struct seki_kernel *k);

/* fill.c - a policy into the slot of a generation, frozen. */
int seki_fill(struct sekisho_bpf *s, const struct seki_bundle *b, const struct seki_rows *r,
	      __u32 generation, const struct seki_order *mode);

/* hits.c - counters of rules: made to measure, taken from the pins, begun anew. */
void seki_hits_make(struct sekisho_bpf *s, __u32 rules);
void seki_hits_take(struct sekisho_bpf *s);
int seki_hits_clear(struct sekisho_bpf *s, __u32 slot);

/* rate.c - 0, or -1 after saying so. */
int seki_rates_fill(struct sekisho_bpf *s, const struct seki_bundle *b, __u32 slot);

/* adopt.c - the loader's own domain; services that run already. */
int seki_adopt_self(struct sekisho_bpf *s);
int seki_adopt_running(struct sekisho_bpf *s, const struct seki_bundle *b);

/* pin.c - attach and pin all, or undo all. */
int seki_pin_all(struct sekisho_bpf *s, unsigned int *ret_programs);
void seki_pin_undo(const char *dir);
void seki_pin_spare(void);
int seki_pin_lock(void); /* one loader at a time; until it ends */
void seki_pin_release(void);
DIR *seki_pin_opendir(const char *dir);
/* Attach it and pin its link under stem and its name. */
int seki_pin_link(struct bpf_program *p, const char *stem);

/* Name of the pin of a map, NULL for maps that are not pinned. */
const char *seki_pin_name(const struct bpf_map *map);

/* cgroup.c - moving a process to another cgroup asks for a capability, or not. */
void seki_moves_ask(bool ask);

/* seal.c - own ids, what is loaded, the generation: from here it is enforced. */
int seki_seal(struct sekisho_bpf *s, const struct seki_bundle *b, const struct seki_kernel *k,
	      __u32 generation, unsigned int programs);
int seki_seal_proof(struct sekisho_bpf *s);
int seki_own(struct sekisho_bpf *s);	 /* all of it, by id */
void seki_disown(struct sekisho_bpf *s); /* what ends with this process */
int seki_run_files(const struct seki_bundle *b);
struct seki_state *seki_state_memory(struct sekisho_bpf *s);
__u64 seki_boottime(void);
bool seki_is_loaded(void);
struct seki_meta *seki_meta_memory(struct sekisho_bpf *s);

/* lock.c - from here on powers of the kernel are for named domains only. */
int seki_lock(const struct seki_kernel *k);

/* held.c - what tasks hold of assets since before the policy. */
void seki_held_tell(struct sekisho_bpf *s);

/* first.c; early: the host has not mounted all its file systems yet. */
int seki_first_load(const struct seki_kernel *k, const struct seki_bundle *b, bool early);
void seki_say_in_force(const struct seki_bundle *b, __u32 mode);

/* step.c: -v */
extern bool seki_verbose;
/* For tests of the promise "all or nothing": end after the named step. */
void seki_step(const char *name);

#endif /* SEKI_LOADER_H */
