// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every path that gets a label: what the policy names, what follows from it
 * (unit files), and Sekisho's own.  A path has one label.
 */
#include "userspace/policy/policy.h"

#include <stdlib.h>
#include <string.h>

/* Sekisho's own paths, in every bundle. */
static const struct {
	const char *path;
	__u16 label, entry;
} own[] = {
	{ "/usr/sbin/sekisho-load", SEKI_LABEL_CONFIG, SEKI_DOMAIN_LOADER },
	{ "/usr/sbin/sekishod", SEKI_LABEL_CONFIG, SEKI_DOMAIN_COLLECTOR },
	{ "/usr/bin/sekisho", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/sekisho", SEKI_LABEL_CONFIG, 0 },
	{ "/usr/lib/systemd/system/sekisho.service", SEKI_LABEL_CONFIG, 0 },
	{ "/usr/lib/systemd/system/sekishod.service", SEKI_LABEL_CONFIG, 0 },
	{ "/usr/lib/systemd/system/sekisho-lock.service", SEKI_LABEL_CONFIG, 0 },
	{ "/usr/lib/systemd/system/sekisho-unload.service", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system/sekisho.service", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system/sekisho.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system/sekishod.service", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system/sekishod.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system/sekisho-lock.service", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system/sekisho-lock.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system/sekisho-unload.service", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system/sekisho-unload.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system/sekisho-.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system/sekisho.service", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system/sekisho.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system/sekishod.service", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system/sekishod.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system/sekisho-lock.service", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system/sekisho-lock.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system/sekisho-unload.service", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system/sekisho-unload.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system/sekisho-.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system.control/sekisho.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system.control/sekishod.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system.control/sekisho-lock.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system.control/sekisho-unload.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/etc/systemd/system.control/sekisho-.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system.control/sekisho.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system.control/sekishod.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system.control/sekisho-lock.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system.control/sekisho-unload.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/run/systemd/system.control/sekisho-.service.d", SEKI_LABEL_CONFIG, 0 },
	{ "/var/log/sekisho", SEKI_LABEL_LOG, 0 },
	{ "/var/lib/sekisho", SEKI_LABEL_LOG, 0 },
	{ "/var/lib/sekisho/secret", SEKI_LABEL_SECRET, 0 },
	{ "/run/sekisho", SEKI_LABEL_LOG, 0 },
	{ "/run/sekisho/canary", SEKI_LABEL_CANARY, 0 },
	{ "/sys/fs/bpf/sekisho", SEKI_LABEL_BPF_OWN, 0 },
	{ "/dev/mapper/control", SEKI_LABEL_BLOCKMAP, 0 },
	{ "/dev/mem", SEKI_LABEL_MEMORY, 0 },
	{ "/dev/port", SEKI_LABEL_MEMORY, 0 },
	/* from systemd 254 PID 1 starts services through this program */
	{ "/usr/lib/systemd/systemd-executor", SEKI_LABEL_CONFIG, SEKI_DOMAIN_INIT },
	/* what PID 1 becomes when the host ends, and nobody else */
	{ "/usr/lib/systemd/systemd-shutdown", SEKI_LABEL_CONFIG, SEKI_DOMAIN_SHUTDOWN },
	/* which host a signature is for */
	{ "/etc/machine-id", SEKI_LABEL_CONFIG, 0 },
	/* who asks here has a job done by a daemon or the kernel, outside his session */
	{ "/run/dbus", SEKI_LABEL_BROKER, 0 },
	{ "/run/systemd/private", SEKI_LABEL_BROKER, 0 },
	{ "/run/initctl", SEKI_LABEL_BROKER, 0 },
	{ "/run/containerd", SEKI_LABEL_BROKER, 0 },
	{ "/run/k3s/containerd", SEKI_LABEL_BROKER, 0 },
	{ "/run/docker.sock", SEKI_LABEL_BROKER, 0 },
	{ "/run/podman", SEKI_LABEL_BROKER, 0 },
	{ "/run/crio", SEKI_LABEL_BROKER, 0 },
	{ "/run/libvirt", SEKI_LABEL_BROKER, 0 },
	{ "/run/snapd.socket", SEKI_LABEL_BROKER, 0 },
	{ "/run/openvswitch", SEKI_LABEL_BROKER, 0 }, /* mirrors of ports */
	{ "/run/frr", SEKI_LABEL_BROKER, 0 },	      /* routes */
	{ "/var/lib/lxd/unix.socket", SEKI_LABEL_BROKER, 0 },
	{ "/var/lib/incus/unix.socket", SEKI_LABEL_BROKER, 0 },
	{ "/var/spool/cron", SEKI_LABEL_BROKER, 0 }, /* at(1) has its jobs there too */
	{ "/var/spool/at", SEKI_LABEL_BROKER, 0 },
	{ "/etc/crontab", SEKI_LABEL_BROKER, 0 },
	{ "/etc/cron.d", SEKI_LABEL_BROKER, 0 },
	{ "/etc/cron.hourly", SEKI_LABEL_BROKER, 0 },
	{ "/etc/cron.daily", SEKI_LABEL_BROKER, 0 },
	{ "/etc/cron.weekly", SEKI_LABEL_BROKER, 0 },
	{ "/etc/cron.monthly", SEKI_LABEL_BROKER, 0 },
	{ "/etc/anacrontab", SEKI_LABEL_BROKER, 0 },
	{ "/etc/request-key.conf", SEKI_LABEL_BROKER, 0 },
	{ "/etc/request-key.d", SEKI_LABEL_BROKER, 0 },
	/* names libraries for every program at its start, functions included */
	{ "/etc/ld.so.preload", SEKI_LABEL_CONFIG, 0 },
};
#define N_OWN (sizeof(own) / sizeof(*own))

/* A label on one of these would stop the host or mean nothing. */
static const char *const shared[] = {
	"/",
	"/bin",
	"/boot",
	"/dev",
	"/etc",
	"/home",
	"/lib",
	"/lib64",
	"/proc",
	"/root",
	"/run",
	"/sbin",
	"/sys",
	"/tmp",
	"/usr",
	"/usr/bin",
	"/usr/lib",
	"/usr/sbin",
	"/usr/lib/systemd",
	"/usr/share",
	"/var",
	"/var/lib",
	"/var/log",
	"/var/tmp",
	"/etc/systemd",
	"/etc/systemd/system",
};

static bool below(const char *path, const char *root)
{
	size_t n = strlen(root);

	return !strncmp(path, root, n) && path[n] == '/';
}

struct seki_place *seki_label_path(struct seki_compilation *c, struct seki_place place)
{
	uint32_t old;

	if (!seki_table_add(&c->place_of, place.path, strlen(place.path), c->n_places, &old))
		return &c->place[old];
	if (c->n_places == c->room_places) {
		unsigned int room = c->room_places ? 2 * c->room_places : 64;
		struct seki_place *p = seki_arena_array(&c->arena, room, sizeof(*p));

		if (c->n_places)
			memcpy(p, c->place, c->n_places * sizeof(*p));
		c->place = p;
		c->room_places = room;
	}
	c->place[c->n_places++] = place;
	return NULL;
}

static bool fit_for_label(struct seki_compilation *c, const struct seki_text *t)
{
	for (size_t i = 0; i < sizeof(shared) / sizeof(*shared); i++)
		if (!strcmp(t->s, shared[i])) {
			seki_error(c->diag, t->pos,
				   "'%s' belongs to the whole host; "
				   "name the function's own directory",
				   t->s);
			return false;
		}
	if (below(t->s, "/proc") || below(t->s, "/sys") || below(t->s, "/dev")) {
		seki_error(c->diag, t->pos,
			   "'%.200s' is made by the kernel, not stored; "
			   "name a file on a disk",
			   t->s);
		return false;
	}
	for (size_t i = 0; i < N_OWN; i++)
		if (!strcmp(t->s, own[i].path) || below(t->s, own[i].path) ||
		    below(own[i].path, t->s)) {
			seki_error(c->diag, t->pos,
				   "overlapping label: '%.200s' touches %s, which "
				   "is %s; name another path",
				   t->s, own[i].path, c->sym.by_id[own[i].label]->word);
			return false;
		}
	return true;
}

static void add_named(struct seki_compilation *c, const struct seki_text *t, __u16 label,
		      __u16 entry, __u16 device, bool optional)
{
	struct seki_place place = {
		.path = t->s, .pos = t->pos, .label = label, .entry = entry, .device_label = device
	};
	const struct seki_place *old;

	place.flags = (entry ? SEKI_PATH_ENTRY : 0) | (optional ? SEKI_PATH_OPTIONAL : 0);
	if (!label || !fit_for_label(c, t))
		return;
	old = seki_label_path(c, place);
	if (!old)
		return;
	if (old->label == label)
		seki_error(c->diag, t->pos, "'%.200s' given twice; keep one", t->s);
	else
		seki_error(c->diag, t->pos,
			   "overlapping label: '%.200s' is %s already; a path has "
			   "one label",
			   t->s, c->sym.by_id[old->label]->word);
	seki_note(c->diag, old->pos, "first named here");
}

static void add_files(struct seki_compilation *c, const struct seki_actor *a,
		      const struct seki_files *f, enum seki_part part)
{
	for (unsigned int i = 0; i < f->n; i++)
		add_named(c, &f->v[i].path, a->label[part], 0,
			  part == SEKI_PART_CODE ? 0 : a->label[SEKI_PART_DEVICE],
			  f->v[i].optional);
}

/* Sockets appear when the function starts, hence optional. */
static void add_sockets(struct seki_compilation *c, const struct seki_actor *a)
{
	for (unsigned int i = 0; i < a->management.n; i++) {
		struct seki_text t = a->management.v[i];

		if (strncmp(t.s, "unix:/", 6))
			continue;
		t.s += 5;
		add_named(c, &t, a->label[SEKI_PART_MANAGEMENT], 0, 0, true);
	}
}

/* Shared drop-in directories (osmo-.service.d) go to the first function that
 * brings them: nobody may write to either label.
 */
static void add_unit_path(struct seki_compilation *c, const struct seki_actor *a, const char *dir,
			  const char *name)
{
	struct seki_place place = { .pos = a->unit.pos,
				    .label = a->label[SEKI_PART_UNIT],
				    .flags = SEKI_PATH_OPTIONAL };

	place.path = seki_arena_printf(&c->arena, "%s/%s", dir, name);
	seki_label_path(c, place);
}

/* What systemd.unit(5) reads for a-b.service: a-b.service.d, a-.service.d,
 * service.d; and for an instance a@i.service the template's as well.
 */
static void add_dropins(struct seki_compilation *c, const struct seki_actor *a, const char *dir)
{
	const char *unit = a->unit.s, *at = strchr(unit, '@');
	size_t stem = strlen(unit) - strlen(".service");

	add_unit_path(c, a, dir, unit);
	add_unit_path(c, a, dir, seki_arena_printf(&c->arena, "%s.d", unit));
	if (at) {
		const char *template =
			seki_arena_printf(&c->arena, "%.*s@.service", (int)(at - unit), unit);

		add_unit_path(c, a, dir, template);
		add_unit_path(c, a, dir, seki_arena_printf(&c->arena, "%s.d", template));
	}
	for (size_t i = 0; i + 1 < stem; i++)
		if (unit[i] == '-')
			add_unit_path(c, a, dir,
				      seki_arena_printf(&c->arena, "%.*s.service.d", (int)i + 1,
							unit));
}

static void add_unit(struct seki_compilation *c, const struct seki_actor *a)
{
	static const char *const dirs[] = {
		"/etc/systemd/system",	       "/run/systemd/system",
		"/usr/lib/systemd/system",     "/etc/systemd/system.control",
		"/run/systemd/system.control", "/run/systemd/transient",
	};

	if (!a->unit.s || strlen(a->unit.s) <= strlen(".service"))
		return;
	for (size_t i = 0; i < sizeof(dirs) / sizeof(*dirs); i++)
		add_dropins(c, a, dirs[i]);
	/* the vendor's service.d is part of systemd and may be needed by others */
	add_unit_path(c, a, dirs[0], "service.d");
	add_unit_path(c, a, dirs[1], "service.d");
}

/* That it is there is asked where it is read.  It may be named among the data too. */
static void add_container(struct seki_compilation *c, const struct seki_actor *a)
{
	enum seki_part part;
	struct seki_text t = { seki_container_config(c, a, &part), a->container.bundle.pos };
	uint32_t old;

	if (t.s && (!seki_table_find(&c->place_of, t.s, strlen(t.s), &old) ||
		    c->place[old].label != a->label[part]))
		add_named(c, &t, a->label[part], 0,
			  part == SEKI_PART_DATA ? a->label[SEKI_PART_DEVICE] : 0, true);
}

static void add_own(struct seki_compilation *c)
{
	for (size_t i = 0; i < N_OWN; i++)
		seki_label_path(
			c, (struct seki_place){ .path = own[i].path,
						.label = own[i].label,
						.entry = own[i].entry,
						.flags = SEKI_PATH_SELF | SEKI_PATH_OPTIONAL |
							 (own[i].entry ? SEKI_PATH_ENTRY : 0) });
}

void seki_collect_paths(struct seki_compilation *c)
{
	const struct seki_policy *p = &c->policy;

	for (unsigned int i = 0; i < p->n_actors; i++) {
		const struct seki_actor *a = &p->actor[i];

		if (!a->id)
			continue;
		if (a->exec.s)
			add_named(c, &a->exec, a->label[SEKI_PART_EXEC], a->id, 0, false);
		add_files(c, a, &a->data, SEKI_PART_DATA);
		add_files(c, a, &a->keys, SEKI_PART_KEYS);
		add_files(c, a, &a->code, SEKI_PART_CODE);
		add_sockets(c, a);
	}
	for (unsigned int i = 0; i < p->n_functions; i++)
		if (p->actor[i].id) {
			add_unit(c, &p->actor[i]);
			add_container(c, &p->actor[i]);
		}
	add_own(c);
}
