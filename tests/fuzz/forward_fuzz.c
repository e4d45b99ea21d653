// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * forward_fuzz.c - what the forwarder reads that others wrote: its file, cursors, a
 * receiver's answers, and records that somebody altered.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "userspace/forward/config.h"
#include "userspace/forward/cursor.h"
#include "userspace/forward/ocsf.h"
#include "userspace/forward/otlp.h"
#include "userspace/forward/syslog.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* As policy_fuzz.c tells. */
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml";
}

static void config(const char *text, size_t size)
{
	static struct seki_diag d;
	struct seki_forward_config c;

	memset(&d, 0, sizeof(d));
	d.file = "fuzz";
	d.text = text;
	d.size = size;
	seki_forward_config_read(text, size, &d, &c);
	seki_forward_config_free(&c);
	seki_diag_free(&d);
}

static void record(const char *text, size_t size)
{
	json_t *r = json_loadb(text, size, 0, NULL);
	struct seki_parcel p = { .json = r, .body = text, .size = size, .id = "x" };
	char *ocsf, *frame;
	size_t len;

	if (json_is_object(r)) {
		ocsf = seki_ocsf_text(r, 1, text);
		frame = seki_syslog_frame(&p, "h", &len);
		json_decref(seki_otlp_record(&p));
		if (!ocsf || !frame || memchr(frame, '\0', len))
			abort();
		free(ocsf);
		free(frame);
	}
	json_decref(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seki_cursor c;
	char why[SEKI_WHY], *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	config(text, size);
	seki_cursor_parse(text, &c);
	seki_otlp_rejected(text, size, why);
	record(text, size);
	free(text);
	return 0;
}
