// SPDX-License-Identifier: GPL-2.0-or-later
/* try_ipc.c - System V objects of the core function; mirrors bpf/ipc.bpf.c. */
/* One line an act. */
/* clang-format off */
#define _GNU_SOURCE
#include "tests/hook/try.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#define OK(call) ((call) < 0 ? errno : 0)
#define IDS "/tmp/victim.ipc"

/* By the core function, anew at each start: what is older than the policy is open. */
void ipc_serve(void)
{
	int memory = shmget(IPC_PRIVATE, 4096, 0666), queue = msgget(IPC_PRIVATE, 0666);
	int semaphore = semget(IPC_PRIVATE, 1, 0666);
	char *p = shmat(memory, NULL, 0);
	FILE *f = fopen(IDS, "w");

	if (p != (void *)-1)
		strcpy(p, SECRET);
	if (!f)
		return;
	fprintf(f, "%d %d %d", memory, queue, semaphore);
	fclose(f);
}

static int id(int which)
{
	FILE *f = fopen(IDS, "r");
	int ids[3] = { -1, -1, -1 };

	if (f && fscanf(f, "%d %d %d", &ids[0], &ids[1], &ids[2]) != 3)
		ids[which] = -1;
	if (f)
		fclose(f);
	return ids[which];
}

static int memory(void) { return id(0); }
static int queue(void) { return id(1); }
static int semaphore(void) { return id(2); }

static int memory_attach(void)
{
	char *p = shmat(memory(), NULL, SHM_RDONLY);

	return p == (void *)-1 ? errno : strcmp(p, SECRET) ? ENODATA : 0;
}

static int memory_change(void) { struct shmid_ds d = { .shm_perm.mode = 0666 }; return OK(shmctl(memory(), IPC_SET, &d)); }
static int queue_send(void) { struct { long type; char text[1]; } m = { 1, "x" }; return OK(msgsnd(queue(), &m, 1, IPC_NOWAIT)); }
static int queue_change(void) { struct msqid_ds d = { .msg_perm.mode = 0666, .msg_qbytes = 4096 }; return OK(msgctl(queue(), IPC_SET, &d)); }
static int semaphore_raise(void) { struct sembuf b = { .sem_op = 1 }; return OK(semop(semaphore(), &b, 1)); }
static int semaphore_change(void) { struct semid_ds d = { .sem_perm.mode = 0666 }; return OK(semctl(semaphore(), 0, IPC_SET, &d)); }

#define I(fn, hook, err) { #fn, fn, SEKI_TRACE, "proc.hlr", SEKI_HOOK_##hook, OWN_WORK, err }

const struct attempt ipc_attempts[] = {
	I(memory_attach, ipc_permission, EACCES),
	I(memory_change, shm_shmctl, EPERM),
	I(queue_send, ipc_permission, EACCES),
	I(queue_change, msg_queue_msgctl, EPERM),
	I(semaphore_raise, ipc_permission, EACCES),
	I(semaphore_change, sem_semctl, EPERM),
	{}
};
