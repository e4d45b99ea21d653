// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/collector/server.h"

#include <errno.h>

#include <sys/socket.h>
#include <sys/un.h>

#include "tests/harness.h"
#include "tests/unit/events.h"
#include "userspace/collector/collector.h"
#include "userspace/collector/confine.h"
#include "userspace/collector/guard.h"

static struct seki_collector *c;
static struct seki_server server;
static struct sockaddr_un addr = { .sun_family = AF_UNIX };

static void start(void)
{
	char dir[64];

	c = calloc(1, sizeof(*c));
	c->sink = seki_sink_stream_open(1);
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/control", temp_dir(dir));
	/* garbage from the stack must not matter */
	memset(&server, 0xff, sizeof(server));
	ASSERT_EQ(0, seki_server_open(&server, addr.sun_path, geteuid(), getegid()));
}

static int call(const char *text)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	ASSERT_EQ(0, connect(fd, (struct sockaddr *)&addr, sizeof(addr)));
	ASSERT_EQ(strlen(text), write(fd, text, strlen(text)));
	return fd;
}

static const char *answer(int fd)
{
	static char text[200000];
	ssize_t n;

	seki_server_work(&server, seki_requests, c);
	n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	text[n > 0 ? n : 0] = '\0';
	close(fd);
	return text;
}

TEST(status_is_answered)
{
	json_t *j;

	start();
	j = json_loads(answer(call("status\n")), 0, NULL);
	ASSERT_TRUE(j);
	EXPECT_EQ(getpid(), json_integer_value(json_object_get(j, "pid")));
	json_decref(j);
	EXPECT_TRUE(strstr(answer(call("rm -rf\n")), "unknown request"));
}

TEST(rules_are_answered)
{
	start();
	EXPECT_STREQ("{}\n", answer(call("rules 0\n"))); /* no policy */
	EXPECT_STREQ("{\"error\":\"unknown request; known: status rules baseline\"}\n",
		     answer(call("hits\n")));
}

/* As root each is a record; whoever else asks makes none. */
TEST(what_differs_from_the_baseline_is_a_record)
{
	static char out[65536];
	static const struct {
		const char *say, *record;
	} rows[] = {
		{ "baseline packages +3 alert\n",
		  "\"class\":\"change\",\"act\":\"baseline differs\",\"sev\":\"high\","
		  "\"section\":\"packages\",\"changes\":3,\"effect\":\"alert\",\"who\":{\"uid\":0" },
		{ "baseline bpf -0 stop\n", "\"sev\":\"high\",\"section\":\"bpf\",\"changes\":0,"
					    "\"not_compared\":true,\"effect\":\"stop\"" },
		{ "baseline units +1 finding CHG-7\n",
		  "\"act\":\"baseline differs\",\"section\":\"units\",\"changes\":1,"
		  "\"effect\":\"finding\",\"ticket\":\"CHG-7\"" },
		{ "baseline all +0 finding\n", "\"act\":\"baseline compared\",\"changes\":0" },
		{ "baseline packages 3 alert\n", NULL },
		{ "baseline Packages +3 alert\n", NULL },
		{ "baseline packages +3\n", NULL },
		{ "baseline packages +3 alert \"}\n", NULL },
		{ "baseline packages +3 alert CHG-7 more\n", NULL },
	};

	start();
	memset(c->host.id, '0', SEKI_HOST_TEXT - 1);
	memset(c->host.boot, '0', SEKI_BOOT_TEXT - 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *said;

		c->out = (struct seki_buf){ .data = out, .cap = sizeof(out) };
		harness_row = rows[i].say;
		said = answer(call(rows[i].say));
		out[c->out.len] = '\0';
		EXPECT_EQ(rows[i].record && !geteuid(), !strcmp(said, "{\"recorded\":true}\n"));
		EXPECT_EQ(rows[i].record && !geteuid(), c->out.len > 0);
		if (rows[i].record && !geteuid())
			EXPECT_TRUE(strstr(out, rows[i].record));
	}
	harness_row = NULL;
	c->out.cap = c->out.len;
	if (!geteuid())
		EXPECT_TRUE(strstr(answer(call(rows[0].say)), "no room"));
}

TEST(only_root_says_what_became_of_the_host)
{
	static const struct seki_asker other = { .uid = 1000, .pid = 1 };
	char text[256];
	struct seki_buf b = { .data = text, .cap = sizeof(text) };

	start();
	seki_change_said(c, &other, " packages +3 alert", &b);
	EXPECT_TRUE(!strncmp(text, "{\"error\":\"only root", 19));
	EXPECT_EQ(0, c->out.len);
}

TEST(line_may_come_in_pieces)
{
	int fd;

	start();
	fd = call("sta");
	seki_server_work(&server, seki_requests, c);
	EXPECT_EQ(3, write(fd, "tus", 3));
	seki_server_work(&server, seki_requests, c);
	EXPECT_EQ(1, write(fd, "\n", 1));
	EXPECT_TRUE(strstr(answer(fd), "problems"));
}

