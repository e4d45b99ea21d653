// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * seal.c - name our own objects, say what is loaded, raise the generation.
 *
 * The store of the generation is the moment a policy takes effect, on every
 * CPU and for every hook at once.
 */
#include "loader/loader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/sekisho.skel.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"

static int own(struct sekisho_bpf *s, __u64 key)
{
	__u32 one = 1;

	return bpf_map_update_elem(bpf_map__fd(s->maps.seki_own), &key, &one, BPF_ANY);
}

static int own_everything(struct sekisho_bpf *s)
{
	struct bpf_program *p;
	struct bpf_map *m;
	__u32 len;

	bpf_object__for_each_map(m, s->obj) {
		struct bpf_map_info info = {};

		len = sizeof(info);
		if (bpf_obj_get_info_by_fd(bpf_map__fd(m), &info, &len) < 0 ||
		    own(s, 1ull << 32 | info.id) < 0)
			return -1;
	}
	bpf_object__for_each_program(p, s->obj) {
		struct bpf_prog_info info = {};

		len = sizeof(info);
		if (!bpf_program__autoload(p))
			continue;
		if (bpf_obj_get_info_by_fd(bpf_program__fd(p), &info, &len) < 0 ||
		    own(s, 2ull << 32 | info.id) < 0)
			return -1;
	}
	return 0;
}

int seki_own(struct sekisho_bpf *s)
{
	if (!own_everything(s))
		return 0;
	seki_warn("the loaded programs and maps can't be sealed");
	return -1;
}

/* A later load's own programs and read-only data: their ids are free again. */
void seki_disown(struct sekisho_bpf *s)
{
	int own_fd = bpf_map__fd(s->maps.seki_own);
	struct bpf_program *p;
	struct bpf_map *m;
	__u64 key;
	__u32 len;

	bpf_object__for_each_map(m, s->obj) {
		struct bpf_map_info info = {};

		len = sizeof(info);
		if (seki_pin_name(m) || bpf_obj_get_info_by_fd(bpf_map__fd(m), &info, &len) < 0)
			continue;
		key = 1ull << 32 | info.id;
		bpf_map_delete_elem(own_fd, &key);
	}
	bpf_object__for_each_program(p, s->obj) {
		struct bpf_prog_info info = {};

		len = sizeof(info);
		if (!bpf_program__autoload(p) ||
		    bpf_obj_get_info_by_fd(bpf_program__fd(p), &info, &len) < 0)
			continue;
		key = 2ull << 32 | info.id;
		bpf_map_delete_elem(own_fd, &key);
	}
}

__u64 seki_boottime(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (__u64)t.tv_sec * 1000000000ull + (__u64)t.tv_nsec;
}

static void *map_memory(struct bpf_map *m, size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, bpf_map__fd(m), 0);

	return p == MAP_FAILED ? NULL : p;
}

/* The globals of the programs; the loader is of no use without them. */
struct seki_state *seki_state_memory(struct sekisho_bpf *s)
{
	static struct seki_state *state;

	if (!state)
		state = map_memory(s->maps.bss, sizeof(*state));
	if (!state)
		seki_die("the programs' globals can't be reached");
	return state;
}

static void describe(struct seki_meta *meta, const struct seki_bundle *b,
		     const struct seki_kernel *k, __u32 generation, unsigned int programs)
{
	meta->abi = SEKI_ABI_VERSION;
	meta->policy_version = b->meta->version;
	if (!seki_bundle_is(b, meta->digest))
		meta->mode = b->meta->mode; /* the same keeps what an order made of it */
	if (programs)
		meta->programs = programs;
	meta->loaded_ns = seki_boottime();
	if (!meta->highest)
		meta->highest = seki_keep_highest();
	if (meta->highest < meta->policy_version)
		meta->highest = meta->policy_version;
	memcpy(meta->digest, b->head->digest, sizeof(meta->digest));
	snprintf(meta->name, sizeof(meta->name), "%.63s", seki_bundle_string(b, b->meta->name));
	snprintf(meta->kernel, sizeof(meta->kernel), "%.63s", k->release);
	__atomic_store_n(&meta->generation, generation, __ATOMIC_RELEASE);
}

int seki_seal(struct sekisho_bpf *s, const struct seki_bundle *b, const struct seki_kernel *k,
	      __u32 generation, unsigned int programs)
{
	struct seki_meta *meta = seki_meta_memory(s);
	struct seki_state *state = seki_state_memory(s);

	if (seki_own(s))
		return -1;
	describe(meta, b, k, generation, programs);
	meta->trial_ns = state->trial.generation == generation ? state->trial.until : 0;
	__atomic_store_n(&state->generation, generation, __ATOMIC_SEQ_CST);
	return 0;
}

/* An attached link is no proof: the canary must be refused, here and now. */
int seki_seal_proof(struct sekisho_bpf *s)
{
	seki_autoclose int fd = open(SEKI_CANARY, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == EPERM)
		return 0;
	__atomic_store_n(&seki_state_memory(s)->generation, 0, __ATOMIC_SEQ_CST);
	seki_warnx(
		"%s could be opened although the programs are attached: this kernel does not run them. Look at kernel.ftrace_enabled and at livepatches; nothing was changed",
		SEKI_CANARY);
	return -1;
}

static int make_canary(void)
{
	seki_autoclose int fd = open(SEKI_CANARY, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0444);

	if (fd >= 0 && write(fd, "closed\n", 7) == 7)
		return 0;
	seki_warn("%s: cannot be made", SEKI_CANARY);
	return -1;
}

/* The canary, and the bundle in force for whoever needs names for numbers. */
int seki_run_files(const struct seki_bundle *b)
{
	int err;

	if (mkdir(SEKI_RUN, 0755) < 0 && errno != EEXIST) {
		seki_warn("%s: cannot be made", SEKI_RUN);
		return -1;
	}
	if (!seki_is_loaded() && make_canary())
		return -1;
	err = seki_file_write(SEKI_RUN_BUNDLE, b->head, b->size, 0644);
	if (err) {
		errno = -err;
		seki_warn("%s: cannot be written", SEKI_RUN_BUNDLE);
	}
	return err;
}

/* A pin directory of a loader killed before the seal enforces nothing. */
bool seki_is_loaded(void)
{
	struct stat st;

	return stat(SEKI_PINS, &st) == 0;
}

/* What the loader said of the policy in force. */
struct seki_meta *seki_meta_memory(struct sekisho_bpf *s)
{
	struct seki_meta *meta = map_memory(s->maps.seki_meta, sizeof(*meta));

	if (!meta)
		seki_die("the programs' description can't be reached");
	return meta;
}
