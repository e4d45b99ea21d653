// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "userspace/evidence/stamp.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/ts.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define HASH 32

/* ---- asking ---------------------------------------------------------------- */

static TS_MSG_IMPRINT *imprint_of(const void *data, size_t size)
{
	TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
	X509_ALGOR *algorithm = X509_ALGOR_new();
	unsigned char hash[HASH];
	bool ok = imprint && algorithm &&
		  X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) &&
		  EVP_Digest(data, size, hash, NULL, EVP_sha256(), NULL) &&
		  TS_MSG_IMPRINT_set_algo(imprint, algorithm) &&
		  TS_MSG_IMPRINT_set_msg(imprint, hash, HASH);

	X509_ALGOR_free(algorithm);
	if (ok)
		return imprint;
	TS_MSG_IMPRINT_free(imprint);
	return NULL;
}

/* Another one for each request, so that no old answer is taken for a new one. */
static ASN1_INTEGER *new_nonce(void)
{
	ASN1_INTEGER *nonce = ASN1_INTEGER_new();
	uint64_t bytes;

	if (nonce && RAND_bytes((unsigned char *)&bytes, sizeof(bytes)) == 1 &&
	    ASN1_INTEGER_set_uint64(nonce, bytes | 1) == 1)
		return nonce;
	ASN1_INTEGER_free(nonce);
	return NULL;
}

int seki_stamp_request(const void *data, size_t size, unsigned char **ret, size_t *ret_size)
{
	TS_MSG_IMPRINT *imprint = imprint_of(data, size);
	ASN1_INTEGER *nonce = new_nonce();
	TS_REQ *q = TS_REQ_new();
	int len = -1;

	*ret = NULL;
	if (q && nonce && imprint && TS_REQ_set_version(q, 1) &&
	    TS_REQ_set_msg_imprint(q, imprint) && TS_REQ_set_nonce(q, nonce) &&
	    TS_REQ_set_cert_req(q, 1))
		len = i2d_TS_REQ(q, ret);
	TS_REQ_free(q);
	ASN1_INTEGER_free(nonce);
	TS_MSG_IMPRINT_free(imprint);
	*ret_size = len > 0 ? (size_t)len : 0;
	return len > 0 ? 0 : -ENOMEM;
}

/* ---- judging --------------------------------------------------------------- */

static int refuse(char why[SEKI_STAMP_WHY], const char *text)
{
	unsigned long code = ERR_peek_last_error();
	const char *more = code ? ERR_reason_error_string(code) : NULL;

	snprintf(why, SEKI_STAMP_WHY, "%s%s%s", text, more ? ": " : "", more ? more : "");
	ERR_clear_error();
	return -EKEYREJECTED;
}

static int time_of(TS_RESP *r, time_t *ret)
{
	TS_TST_INFO *info = TS_RESP_get_tst_info(r);
	struct tm tm;

	if (!info || !ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &tm))
		return -EBADMSG;
	*ret = timegm(&tm);
	return 0;
}

static X509_STORE *store_of(const char *ca, time_t when)
{
	X509_STORE *store = X509_STORE_new();

	if (store && X509_STORE_load_file(store, ca) == 1) {
		X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), when);
		return store;
	}
	X509_STORE_free(store);
	return NULL;
}

static int verify(TS_RESP *r, X509_STORE *store, const void *data, size_t size)
{
	TS_VERIFY_CTX *ctx = TS_VERIFY_CTX_new();
	BIO *bytes = BIO_new_mem_buf(data, (int)size);
	int ok = 0;

	if (ctx && bytes) {
		TS_VERIFY_CTX_set_flags(ctx, TS_VFY_VERSION | TS_VFY_SIGNATURE | TS_VFY_DATA);
		TS_VERIFY_CTX_set_data(ctx, bytes);
		TS_VERIFY_CTX_set_store(ctx, store);
		ok = TS_RESP_verify_response(ctx, r);
	} else {
		BIO_free(bytes);
		X509_STORE_free(store);
	}
	TS_VERIFY_CTX_free(ctx); /* with the store and the bytes */
	return ok;
}

static TS_RESP *parse(const void *answer, size_t size)
{
	const unsigned char *p = answer;

	return size <= SEKI_STAMP_MAX ? d2i_TS_RESP(NULL, &p, (long)size) : NULL;
}

int seki_stamp_check(const void *answer, size_t answer_size, const void *data, size_t size,
		     const char *ca, uint64_t *ret_time, char why[SEKI_STAMP_WHY])
{
	TS_RESP *r = parse(answer, answer_size);
	X509_STORE *store;
	time_t when;
	int err = 0;

	if (!r || time_of(r, &when)) {
		err = refuse(why, "no time stamp (RFC 3161) is in the answer");
	} else if (!(store = store_of(ca, when))) {
		err = refuse(why, "no certificates can be read from the file of the authority");
	} else if (verify(r, store, data, size) != 1) {
		err = refuse(why, "the time stamp is not one of this authority for these bytes");
	} else {
		*ret_time = (uint64_t)when;
	}
	TS_RESP_free(r);
	return err;
}

int seki_stamp_answers(const void *answer, size_t answer_size, const void *request,
		       size_t request_size, char why[SEKI_STAMP_WHY])
{
	const unsigned char *p = request;
	TS_REQ *q = d2i_TS_REQ(NULL, &p, (long)request_size);
	TS_RESP *r = parse(answer, answer_size);
	TS_TST_INFO *info = r ? TS_RESP_get_tst_info(r) : NULL;
	const ASN1_INTEGER *got = info ? TS_TST_INFO_get_nonce(info) : NULL;
	bool same = q && got && !ASN1_INTEGER_cmp(got, TS_REQ_get_nonce(q));

	TS_REQ_free(q);
	TS_RESP_free(r);
	return same ? 0 : refuse(why, "the answer is one to another request");
}