TEST(silent_callers_block_nobody_for_long)
{
	int idle[SEKI_CALLERS], fd;

	start();
	for (int i = 0; i < SEKI_CALLERS; i++)
		idle[i] = call("");
	seki_server_work(&server, seki_requests, c);
	fd = call("status\n");
	seki_server_work(&server, seki_requests, c);
	for (int i = 0; i < SEKI_CALLERS; i++)
		server.caller[i].until = 0; /* two seconds later */
	seki_server_work(&server, seki_requests, c);
	EXPECT_TRUE(strstr(answer(fd), "problems"));
	for (int i = 0; i < SEKI_CALLERS; i++)
		close(idle[i]);
}

TEST(endless_line_is_ended)
{
	char text[300];

	start();
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	EXPECT_TRUE(strstr(answer(call(text)), "unknown request"));
}

TEST(socket_is_for_owner_and_group)
{
	struct stat st;

	start();
	ASSERT_EQ(0, stat(addr.sun_path, &st));
	EXPECT_EQ(0660, st.st_mode & 0777);
}

/* ---- privileges ---------------------------------------------------------- */

TEST(account_without_capabilities_for_good)
{
	struct seki_account a = { .uid = 65534, .gid = 65534 };
	const char *what = NULL;
	char caps[24];

	if (geteuid())
		SKIP("not root");
	ASSERT_EQ(0, seki_confine_account(&a, &what));
	seki_confine_capabilities(caps);
	EXPECT_STREQ("0000000000000000", caps);
	EXPECT_EQ(65534, getuid());
	EXPECT_NE(0, setuid(0));
}

static int confined(const char *dir)
{
	const char *const write_[] = { dir, NULL }, *const read_[] = { "/usr", "/proc", NULL };
	char path[128];

	snprintf(path, sizeof(path), "%s/new", dir);
	if (!seki_confine_files(write_, read_))
		return HARNESS_SKIPPED;
	return open(path, O_CREAT | O_RDWR, 0600) >= 0 && open("/usr/bin/env", O_RDONLY) >= 0 &&
			       open("/usr/bin/env", O_WRONLY) < 0 &&
			       open("/etc/passwd", O_RDONLY) < 0 ?
		       0 :
		       1;
}

/* In a child: this one has to tidy up. */
TEST(files_outside_are_out_of_reach)
{
	char dir[64];
	int status;
	pid_t child;

	temp_dir(dir);
	child = fork();
	if (!child)
		_exit(confined(dir));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	if (WEXITSTATUS(status) == HARNESS_SKIPPED)
		SKIP("no Landlock, or no right to use it");
	EXPECT_EQ(0, status);
}

/* ---- the guard ------------------------------------------------------------ */

TEST(guard_writes_and_nothing_else)
{
	char dir[64], path[128], text[8] = "";
	pid_t outer;
	int status;
	FILE *f;

	snprintf(path, sizeof(path), "%s/ftrace_enabled", temp_dir(dir));
	file_put(path, "0\n");
	outer = fork();
	if (!outer) {
		int fd = seki_guard_fork(path);

		/* the child: its parent is now the guard */
		_exit(fd < 0 ? 1 : seki_guard_ask(fd) ? 2 : 42);
	}
	ASSERT_EQ(outer, waitpid(outer, &status, 0));
	EXPECT_TRUE(WIFEXITED(status));
	EXPECT_EQ(42, WEXITSTATUS(status)); /* the guard ends as its child */
	f = fopen(path, "r");
	EXPECT_TRUE(f && fgets(text, sizeof(text), f));
	EXPECT_STREQ("1\n", text);
	if (f)
		fclose(f);
}

TEST(guard_refused_says_why)
{
	pid_t outer = fork();
	int status;

	if (!outer) {
		int fd = seki_guard_fork("/does/not/exist");

		_exit(fd < 0 ? 1 : seki_guard_ask(fd));
	}
	ASSERT_EQ(outer, waitpid(outer, &status, 0));
	EXPECT_EQ(ENOENT, WEXITSTATUS(status));
}

TEST(stop_of_the_guard_reaches_the_child)
{
	pid_t outer = fork();
	int status;

	if (!outer) {
		char byte;
		int fd = seki_guard_fork("/does/not/exist");

		kill(getppid(), SIGTERM);
		_exit(read(fd, &byte, 1) == 0 ? 43 : 1);
	}
	ASSERT_EQ(outer, waitpid(outer, &status, 0));
	EXPECT_EQ(43, WEXITSTATUS(status));
}

/* ---- the canary ----------------------------------------------------------- */

TEST(canary_states)
{
	static struct seki_stats stats[2];
	char dir[64], path[128];

	snprintf(path, sizeof(path), "%s/canary", temp_dir(dir));
	EXPECT_EQ(SEKI_CANARY_MISSING, seki_canary_look(path, stats, 2));
	file_put(path, "closed\n");
	EXPECT_EQ(SEKI_CANARY_LOST, seki_canary_look(path, stats, 2));
	chmod(path, 0);
	if (geteuid())
		EXPECT_EQ(SEKI_CANARY_UNREADABLE, seki_canary_look(path, stats, 2));
	for (int i = SEKI_CANARY_UNKNOWN; i <= SEKI_CANARY_UNREADABLE; i++)
		EXPECT_TRUE(seki_canary_word((enum seki_canary_state)i));
}

HARNESS_MAIN
