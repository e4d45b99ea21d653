// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/cli/settle.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/harness.h"
#include "tests/unit/events.h"

static struct sockaddr_un addr = { .sun_family = AF_UNIX };
static const char *const *answers; /* NULL after the last, which is given again and again */
static int listener, answered;

/* A collector that says these, one after the other. */
static void *answer(void *arg)
{
	char request[64];
	int fd;

	while ((fd = accept(listener, NULL, NULL)) >= 0) {
		const char *text = answers[answered];
		ssize_t n = read(fd, request, sizeof(request));

		if (n > 0 && write(fd, text, strlen(text)) > 0 && answers[answered + 1])
			answered++;
		close(fd);
	}
	return arg;
}

/* Which of them it was content with. */
static int settled_after(const char *const say[])
{
	pthread_t thread;
	char dir[64];

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/control", temp_dir(dir));
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ASSERT_EQ(0, bind(listener, (struct sockaddr *)&addr, sizeof(addr)));
	ASSERT_EQ(0, listen(listener, 4));
	answers = say;
	answered = 0;
	ASSERT_EQ(0, pthread_create(&thread, NULL, answer, NULL));
	seki_settle(addr.sun_path);
	shutdown(listener, SHUT_RDWR);
	pthread_join(thread, NULL);
	close(listener);
	return answered;
}

#define STATUS(read, backlog, size, is_signed)                  \
	"{\"rings\":[{\"read\":" #read ",\"backlog\":" #backlog \
	"},{\"read\":0,\"backlog\":0}],\"sink\":{\"size\":" #size ",\"signed\":" #is_signed "}}"

TEST(what_is_in_the_rings_is_awaited_until_it_is_signed)
{
	static const char *const say[] = {
		STATUS(100, 24, 7, 7),	/* an event waits */
		STATUS(112, 12, 8, 8),	/* half of it is read */
		STATUS(124, 0, 9, 8),	/* written */
		STATUS(130, 60, 12, 8), /* what came later does not matter */
		STATUS(190, 0, 12, 9),	/* signed */
		"{}",			/* never asked for */
		NULL,
	};

	EXPECT_EQ(5, settled_after(say)); /* five answers were taken */
}

TEST(nothing_is_awaited_where_all_is_signed)
{
	static const char *const say[] = { STATUS(100, 0, 7, 7), "{}", NULL };

	EXPECT_EQ(1, settled_after(say));
}

TEST(nothing_is_awaited_of_a_collector_that_is_not_there)
{
	seki_settle("/nonexistent/control");
}

TEST(an_answer_without_rings_ends_it)
{
	static const char *const say[] = { STATUS(100, 24, 7, 7), "{}", "{}", NULL };

	EXPECT_EQ(2, settled_after(say));
}

HARNESS_MAIN
