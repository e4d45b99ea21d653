// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * probe.c - which probes a policy asks for.
 */
#define _GNU_SOURCE
#include "userspace/cli/probe.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"

const char *seki_way_text(enum seki_way way)
{
	static const char *const texts[] = {
#define X(name, text) [SEKI_WAY_##name] = text,
		SEKI_WAY_LIST(X)
#undef X
	};

	return texts[way];
}

static const char *str(const struct seki_view *v, __u32 offset)
{
	return seki_bundle_string(v->b, offset);
}

static struct seki_probe *add(struct seki_probes *p, enum seki_way way, __u16 label,
			      const char *what)
{
	if (p->count == p->room) {
		size_t room = p->room ? 2 * p->room : 64;
		struct seki_probe *more = reallocarray(p->list, room, sizeof(*more));

		if (!more)
			return NULL;
		p->list = more;
		p->room = room;
	}
	p->list[p->count] = (struct seki_probe){ .way = way, .label = label, .what = what };
	return &p->list[p->count++];
}

/* What is open to everybody proves nothing. */
static bool closed(const struct seki_view *v, __u16 label, __u32 want)
{
	const struct seki_subject anybody = { .domain = SEKI_DOMAIN_OTHER };
	struct seki_decision d;

	/* Refusals of the canary leave no record, and the collector asks it each second. */
	if (!label || label == SEKI_LABEL_CANARY)
		return false;
	seki_subject_decide(v, &anybody, label, want, &d);
	return d.missing;
}

static bool enough(struct seki_probes *p, __u16 label, enum seki_way way)
{
	size_t n = 0;

	for (size_t i = 0; i < p->count; i++)
		n += p->list[i].label == label && p->list[i].way == way && !p->list[i].absent;
	p->left += n >= SEKI_PROBES_OF_LABEL;
	return n >= SEKI_PROBES_OF_LABEL;
}

/* ---- files ------------------------------------------------------------------- */

static int add_path(struct seki_probes *p, enum seki_way way, __u16 label, const char *path,
		    bool there)
{
	struct seki_probe *probe;

	if (enough(p, label, way))
		return 0;
	probe = add(p, way, label, path);
	if (!probe)
		return -ENOMEM;
	probe->absent = !there;
	return 0;
}

static int add_file(struct seki_probes *p, const struct seki_view *v,
		    const struct seki_bundle_path *row)
{
	const char *path = str(v, row->path);
	struct stat st;
	bool there = !stat(path, &st);

	if (row->flags & SEKI_PATH_LINK)
		return 0;
	if (there && S_ISSOCK(st.st_mode))
		return closed(v, row->label, SEKI_CONNECT) ?
			       add_path(p, SEKI_WAY_UNIX, row->label, path, true) :
			       0;
	if (closed(v, row->label, SEKI_READ))
		return add_path(p, SEKI_WAY_OPEN, row->label, path, there);
	return closed(v, row->label, SEKI_ATTR) ?
		       add_path(p, SEKI_WAY_MODE, row->label, path, there) :
		       0;
}

/* A disk below several assets has the label of the first. */
static int add_device(struct seki_probes *p, const struct seki_view *v,
		      const struct seki_bundle_path *row)
{
	seki_autofree char *node = NULL;
	struct seki_probe *probe;
	struct stat st;

	if (!closed(v, row->device_label, SEKI_READ) || stat(str(v, row->path), &st))
		return 0;
	if (asprintf(&node, "/dev/block/%u:%u", major(st.st_dev), minor(st.st_dev)) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < p->count; i++)
		if (p->list[i].way == SEKI_WAY_DEVICE && !strcmp(p->list[i].path, node))
			return 0;
	probe = add(p, SEKI_WAY_DEVICE, row->device_label, str(v, row->path));
	if (!probe)
		return -ENOMEM;
	probe->absent = access(node, F_OK) != 0; /* a filesystem on no one disk */
	probe->path = TAKE_PTR(node);
	return 0;
}

static int add_files(struct seki_probes *p, const struct seki_view *v)
{
	int err = 0;

	for (__u32 i = 0; !err && i < v->b->n_paths; i++) {
		err = add_file(p, v, &v->b->paths[i]);
		if (!err && v->b->paths[i].device_label)
			err = add_device(p, v, &v->b->paths[i]);
	}
	return err;
}

/* ---- processes ------------------------------------------------------------------ */

