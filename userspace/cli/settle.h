/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settle.h - until the collector has signed what the kernel told so far.
 */
#ifndef SEKI_CLI_SETTLE_H
#define SEKI_CLI_SETTLE_H

/* Asks the collector at the socket, for at most ten seconds; says on standard error if
 * that was not enough.  Without a collector, or for who may not ask it, there is nothing
 * to wait for.
 */
void seki_settle(const char *socket);

#endif /* SEKI_CLI_SETTLE_H */
