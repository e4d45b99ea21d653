// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * programs.c - BPF programs that are not Sekisho's. bpf(2) is closed to all but
 * init and Sekisho once a policy is in force; then the collector is asked.
 */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"
#include "userspace/posture/groups.h"

#define PINS "/sys/fs/bpf/sekisho"

static uint32_t program_of_pin(const char *name)
{
	struct bpf_link_info info = { 0 };
	__u32 size = sizeof(info);
	seki_autoclose int fd = -1;
	char path[512];

	snprintf(path, sizeof(path), PINS "/%s", name);
	fd = bpf_obj_get(path);
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
		return 0;
	return info.prog_id;
}

/* Known by the links Sekisho pinned: a name can be anybody's. */
static bool is_own(uint32_t id)
{
	static uint32_t own[512];
	static int count = -1;
	struct dirent *e;
	DIR *d;

	if (count < 0) {
		count = 0;
		d = opendir(PINS);
		while (d && (e = readdir(d)) && count < 512)
			if (!strncmp(e->d_name, "link_", 5))
				own[count++] = program_of_pin(e->d_name);
		if (d)
			closedir(d);
	}
	for (int i = 0; i < count; i++)
		if (own[i] == id)
			return true;
	return false;
}

int seki_posture_next_program(uint32_t after, struct seki_posture_program *ret)
{
	struct bpf_prog_info info = { 0 };
	__u32 size = sizeof(info), id = after;
	seki_autoclose int fd = -1;

	do {
		if (bpf_prog_get_next_id(id, &id))
			return -errno;
		fd = bpf_prog_get_fd_by_id(id);
	} while (fd < 0 && errno == ENOENT); /* gone since it was listed */
	if (fd < 0)
		return -errno;
	*ret = (struct seki_posture_program){ .id = id };
	if (bpf_obj_get_info_by_fd(fd, &info, &size))
		return -errno;
	ret->type = info.type;
	memcpy(ret->name, info.name, sizeof(ret->name));
	ret->name[sizeof(ret->name) - 1] = '\0';
	ret->own = is_own(id);
	return 0;
}

/* What systemd attaches to its units sees packets of a unit or device nodes, and
 * changes nothing else. Network programs can copy traffic; the others can look
 * into the kernel and every process.
 */
static enum seki_posture_state judge(uint32_t type)
{
	switch (type) {
	case BPF_PROG_TYPE_CGROUP_DEVICE:
	case BPF_PROG_TYPE_CGROUP_SKB:
	case BPF_PROG_TYPE_CGROUP_SOCK:
	case BPF_PROG_TYPE_CGROUP_SOCK_ADDR:
	case BPF_PROG_TYPE_CGROUP_SYSCTL:
	case BPF_PROG_TYPE_CGROUP_SOCKOPT:
		return SEKI_POSTURE_GOOD;
	case BPF_PROG_TYPE_KPROBE:
	case BPF_PROG_TYPE_TRACEPOINT:
	case BPF_PROG_TYPE_PERF_EVENT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT:
	case BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE:
	case BPF_PROG_TYPE_TRACING:
	case BPF_PROG_TYPE_STRUCT_OPS:
	case BPF_PROG_TYPE_EXT:
	case BPF_PROG_TYPE_SYSCALL:
		return SEKI_POSTURE_BAD;
	default:
		return SEKI_POSTURE_WEAK;
	}
}

/* Asked for by the collector when it started, before anybody could log in. */
static void judge_list(struct seki_posture *p, struct seki_finding *f, json_t *programs)
{
	json_t *list = json_object_get(programs, "list"), *one;
	const char *error = json_string_value(json_object_get(programs, "error"));
	long long others = json_integer_value(json_object_get(programs, "others"));
	unsigned int units = 0;
	size_t i;

	if (!json_is_array(list) || error || others > (long long)json_array_size(list)) {
		seki_found(p, f, SEKI_POSTURE_NOT_OBSERVABLE,
			   "the collector could not list them%s%s", error ? ": " : "", error ?: "");
		return;
	}
	f->state = SEKI_POSTURE_GOOD;
	json_array_foreach(list, i, one) {
		uint32_t type = (uint32_t)json_integer_value(json_object_get(one, "type"));
		enum seki_posture_state state = judge(type);

		units += state == SEKI_POSTURE_GOOD;
		if (state == SEKI_POSTURE_GOOD)
			continue;
		seki_worsen(f, state);
		seki_detail(p, f, "%lld %s, type %s",
			    (long long)json_integer_value(json_object_get(one, "id")),
			    json_string_value(json_object_get(one, "name")) ?: "",
			    libbpf_bpf_prog_type_str(type) ?: "unknown");
	}
	seki_found(
		p, f, f->state,
		"%lld of Sekisho, %u on cgroups, %u others that see more, at the start of the collector",
		(long long)json_integer_value(json_object_get(programs, "own")), units, f->details);
}

