// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/ticket.h"

#include <string.h>

#define ALNUM "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"

bool seki_ticket_fits(const char *text)
{
	size_t len = strspn(text, ALNUM "._-/#:");

	return len && len < SEKI_TICKET_TEXT && !text[len] && strspn(text, ALNUM);
}
