// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho.c - Sekisho itself: loaded, locked, and whose signature it asks for.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"
#include "userspace/policy/key.h"
#include "userspace/posture/groups.h"

#define KEYS SEKI_KEYS_DIR
#define PINS "/sys/fs/bpf/sekisho"
#define SOCKET "/run/sekisho/control"
#define ANSWER_MAX (1u << 20)

/* 0 or negative errno; -EBADMSG: a file there is no key, and the loader refuses all. */
static int read_keys(struct seki_posture *p, struct seki_pubkeys *ret)
{
	seki_autoclose int fd = seki_posture_open_at(p, KEYS, O_RDONLY | O_DIRECTORY);
	char path[64], why[512];

	*ret = (struct seki_pubkeys){ 0 };
	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return seki_keys_read(path, ret, why, sizeof(why));
}

static void check_keys(struct seki_posture *p, const struct seki_posture_item *item,
		       struct seki_finding *f)
{
	struct seki_pubkeys keys;
	int err = read_keys(p, &keys), n;
	char **names;

	(void)item;
	f->source = KEYS;
	n = err ? 0 : seki_posture_list(p, KEYS, "*.pub", &names);
	for (int i = 0; i < n; i++)
		seki_detail(p, f, "%s", names[i]);
	if (err == -EBADMSG)
		seki_found(p, f, SEKI_POSTURE_BAD,
			   "a *.pub is no Ed25519 key: the loader refuses every bundle");
	else if (err)
		seki_unseen(p, f, err);
	else if (keys.n)
		seki_found(p, f, SEKI_POSTURE_GOOD, "keys enrolled: %zu", keys.n);
	else
		seki_found(p, f, SEKI_POSTURE_WEAK,
			   "no *.pub: the first bundle is taken as it is found");
	seki_keys_free(&keys);
}

/* The collector's answer; NULL: the finding says why there is none. */
json_t *seki_posture_status(struct seki_posture *p, struct seki_finding *f)
{
	json_t *answer;

	f->source = SOCKET;
	if (!p->ops) {
		seki_found(p, f, SEKI_POSTURE_NOT_OBSERVABLE, "a tree has no collector");
		return NULL;
	}
	if (!p->have_status) {
		p->have_status = true;
		p->status = seki_arena_alloc(&p->arena, ANSWER_MAX);
		p->status_error = p->ops->status(p->status, ANSWER_MAX);
	}
	if (p->status_error) {
		seki_unseen(p, f, p->status_error);
		return NULL;
	}
	answer = json_loads(p->status, 0, NULL);
	if (!json_is_object(answer)) {
		seki_found(p, f, SEKI_POSTURE_NOT_OBSERVABLE, "the answer is no JSON");
		json_decref(answer);
		return NULL;
	}
	return answer;
}

/* No collector: the pins tell whether a policy is loaded all the same. */
static void judge_pins(struct seki_posture *p, struct seki_finding *f)
{
	int fd = seki_posture_open_at(p, PINS, 0);

	if (fd >= 0)
		close(fd);
	if (fd == -ENOENT && seki_posture_exists(p, "/sys/fs/bpf")) {
		f->source = PINS;
		seki_found(p, f, SEKI_POSTURE_BAD, "no policy is loaded, and no collector answers");
	} else if (fd >= 0) {
		f->source = PINS;
		seki_found(p, f, SEKI_POSTURE_WEAK,
			   "a policy is loaded, but no collector answers: records wait");
	}
}

static void judge_status(struct seki_posture *p, struct seki_finding *f, json_t *s)
{
	json_t *policy = json_object_get(s, "policy"), *problem;
	const char *mode = json_string_value(json_object_get(policy, "mode")) ?: "";
	const char *name = json_string_value(json_object_get(policy, "name")) ?: "";
	size_t i;

	if (!policy) {
		seki_found(p, f, SEKI_POSTURE_BAD, "no policy is loaded");
		return;
	}
	f->state = strcmp(mode, "enforce") ? SEKI_POSTURE_WEAK : SEKI_POSTURE_GOOD;
	json_array_foreach(json_object_get(s, "problems"), i, problem) {
		seki_detail(p, f, "%s", json_string_value(problem) ?: "");
		seki_worsen(f, SEKI_POSTURE_WEAK);
	}
	seki_found(p, f, f->state, "policy %s, mode %s", name, mode);
}

static void check_loaded(struct seki_posture *p, const struct seki_posture_item *item,
			 struct seki_finding *f)
{
	json_t *s = seki_posture_status(p, f);

	(void)item;
	if (s)
		judge_status(p, f, s);
	else if (p->ops)
		judge_pins(p, f);
	json_decref(s);
}

static void check_locked(struct seki_posture *p, const struct seki_posture_item *item,
			 struct seki_finding *f)
{
	json_t *s = seki_posture_status(p, f), *locked;

	(void)item;
	if (!s)
		return;
	locked = json_object_get(json_object_get(s, "policy"), "locked") ?:
			 json_object_get(s, "locked");
	if (!locked)
		seki_found(p, f, SEKI_POSTURE_NOT_OBSERVABLE, "the collector does not say");
	else if (json_is_true(locked))
		seki_found(p, f, SEKI_POSTURE_GOOD, "locked");
	else
		seki_found(p, f, SEKI_POSTURE_BAD, "not locked: powers of the kernel are open");
	json_decref(s);
}

/* clang-format off */
static const struct seki_posture_item items[] = {
	{ "posture.sekisho-loaded", "Sekisho in force",
	  "What is not loaded refuses nothing.",
	  "systemctl enable --now sekisho sekishod; sekisho status names what is wrong",
	  check_loaded, NULL },
	{ "posture.sekisho-locked", "Sekisho locked",
	  "Until the lock the powers of the kernel are open, as the start of a host needs them.",
	  "systemctl enable --now sekisho-lock", check_locked, NULL },
	{ "posture.signing-key", "signing key of policies",
	  "Without a key a bundle is only checked for damage, not for who made it.",
	  "sekisho keygen, and put the NAME.pub of those who approve policies into " KEYS, check_keys, NULL },
};
/* clang-format on */

const struct seki_posture_group seki_posture_sekisho = SEKI_POSTURE_GROUP("Sekisho", items);
