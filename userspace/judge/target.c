// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * On what: what label.bpf.c finds by climbing from an inode, from a path's text.
 */
#include "userspace/judge/view.h"

#include <string.h>

#include "userspace/policy/policy.h"

/* Rows for links say what the link itself is; the path asked for leads on. */
static const struct seki_bundle_path *row_of(const struct seki_view *v, const char *path,
					     size_t len)
{
	for (__u32 i = 0; i < v->b->n_paths; i++) {
		const struct seki_bundle_path *p = &v->b->paths[i];
		const char *row = seki_bundle_string(v->b, p->path);

		if (p->label && !strncmp(row, path, len) && !row[len])
			return p;
	}
	return NULL;
}

const struct seki_bundle_path *seki_view_path(const struct seki_view *v, const char *path)
{
	const struct seki_bundle_path *p = NULL;
	size_t len = strlen(path);

	while (len && !(p = row_of(v, path, len)))
		while (--len && path[len] != '/')
			;
	return p;
}

static bool below(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return !strncmp(path, dir, n) && (path[n] == '/' || !path[n]);
}

static bool find_path(const struct seki_view *v, const char *path, struct seki_target *ret,
		      const char **ret_why)
{
	size_t len = strlen(path);

	if (strstr(path, "//") || strstr(path, "/./") || strstr(path, "/../") ||
	    (len > 1 && path[len - 1] == '/')) {
		*ret_why = "path with '//', '.', '..' or '/' at its end; write it without";
		return false;
	}
	ret->path = seki_view_path(v, path);
	if (ret->path) {
		ret->label = ret->path->label;
		return true;
	}
	if (!below(path, "/proc") && !below(path, "/sys") && !below(path, "/dev"))
		return true;
	*ret_why = "made by the kernel, which judges it by what it is; "
		   "give its label, for example kernel.sysctl";
	return false;
}

static const struct seki_bundle_addr *row_of_address(const struct seki_view *v,
						     const struct seki_addr_key *key)
{
	for (__u32 i = 0; i < v->b->n_addrs; i++)
		if (!memcmp(&v->b->addrs[i].key, key, sizeof(*key)))
			return &v->b->addrs[i];
	return NULL;
}

static bool find_address(const struct seki_view *v, const char *text, struct seki_target *ret,
			 const char **ret_why)
{
	struct seki_addr_key key = { 0 };

	if (!seki_address_read(text, &key) || !key.port) {
		*ret_why = "not an address; write tcp:127.0.0.1:4258 or tcp:[::1]:4258";
		return false;
	}
	ret->addr = row_of_address(v, &key);
	if (!ret->addr) {
		memset(key.addr, 0, sizeof(key.addr));
		ret->addr = row_of_address(v, &key);
	}
	ret->label = ret->addr ? ret->addr->label : SEKI_LABEL_NONE;
	return true;
}

static bool find_abstract(const struct seki_view *v, const char *text, struct seki_target *ret)
{
	for (__u32 i = 0; i < v->b->n_addrs && !ret->addr; i++)
		if (!strcmp(seki_bundle_string(v->b, v->b->addrs[i].text), text))
			ret->addr = &v->b->addrs[i];
	ret->label = ret->addr ? ret->addr->label : SEKI_LABEL_NONE;
	return true;
}

bool seki_target_find(const struct seki_view *v, const char *on, struct seki_target *ret,
		      const char **ret_why)
{
	const struct seki_bundle_label *l;

	*ret = (struct seki_target){ 0 };
	if (*on == '/')
		return find_path(v, on, ret, ret_why);
	if (!strncmp(on, "unix:/", 6))
		return find_path(v, on + 5, ret, ret_why);
	if (!strncmp(on, "unix:@", 6))
		return find_abstract(v, on, ret);
	if (!strncmp(on, "tcp:", 4) || !strncmp(on, "udp:", 4) || !strncmp(on, "sctp:", 5))
		return find_address(v, on, ret, ret_why);
	l = seki_view_label_named(v, on);
	if (!l) {
		*ret_why = "no label of this policy; give one such as hlr.data, an absolute path, "
			   "or tcp:ADDRESS:PORT";
		return false;
	}
	ret->label = l->id;
	return true;
}

bool seki_act_find(const char *act, __u32 *ret, const char **ret_why)
{
	char word[32];

	*ret = 0;
	while (*act) {
		size_t n = strcspn(act, ", ");
		__u32 access;

		snprintf(word, sizeof(word), "%.*s", (int)n, act);
		if (n && (n >= sizeof(word) || !seki_access_word(word, &access))) {
			*ret_why = "no access; give words such as read, write, connect, parted "
				   "by commas (sekisho.policy(5), Accesses)";
			return false;
		}
		*ret |= n ? access : 0;
		act += n;
		act += strspn(act, ", ");
	}
	if (!*ret)
		*ret_why = "no access named; give one, for example read";
	return *ret;
}
