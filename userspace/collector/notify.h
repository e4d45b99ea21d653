/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * notify.h - tells systemd that the collector is at work (sd_notify(3),
 * without its library for one datagram).
 */
#ifndef SEKI_NOTIFY_H
#define SEKI_NOTIFY_H

/* While socket(2) may still be called. */
void seki_notify_open(void);
void seki_notify_ready(void);

#endif /* SEKI_NOTIFY_H */
