// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fill.c - a policy into the idle slot: fresh inner maps, filled, frozen.
 *
 * Nobody reads the slot until seal raises the generation to it.
 */
#include "loader/loader.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/near.h"
#include "bpf/sekisho.skel.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/log.h"
#include "userspace/policy/login.h"

/* Make an inner map of this shape; -1 after saying so. */
static int make(const char *name, enum bpf_map_type type, __u32 key, __u32 value, __u32 entries)
{
	DECLARE_LIBBPF_OPTS(bpf_map_create_opts, opts,
			    .map_flags = type == BPF_MAP_TYPE_ARRAY ? BPF_F_INNER_MAP : 0);
	int fd = bpf_map_create(type, name, key, value, entries ? entries : 1, &opts);

	if (fd < 0)
		seki_warn("the kernel gives no map for %u entries of the policy (%s)", entries,
			  name);
	return fd;
}

static int put(int fd, const void *key, const void *value, const char *what)
{
	if (bpf_map_update_elem(fd, key, value, BPF_ANY) == 0)
		return 0;
	seki_warn("a row of the policy (%s) was refused by the kernel", what);
	return -1;
}

/* Own ids before use: whoever asks for this map by id is refused. */
static int seal_inner(struct sekisho_bpf *s, int fd)
{
	struct bpf_map_info info = {};
	__u32 len = sizeof(info), one = 1;
	__u64 key;

	if (bpf_map_freeze(fd) < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) < 0) {
		seki_warn("a filled policy map can't be frozen");
		return -1;
	}
	key = 1ull << 32 | info.id;
	return put(bpf_map__fd(s->maps.seki_own), &key, &one, "own ids");
}

/* The map that leaves the slot ends with it; its id is not ours any more. */
static void disown(struct sekisho_bpf *s, struct bpf_map *outer, __u32 slot)
{
	__u32 id;
	__u64 key;

	if (bpf_map_lookup_elem(bpf_map__fd(outer), &slot, &id) < 0)
		return;
	key = 1ull << 32 | id;
	bpf_map_delete_elem(bpf_map__fd(s->maps.seki_own), &key);
}

/* Frozen, known as ours, and in its slot. */
static int install(struct sekisho_bpf *s, struct bpf_map *outer, __u32 slot, int inner)
{
	if (seal_inner(s, inner))
		return -1;
	disown(s, outer, slot);
	return put(bpf_map__fd(outer), &slot, &inner, bpf_map__name(outer));
}

static int fill_matrix(struct sekisho_bpf *s, const struct seki_bundle *b, __u32 slot,
		       const struct seki_order *mode)
{
	__u32 n, i;
	seki_autofree struct seki_cell *cells = seki_bundle_matrix(b, &n);
	seki_autofree __u32 *keys = calloc(n, sizeof(*keys));
	seki_autoclose int fd = -1;

	if (!cells || !keys)
		seki_diex("out of memory");
	for (i = 0; i < n; i++)
		keys[i] = i;
	if (seki_bundle_is(b, seki_meta_memory(s)->digest) && seki_modes_keep(s, cells, n))
		return -1;
	if (mode)
		seki_modes_set(cells, n, mode);
	fd = make("seki_matrix", BPF_MAP_TYPE_ARRAY, 4, sizeof(*cells), n);
	if (fd < 0)
		return -1;
	if (bpf_map_update_batch(fd, keys, cells, &n, NULL) < 0) {
		seki_warn("the matrix was refused by the kernel");
		return -1;
	}
	return install(s, s->maps.seki_matrix, slot, fd);
}

static __u8 count_args(const char *argv, __u32 len)
{
	__u8 n = 0;
	__u32 i;

	for (i = 0; i < len; i++)
		n += !argv[i];
	return n;
}

/* The name and its end, or what stands before a '*'. */
static __u16 unit_length(const char *unit)
{
	size_t n = strlen(unit);

	if (!n)
		return 0;
	return (__u16)(unit[n - 1] == '*' ? n - 1 : n + 1);
}

