/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * warning.h - the numbers of warnings.  They are stable: a policy accepts one by its
 * number.  X(NAME, number, "what it is about", as the manual lists it)
 */
#ifndef SEKI_WARNING_H
#define SEKI_WARNING_H

/* clang-format off */
#define SEKI_WARNING_LIST(X)						\
	X(ACCEPT, 1, "an accepted warning that is not there, or without a reason") \
	X(FUNCTION_UNIT, 2, "a function without unit")			\
	X(FUNCTION_ARGV, 3, "a function without argv")			\
	X(UNUSED, 4, "a domain that nothing names")			\
	X(NO_FUNCTION, 5, "nothing is protected")			\
	X(NO_CHANGE, 6, "a rule that changes nothing")			\
	X(EVERYONE, 7, "an asset open to every program and operator")	\
	X(BPF, 8, "BPF programs by everyone")				\
	X(BLOCKMAP, 9, "raw disks mapped anew by everyone")		\
	X(NO_UNIT, 10, "a unit that this host does not have")		\
	X(DOMAIN_UNIT, 11, "a domain without unit")			\
	X(POWER, 12, "a power of the kernel open to everyone")		\
	X(OPERATOR_POWER, 13, "operators with a power that leads past Sekisho") \
	X(REPLACED, 14, "a program that operators may replace")		\
	X(NOBODY, 15, "an asset that no domain may use")		\
	X(SHADOWED, 16, "a rule that no record names")			\
	X(WRITABLE, 17, "a program that others may write before the load") \
	X(FILESYSTEM, 18, "an asset on a filesystem that others serve or stack") \
	X(MOUNTED, 19, "an asset's filesystem mounted elsewhere too")	\
	X(CODE, 20, "code that was not found or can't be looked into")	\
	X(VARIABLE, 21, "a variable that nothing uses")			\
	X(THROUGH, 22, "a role that any program of root can take")	\
	X(CGROUP, 23, "a cgroup that operators may have processes moved to")
/* clang-format on */

#define X(name, number, text) SEKI_W_##name = (number),
enum seki_warning_number { SEKI_WARNING_LIST(X) };
#undef X

#endif /* SEKI_WARNING_H */
