// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho log - the evidence log for other tools: its records, its keys, entry
 * bundles of c2sp.org/tlog-tiles.
 */
#define _GNU_SOURCE
#include "userspace/cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "userspace/evidence/consistency.h"
#include "userspace/evidence/io.h"
#include "userspace/evidence/log.h"
#include "userspace/evidence/tiles.h"
#include "userspace/lib/cleanup.h"
#include "userspace/lib/file.h"
#include "userspace/lib/log.h"
#include "userspace/reader/whole.h"

#define LOG_DIR "/var/log/sekisho"

static void usage(FILE *out)
{
	fprintf(out,
		"usage: sekisho log cat [--whole] [DIR]\n"
		"       sekisho log export DIR OUT\n"
		"       sekisho log consistency OLD [DIR]\n\n"
		"  cat     every record, a line each, also of compressed segments (" LOG_DIR ")\n"
		"      --whole  with the fields that a short record leaves out or refers to;\n"
		"          these are not the lines that are signed\n"
		"  export  entry bundles as in c2sp.org/tlog-tiles, to OUT/tile/entries; with\n"
		"          checkpoint and tile/ of DIR beside them any such client reads the log\n"
		"  consistency  newest checkpoint, with the proof that its log begins with that of\n"
		"          OLD, a file with a checkpoint or a size, as c2sp.org/tlog-witness sends it\n");
}

static int open_log(const char *dir, int *ret_dir, struct seki_log_reader **ret,
		    enum seki_log_extent extent)
{
	uint64_t first = 0;
	int err;

	*ret_dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = *ret_dir < 0 ? -errno : seki_log_first(*ret_dir, &first);
	if (!err)
		err = seki_log_reader_open(*ret_dir, first, extent, ret);
	if (err)
		seki_warnx("%s: %s", dir, strerror(-err));
	return err;
}

static void put_whole(struct seki_whole *told, const struct seki_log_record *r)
{
	json_t *record = seki_whole_read(told, r->data, r->size);

	if (!record || json_dumpf(record, stdout, JSON_COMPACT))
		fwrite(r->data, 1, r->size, stdout);
	json_decref(record);
}

static int cat(const char *dir, bool whole)
{
	struct seki_whole told = { 0 };
	struct seki_log_record r;
	struct seki_log_reader *log;
	int fd, got;

	if (open_log(dir, &fd, &log, SEKI_LOG_WRITTEN))
		return SEKI_EXIT_FAILED;
	while ((got = seki_log_read(log, &r)) > 0) {
		if (whole)
			put_whole(&told, &r);
		else
			fwrite(r.data, 1, r.size, stdout);
		putchar('\n');
	}
	seki_whole_free(&told);
	seki_log_reader_close(log);
	close(fd);
	if (got)
		seki_warnx("%s: %s", dir, strerror(-got));
	return seki_flush_stdout() ?: got ? SEKI_EXIT_FAILED : SEKI_EXIT_OK;
}

/* tile/entries/N[.p/W]: each entry a 16-bit length, big endian, and its bytes. */
struct bundle {
	int dir;
	uint64_t entries;
	size_t len;
	char data[SEKI_TILE * (SEKI_LOG_RECORD_MAX + 2)];
};