static int fill_domains(struct sekisho_bpf *s, const struct seki_bundle *b, __u32 slot)
{
	seki_autoclose int fd = make("seki_domains", BPF_MAP_TYPE_ARRAY, 4,
				     sizeof(struct seki_domain), seki_bundle_domains(b));
	__u32 i;

	for (i = 0; fd >= 0 && i < b->n_domains; i++) {
		const struct seki_bundle_domain *from = &b->domains[i];
		const char *argv = seki_bundle_string(b, from->argv);
		struct seki_domain d = {
			.proc_label = from->proc_label,
			.shared_label = from->shared_label,
			.origin = from->origin,
			.argv_len = (__u16)from->argv_len,
			.open_to_operator = (__u8)from->open_to_operator,
			.argc = count_args(argv, from->argv_len),
		};
		__u32 key = from->id;

		d.unit_len = unit_length(seki_bundle_string(b, from->unit));
		strncpy(d.unit, seki_bundle_string(b, from->unit), sizeof(d.unit) - 1);
		memcpy(d.argv, argv, from->argv_len);
		d.cgroup_parts =
			(__u16)seki_cgroup_read(seki_bundle_string(b, from->cgroup), d.cgroup);
		if (put(fd, &key, &d, "domains"))
			return -1;
	}
	return fd < 0 ? -1 : install(s, s->maps.seki_domains, slot, fd);
}

/* Rows {key, value} laid out one after the other into a fresh hash. */
static int fill_hash(struct sekisho_bpf *s, struct bpf_map *outer, __u32 slot, const void *rows,
		     size_t n, size_t key, size_t value, size_t stride)
{
	const char *row = rows;
	size_t i;
	seki_autoclose int fd =
		make(bpf_map__name(outer), BPF_MAP_TYPE_HASH, (__u32)key, (__u32)value, (__u32)n);

	for (i = 0; fd >= 0 && i < n; i++, row += stride)
		if (put(fd, row, row + key, bpf_map__name(outer)))
			return -1;
	return fd < 0 ? -1 : install(s, outer, slot, fd);
}

#define FILL(s, outer, slot, rows, n)                                                  \
	fill_hash(s, outer, slot, rows, n, sizeof((rows)->key), sizeof((rows)->value), \
		  sizeof(*(rows)))

struct addr_row {
	struct seki_addr_key key;
	__u32 value;
};

/* A second row for each port: kernels where the address can't be read. */
static int fill_addrs(struct sekisho_bpf *s, const struct seki_bundle *b, __u32 slot)
{
	size_t n = 0, room = b->n_addrs * 2 + 2;
	seki_autofree struct addr_row *rows = calloc(room, sizeof(*rows));
	__u32 i, tcp = 0;

	if (!rows)
		seki_diex("out of memory");
	for (i = 0; i < b->n_addrs; i++) {
		const struct seki_addr_key *key = &b->addrs[i].key;
		__u16 anywhere = key->kind | SEKI_ADDR_ANYWHERE;

		if (key->kind == SEKI_ADDR_ABSTRACT)
			continue;
		rows[n++] = (struct addr_row){ *key, b->addrs[i].label };
		rows[n++] = (struct addr_row){ { .port = key->port, .kind = anywhere },
					       b->addrs[i].label };
		if (key->kind == SEKI_ADDR_TCP) /* fast open, where its port can't be read */
			tcp = b->addrs[i].label;
	}
	if (tcp)
		rows[n++] = (struct addr_row){ { .kind = SEKI_ADDR_ANYWHERE }, tcp };
	return FILL(s, s->maps.seki_addrs, slot, rows, n);
}

/* Of TCP over IPv4, those whose row is free. */
static void fill_near(struct seki_near *near, const struct seki_bundle *b)
{
	static const __u8 v4[12] = { [10] = 0xff, [11] = 0xff };
	__u32 i;

	memset(near, 0, sizeof(*near) << SEKI_NEAR_BITS);
	for (i = 0; i < b->n_addrs; i++) {
		const struct seki_addr_key *a = &b->addrs[i].key;
		__u8 sa[8] = { (__u8)(a->port >> 8), (__u8)a->port };
		struct seki_near *row;
		__u64 key;

		if (a->kind != SEKI_ADDR_TCP || memcmp(a->addr, v4, sizeof(v4)))
			continue;
		memcpy(sa + 2, a->addr + 12, 4);
		memcpy(&key, sa, sizeof(key));
		key = seki_near_key(key);
		row = &near[seki_near_row(key)];
		if (!row->key || row->key == key)
			*row = (struct seki_near){ key, b->addrs[i].label };
	}
}

