/* SPDX-License-Identifier: GPL-2.0-or-later */
/* key_file.h - what the commands that sign share. */
#ifndef SEKI_KEY_FILE_H
#define SEKI_KEY_FILE_H

#include "userspace/policy/key.h"

/* The private key of a file; NULL after saying what is wrong. */
struct evp_pkey_st *seki_key_file(const char *path);

#endif /* SEKI_KEY_FILE_H */
