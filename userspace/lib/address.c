// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/lib/address.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <string.h>

const char *seki_address_text(const uint8_t address[16], char ret[SEKI_ADDRESS_TEXT])
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	bool four = !memcmp(address, mapped, sizeof(mapped));

	inet_ntop(four ? AF_INET : AF_INET6, four ? address + 12 : address, ret, SEKI_ADDRESS_TEXT);
	return ret;
}