static int write_bundle(struct bundle *b)
{
	unsigned int width = (unsigned int)(b->entries % SEKI_TILE) ?: SEKI_TILE;
	char path[SEKI_TILE_PATH], entries[SEKI_TILE_PATH + 8];
	int err;

	/* The path of a tile of level 0, with another word for the level. */
	seki_tile_path(0, (b->entries - 1) / SEKI_TILE, width, path);
	snprintf(entries, sizeof(entries), "tile/entries%s", path + strlen("tile/0"));
	for (char *slash = strchr(entries, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		err = mkdirat(b->dir, entries, 0755) && errno != EEXIST ? -errno : 0;
		*slash = '/';
		if (err)
			return err;
	}
	err = seki_io_put(&seki_log_io_system, b->dir, entries, b->data, b->len);
	b->len = 0;
	return err;
}

static int add(struct bundle *b, const struct seki_log_record *r)
{
	b->data[b->len] = (char)(r->size >> 8);
	b->data[b->len + 1] = (char)r->size;
	memcpy(b->data + b->len + 2, r->data, r->size);
	b->len += 2 + r->size;
	b->entries = r->index + 1;
	return b->entries % SEKI_TILE ? 0 : write_bundle(b);
}

static int export(const char *dir, const char *to)
{
	seki_autofree struct bundle *b = calloc(1, sizeof(*b));
	struct seki_log_reader *log;
	struct seki_log_record r;
	int fd, err = 0, got = 0;

	if (!b || open_log(dir, &fd, &log, SEKI_LOG_SIGNED))
		return SEKI_EXIT_FAILED;
	if (seki_log_reader_index(log) % SEKI_TILE)
		seki_warnx("%s: the first bundle is incomplete, its records were removed", dir);
	b->dir = mkdir(to, 0755) && errno != EEXIST ? -1 : open(to, O_RDONLY | O_DIRECTORY);
	if (b->dir < 0)
		err = -errno;
	while (!err && (got = seki_log_read(log, &r)) > 0)
		err = add(b, &r);
	if (!err && !got && b->len)
		err = write_bundle(b);
	seki_log_reader_close(log);
	close(fd);
	if (b->dir >= 0)
		close(b->dir);
	if (!err && !got)
		return SEKI_EXIT_OK;
	seki_warnx("%s: %s", err ? to : dir, strerror(-(err ?: got)));
	return SEKI_EXIT_FAILED;
}

static bool old_size(const char *text, uint64_t *ret)
{
	seki_autofree char *data = NULL;
	struct seki_checkpoint c;
	struct seki_note n;
	size_t size;
	char *end;

	*ret = strtoull(text, &end, 10);
	if (text[0] >= '0' && text[0] <= '9' && !*end)
		return true;
	if (seki_file_read(text, SEKI_NOTE_MAX, &data, &size) || seki_note_parse(data, size, &n) ||
	    seki_checkpoint_parse(&n, &c)) {
		seki_warnx("%s: neither a size nor a file with one checkpoint", text);
		return false;
	}
	*ret = c.size;
	return true;
}

static int consistency(const char *old, const char *dir)
{
	seki_autoclose int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	seki_autofree char *text = NULL;
	uint64_t size;
	int err;

	if (!old_size(old, &size))
		return SEKI_EXIT_FAILED;
	err = fd < 0 ? -errno : seki_consistency_newest(fd, size, &text);
	if (err || !text) {
		seki_warnx("%s: %s", dir,
			   err == -ERANGE ? "the newest checkpoint is older than the one named" :
					    strerror(-err));
		return SEKI_EXIT_FAILED;
	}
	fputs(text, stdout);
	return seki_flush_stdout();
}

int cmd_log(int argc, char **argv)
{
	static const struct option table[] = { { "whole", no_argument, NULL, 'w' },
					       { "help", no_argument, NULL, 'h' },
					       { 0 } };
	bool whole = false;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'w') {
			whole = true;
			continue;
		}
		if (opt != 'h')
			return SEKI_EXIT_USAGE;
		usage(stdout);
		return SEKI_EXIT_OK;
	}
	argc -= optind;
	argv += optind;
	if (argc >= 1 && argc <= 2 && !strcmp(argv[0], "cat"))
		return cat(argc > 1 ? argv[1] : LOG_DIR, whole);
	if (argc == 3 && !strcmp(argv[0], "export"))
		return export(argv[1], argv[2]);
	if (argc >= 2 && argc <= 3 && !strcmp(argv[0], "consistency"))
		return consistency(argv[1], argc > 2 ? argv[2] : LOG_DIR);
	usage(stderr);
	return SEKI_EXIT_USAGE;
}