/* Read by plain loads, so written through memory. */
static void fill_state(struct sekisho_bpf *s, const struct seki_bundle *b,
		       const struct seki_rows *r, __u32 slot)
{
	struct seki_state *state = seki_state_memory(s);
	__u32 i;

	/* Who judges by the slot's last policy has ended: the kernel waited for them when
	 * the maps before took their places.  So no mark comes after this.
	 */
	memset(state->plain[slot], 0, sizeof(state->plain[slot]));
	state->guarded[slot] = r->guarded;
	memcpy(state->majors[slot], r->majors, sizeof(state->majors[slot]));
	fill_near(state->near[slot], b);
	memset(state->ports[slot], 0, sizeof(state->ports[slot]));
	for (i = 0; i < b->n_addrs; i++) {
		__u16 port = b->addrs[i].key.port;

		if (b->addrs[i].key.kind == SEKI_ADDR_ABSTRACT)
			continue;
		state->ports[slot][port >> 6] |= 1ull << (port & 63);
	}
}

/* One row a user: functions that share one have the right to each other's. */
static int fill_users(struct sekisho_bpf *s, const struct seki_bundle *b, __u32 slot)
{
	struct seki_users *u = &seki_state_memory(s)->users[slot];
	__u32 i, j;

	u->count = 0;
	for (i = 0; i < b->n_domains; i++) {
		const struct seki_bundle_domain *d = &b->domains[i];

		for (j = 0; j < u->count && u->row[j].uid != d->user; j++)
			;
		if (!d->user || j < u->count)
			continue;
		if (j == SEKI_USERS_MAX) {
			seki_warnx("the policy names more than %d users; name fewer",
				   SEKI_USERS_MAX);
			return -1;
		}
		u->row[j].uid = d->user;
		u->row[j].label = d->user_label;
		u->count++;
	}
	return 0;
}

/* Where logins come from. */
static void fill_ways(struct seki_roles *r, const struct seki_bundle *b)
{
	for (__u32 i = 0; i < b->n_networks; i++) {
		memcpy(r->network[i].addr, b->networks[i].addr, sizeof(r->network[i].addr));
		seki_network_mask(&b->networks[i], r->network[i].mask);
	}
	for (__u32 i = 0; i < b->n_terminals; i++)
		r->terminal[i] =
			(struct seki_terminal){ b->terminals[i].first, b->terminals[i].last };
}

/* bundle_check.c saw that they fit. */
static void fill_roles(struct sekisho_bpf *s, const struct seki_bundle *b, __u32 slot)
{
	struct seki_roles *r = &seki_state_memory(s)->roles[slot];

	memset(r, 0, sizeof(*r));
	fill_ways(r, b);
	for (__u32 i = 0; i < b->n_logins; i++) {
		const struct seki_bundle_login *l = &b->logins[i];

		r->row[i] = (struct seki_role_row){ .first = l->first,
						    .last = l->last,
						    .role = l->role,
						    .through = l->through,
						    .networks = l->networks,
						    .terminals = l->terminals };
	}
	r->count = b->n_logins;
}

/* Where shm_open(3) makes its objects. */
static void fill_shared(struct sekisho_bpf *s, __u32 slot)
{
	struct stat st;

	seki_state_memory(s)->shm_dev[slot] =
		stat("/dev/shm", &st) ? 0 : KDEV(major(st.st_dev), minor(st.st_dev));
}

int seki_fill(struct sekisho_bpf *s, const struct seki_bundle *b, const struct seki_rows *r,
	      __u32 generation, const struct seki_order *mode)
{
	__u32 slot = generation & 1;

	if (fill_matrix(s, b, slot, mode) || fill_domains(s, b, slot) || fill_addrs(s, b, slot) ||
	    FILL(s, s->maps.seki_roots, slot, r->roots, r->n_roots) ||
	    FILL(s, s->maps.seki_names, slot, r->names, r->n_names) ||
	    FILL(s, s->maps.seki_devices, slot, r->devices, r->n_devices) ||
	    fill_users(s, b, slot) || seki_hits_clear(s, slot) || seki_rates_fill(s, b, slot))
		return -1;
	fill_state(s, b, r, slot);
	fill_shared(s, slot);
	fill_roles(s, b, slot);
	return 0;
}