/* cgroup of a process: "0::/system.slice/osmo-hlr.service" */
static bool in_unit(const char *pid, const char *unit)
{
	char path[64], text[4096] = "", *at;
	seki_autofclose FILE *f = NULL;
	size_t len = strlen(unit);

	snprintf(path, sizeof(path), "/proc/%.20s/cgroup", pid);
	f = fopen(path, "re");
	while (f && fgets(text, sizeof(text), f))
		for (at = strchr(text, '/'); at; at = strchr(at + 1, '/'))
			if (!strncmp(at + 1, unit, len) && strchr("/\n", at[1 + len]))
				return true;
	return false;
}

static bool is_called(const char *pid, const char *exec)
{
	const char *name = strrchr(exec, '/') ?: exec;
	char path[64], comm[32] = "";
	seki_autofclose FILE *f = NULL;

	snprintf(path, sizeof(path), "/proc/%.20s/comm", pid);
	f = fopen(path, "re");
	if (!f || !fgets(comm, sizeof(comm), f))
		return false;
	comm[strcspn(comm, "\n")] = '\0';
	return !strncmp(comm, name + (*name == '/'), 15);
}

/* What its executable is can't be seen: that is what is to be refused.  Name and
 * unit are what the host says of it; a wrong one would be let through, and told.
 */
static char *environment_of(const struct seki_view *v, const struct seki_bundle_domain *d)
{
	const char *unit = str(v, d->unit), *exec = str(v, d->exec);
	DIR *proc = opendir("/proc");
	struct dirent *e;
	char *ret = NULL;

	while (proc && !ret && (e = readdir(proc)))
		if (isdigit((unsigned char)e->d_name[0]) && (!*unit || in_unit(e->d_name, unit)) &&
		    is_called(e->d_name, exec) && asprintf(&ret, "/proc/%s/environ", e->d_name) < 0)
			ret = NULL;
	if (proc)
		closedir(proc);
	return ret;
}

static int add_processes(struct seki_probes *p, const struct seki_view *v)
{
	for (__u32 i = 0; i < v->b->n_domains; i++) {
		const struct seki_bundle_domain *d = &v->b->domains[i];
		struct seki_probe *probe;

		if (!*str(v, d->exec) || !closed(v, d->proc_label, SEKI_INSPECT))
			continue;
		probe = add(p, SEKI_WAY_INSPECT, d->proc_label, str(v, d->name));
		if (!probe)
			return -ENOMEM;
		probe->path = environment_of(v, d);
		probe->absent = !probe->path;
	}
	return 0;
}

/* ---- addresses and powers ----------------------------------------------------------- */

static int add_addresses(struct seki_probes *p, const struct seki_view *v)
{
	for (__u32 i = 0; i < v->b->n_addrs; i++) {
		const struct seki_bundle_addr *a = &v->b->addrs[i];
		enum seki_way way = a->key.kind == SEKI_ADDR_ABSTRACT ? SEKI_WAY_UNIX :
									SEKI_WAY_INET;
		struct seki_probe *probe;

		if (!closed(v, a->label, SEKI_CONNECT) || enough(p, a->label, way))
			continue;
		probe = add(p, way, a->label, str(v, a->text));
		if (!probe)
			return -ENOMEM;
		probe->addr = a;
		/* To ask for it would have the kernel load its module. */
		probe->absent = a->key.kind == SEKI_ADDR_SCTP && access("/proc/net/sctp", F_OK);
	}
	return 0;
}

static int add_powers(struct seki_probes *p, const struct seki_view *v)
{
	if (closed(v, SEKI_LABEL_CAPTURE, SEKI_USE) &&
	    !add(p, SEKI_WAY_CAPTURE, SEKI_LABEL_CAPTURE, "the network"))
		return -ENOMEM;
	if (closed(v, SEKI_LABEL_BPF, SEKI_USE) && !add(p, SEKI_WAY_BPF, SEKI_LABEL_BPF, "bpf(2)"))
		return -ENOMEM;
	return 0;
}

int seki_probes_make(const struct seki_view *v, struct seki_probes *ret)
{
	*ret = (struct seki_probes){ 0 };
	return add_files(ret, v)	     ?:
		       add_processes(ret, v) ?:
		       add_addresses(ret, v) ?:
					       add_powers(ret, v);
}

void seki_probes_free(struct seki_probes *p)
{
	for (size_t i = 0; i < p->count; i++)
		free(p->list[i].path);
	free(p->list);
	*p = (struct seki_probes){ 0 };
}
