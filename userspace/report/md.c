// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/report/md.h"

#include <string.h>

void seki_md_text(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("\\`*_{}[]<>#|&~!", *text))
			fputc('\\', out);
		fputc((unsigned char)*text < ' ' ? ' ' : *text, out);
	}
}