/* With a policy in force bpf(2) is closed to us, and to whoever would load one. */
static bool ask_collector(struct seki_posture *p, struct seki_finding *f)
{
	struct seki_finding why = { 0 };
	json_t *s = seki_posture_status(p, &why);
	json_t *programs = json_object_get(s, "programs");

	if (programs) {
		f->source = why.source;
		judge_list(p, f, programs);
	}
	json_decref(s);
	return programs;
}

static void check_programs(struct seki_posture *p, const struct seki_posture_item *item,
			   struct seki_finding *f)
{
	struct seki_posture_program program = { 0 };
	unsigned int own = 0, units = 0;
	int err;

	(void)item;
	f->source = "bpf(2)";
	if (!p->ops) {
		seki_found(p, f, SEKI_POSTURE_NOT_OBSERVABLE, "a tree has no BPF programs");
		return;
	}
	if (ask_collector(p, f))
		return;
	f->state = SEKI_POSTURE_GOOD;
	while (!(err = p->ops->next_program(program.id, &program))) {
		enum seki_posture_state state = judge(program.type);

		own += program.own;
		units += !program.own && state == SEKI_POSTURE_GOOD;
		if (program.own || state == SEKI_POSTURE_GOOD)
			continue;
		seki_worsen(f, state);
		seki_detail(p, f, "%u %s, type %s", program.id, program.name,
			    libbpf_bpf_prog_type_str(program.type) ?: "unknown");
	}
	if (err != -ENOENT)
		seki_unseen(p, f, err);
	else
		seki_found(p, f, f->state, "%u of Sekisho, %u on cgroups, %u others that see more",
			   own, units, f->details);
}

/* ---- all of them, for a baseline -------------------------------------------------------- */

static struct seki_posture_program *add(struct seki_posture *p, struct seki_posture_programs *l)
{
	struct seki_posture_program *more;

	if (!(l->count & (l->count - 1))) {
		more = seki_arena_array(&p->arena, l->count ? 2 * l->count : 1, sizeof(*more));
		if (l->count)
			memcpy(more, l->program, l->count * sizeof(*more));
		l->program = more;
	}
	return &l->program[l->count++];
}

/* Of Sekisho's own the collector tells only how many there are. */
static int list_collected(struct seki_posture *p, json_t *programs,
			  struct seki_posture_programs *ret)
{
	json_t *list = json_object_get(programs, "list"), *one;
	json_int_t own = json_integer_value(json_object_get(programs, "own"));
	size_t i;

	if (!json_is_array(list) || json_object_get(programs, "error"))
		return -EIO;
	json_array_foreach(list, i, one) {
		struct seki_posture_program *a = add(p, ret);

		a->type = (uint32_t)json_integer_value(json_object_get(one, "type"));
		snprintf(a->name, sizeof(a->name), "%s",
			 json_string_value(json_object_get(one, "name")) ?: "");
	}
	while (own-- > 0)
		*add(p, ret) = (struct seki_posture_program){ .type = BPF_PROG_TYPE_LSM,
							      .name = "of Sekisho",
							      .own = true };
	return 0;
}

int seki_posture_all_programs(struct seki_posture *p, struct seki_posture_programs *ret)
{
	struct seki_posture_program program = { 0 };
	struct seki_finding why = { 0 };
	json_t *s, *programs;
	int err;

	*ret = (struct seki_posture_programs){ .count = 0 };
	if (!p->ops)
		return -EOPNOTSUPP;
	s = seki_posture_status(p, &why);
	programs = json_object_get(s, "programs");
	if (programs) {
		err = list_collected(p, programs, ret);
		json_decref(s);
		return err;
	}
	json_decref(s);
	while (!(err = p->ops->next_program(program.id, &program))) {
		struct seki_posture_program *a = add(p, ret);

		*a = program;
		if (program.own)
			snprintf(a->name, sizeof(a->name), "of Sekisho");
	}
	return err == -ENOENT ? 0 : err;
}

/* clang-format off */
static const struct seki_posture_item items[] = {
	{ "posture.bpf-programs", "BPF programs of others",
	  "A BPF program loaded before Sekisho may read memory and traffic of a core function unseen.",
	  "find who loaded them (bpftool prog show), and stop it before sekisho.service starts",
	  check_programs, NULL },
};
/* clang-format on */

const struct seki_posture_group seki_posture_programs = SEKI_POSTURE_GROUP("BPF programs", items);
