// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ports.c - sockets that wait for others, in the network namespace of who asks.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "userspace/baseline/baseline.h"

/* The kernel prints addresses as words in the order of the machine. */
static bool address(const char *hex, char ret[INET6_ADDRSTRLEN])
{
	size_t len = strspn(hex, "0123456789ABCDEFabcdef") / 8;
	uint32_t word[4];

	if (len != 1 && len != 4)
		return false;
	for (size_t i = 0; i < len; i++)
		if (sscanf(hex + 8 * i, "%8x", &word[i]) != 1)
			return false;
	return inet_ntop(len == 1 ? AF_INET : AF_INET6, word, ret, INET6_ADDRSTRLEN);
}

/* "0: 0100007F:1F90 00000000:0000 0A ... uid": state and uid are words 4 and 8. */
static void socket_line(struct seki_section *s, const char *protocol, const char *state,
			const char *line)
{
	char local[64], is[8], text[INET6_ADDRSTRLEN];
	unsigned int port, uid;
	const char *colon;

	if (sscanf(line, " %*[^:]: %63s %*s %7s %*s %*s %*s %u", local, is, &uid) != 3 ||
	    strcmp(is, state) != 0)
		return;
	colon = strrchr(local, ':');
	if (!colon || sscanf(colon + 1, "%x", &port) != 1 || !address(local, text))
		return;
	seki_section_put(s, seki_arena_printf(&s->p->arena, "%s %s %u", protocol, text, port),
			 "uid %u", uid);
}

/* "ffff... 3 3 0003 2 1 0 0 1234": protocol and interface are words 4 and 5. */
static void packet_line(struct seki_section *s, const char *protocol, const char *state,
			const char *line)
{
	unsigned int proto, iface, uid;

	(void)state;
	if (sscanf(line, "%*s %*s %*s %x %u %*s %*s %u", &proto, &iface, &uid) == 3)
		seki_section_put(s,
				 seki_arena_printf(&s->p->arena, "%s 0x%04x interface %u", protocol,
						   proto, iface),
				 "uid %u", uid);
}

static void table(struct seki_section *s, const char *protocol, const char *state)
{
	const char *path = seki_arena_printf(&s->p->arena, "/proc/self/net/%s", protocol), *text;
	bool packets = !strcmp(protocol, "packet");
	int err = seki_posture_read(s->p, path, &text);
	size_t n;

	/* A kernel may be without IPv6 or packet sockets. */
	if (err && err != -ENOENT)
		seki_section_unseen(s, path, err);
	for (bool head = true; !err && *text; text += n + !!text[n], head = false) {
		n = strcspn(text, "\n");
		if (!head)
			(packets ? packet_line : socket_line)(
				s, protocol, state, seki_arena_copy(&s->p->arena, text, n));
	}
}

void seki_baseline_ports(struct seki_section *s)
{
	static const char *const tables[][2] = {
		{ "tcp", "0A" }, { "tcp6", "0A" }, { "udp", "07" },  { "udp6", "07" },
		{ "raw", "07" }, { "raw6", "07" }, { "packet", "" },
	};

	if (!seki_posture_exists(s->p, "/proc/self/net/tcp"))
		seki_section_unseen(s, "/proc/self/net/tcp", -ENOENT);
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		table(s, tables[i][0], tables[i][1]);
}
