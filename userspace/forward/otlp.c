// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/forward/otlp.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "userspace/forward/ocsf.h"
#include "userspace/reader/field.h"
#include "userspace/reader/time.h"

static json_t *attribute(const char *key, const char *text)
{
	return json_pack("{ss s{ss}}", "key", key, "value", "stringValue", text);
}

static void add(json_t *list, const char *key, const char *text)
{
	if (*text)
		json_array_append_new(list, attribute(key, text));
}

/* 64-bit numbers are text in the JSON form of protobuf. */
static json_t *nanoseconds(uint64_t ns)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, ns);
	return json_string(text);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

json_t *seki_otlp_record(const struct seki_parcel *p)
{
	static const struct {
		int number;
		const char *text;
	} severity[] = { { 9, "INFO" },	 { 9, "INFO" },	  { 10, "INFO2" },
			 { 13, "WARN" }, { 17, "ERROR" }, { 21, "FATAL" } };
	int s = seki_severity(p->json);
	json_t *attributes = json_array();
	uint64_t ns = 0;

	add(attributes, "log.record.uid", p->id);
	add(attributes, "sekisho.class", seki_field(p->json, "class"));
	add(attributes, "sekisho.verdict", seki_field(p->json, "verdict"));
	json_array_append_new(attributes, json_pack("{ss s{so}}", "key", "sekisho.index", "value",
						    "intValue", nanoseconds(p->index)));
	seki_time_parse(seki_field(p->json, "t"), &ns);
	return json_pack("{so so si ss s{ss} so}", "timeUnixNano", nanoseconds(ns),
			 "observedTimeUnixNano", nanoseconds(now()), "severityNumber",
			 severity[s].number, "severityText", severity[s].text, "body",
			 "stringValue", p->body, "attributes", attributes);
}

char *seki_otlp_request(json_t *records, const char *host)
{
	json_t *resource = json_array(), *request;
	char *text;

	add(resource, "service.name", "sekisho");
	add(resource, "host.name", host);
	request = json_pack("{s[{s{so} s[{s{ss} so}]}]}", "resourceLogs", "resource", "attributes",
			    resource, "scopeLogs", "scope", "name", "sekisho", "logRecords",
			    records);
	text = request ? json_dumps(request, JSON_COMPACT) : NULL;
	json_decref(request);
	return text;
}

long seki_otlp_rejected(const char *answer, size_t size, char why[SEKI_WHY])
{
	json_t *a, *partial, *count;
	long n = 0;

	why[0] = '\0';
	if (!size) /* an empty message is all defaults */
		return 0;
	a = json_loadb(answer, size, 0, NULL);
	if (!json_is_object(a)) {
		json_decref(a);
		return -EBADMSG;
	}
	partial = json_object_get(a, "partialSuccess");
	count = json_object_get(partial, "rejectedLogRecords");
	n = json_is_string(count) ? strtol(json_string_value(count), NULL, 10) :
				    (long)json_integer_value(count);
	snprintf(why, SEKI_WHY, "%s", seki_field(partial, "errorMessage"));
	json_decref(a);
	return n < 0 ? -EBADMSG : n;
}
