/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stamp.h - time stamps (RFC 3161): that some bytes, here those of a checkpoint,
 * existed at a time, said by somebody else than the host.
 */
#ifndef SEKI_EVIDENCE_STAMP_H
#define SEKI_EVIDENCE_STAMP_H

#include <stddef.h>
#include <stdint.h>

#define SEKI_STAMP_MAX (64u << 10) /* bytes of an answer */
#define SEKI_STAMP_WHY 160

/* What a time stamping authority is to be sent: DER, for OPENSSL_free().  SHA-256, a nonce,
 * and its certificate wanted.  0 or negative errno.
 */
int seki_stamp_request(const void *data, size_t size, unsigned char **ret, size_t *ret_size);

/* An answer (TimeStampResp, DER) for these bytes, by a certificate that a CA of the
 * PEM file vouches for, judged at the time it was given: the certificate may have
 * ended since.  0 with the time in seconds since 1970, or negative errno with why.
 */
int seki_stamp_check(const void *answer, size_t answer_size, const void *data, size_t size,
		     const char *ca, uint64_t *ret_time, char why[SEKI_STAMP_WHY]);
/* Also that it answers this request, by its nonce. */
int seki_stamp_answers(const void *answer, size_t answer_size, const void *request,
		       size_t request_size, char why[SEKI_STAMP_WHY]);

#endif /* SEKI_EVIDENCE_STAMP_H */
