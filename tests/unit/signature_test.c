// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/policy/signature.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness.h"
#include "tests/unit/policy_helper.h"
#include "userspace/lib/file.h"
#include "userspace/policy/bundle_write.h"

#define HOST "0123456789abcdef0123456789abcdef"
#define OTHER_HOST "fedcba9876543210fedcba9876543210"

static EVP_PKEY *mine, *theirs;
static struct seki_pubkeys enrolled;

static void prepare(void)
{
	mine = seki_key_generate();
	theirs = seki_key_generate();
	enrolled.v = calloc(1, sizeof(*enrolled.v));
	enrolled.n = 1;
	ASSERT_TRUE(mine && theirs && enrolled.v);
	ASSERT_EQ(0, seki_key_of(mine, enrolled.v));
}

static void done(void)
{
	EVP_PKEY_free(mine);
	EVP_PKEY_free(theirs);
	seki_keys_free(&enrolled);
}

/* A bundle, signed; *ret_size with the trailer. */
static char *make(EVP_PKEY *key, const char *host, size_t *ret_size)
{
	struct seki_trailer t;
	struct compiled c = compile_text(HEAD HLR);
	char *file = malloc(c.size + sizeof(t));

	ASSERT_EQ(0, seki_sign(key, SEKI_FOR_BUNDLE, host, c.image, c.size, &t));
	memcpy(file, c.image, c.size);
	memcpy(file + c.size, &t, sizeof(t));
	*ret_size = c.size + sizeof(t);
	compiled_free(&c);
	return file;
}

/* -1: not even a bundle; else as seki_signature_check(). */
static int judge(const char *file, size_t size, const char *host)
{
	struct seki_bundle b;
	struct seki_signed s;
	const char *err;

	if (seki_bundle_parse(file, size, &b, &err))
		return -1;
	s = seki_bundle_signed(&b);
	return seki_signature_check(&s, &enrolled, host);
}

TEST(signed_bundle_accepted)
{
	size_t size;
	char *file;

	prepare();
	file = make(mine, NULL, &size);
	EXPECT_EQ(0, judge(file, size, HOST));
	EXPECT_EQ(0, judge(file, size, NULL));
	EXPECT_EQ(SEKI_REFUSED_UNSIGNED, judge(file, size - sizeof(struct seki_trailer), HOST));
	free(file);
	done();
}

TEST(other_key_other_host_refused)
{
	size_t size;
	char *file;

	prepare();
	file = make(theirs, NULL, &size);
	EXPECT_EQ(SEKI_REFUSED_UNKNOWN_KEY, judge(file, size, HOST));
	free(file);
	file = make(mine, HOST, &size);
	EXPECT_EQ(0, judge(file, size, HOST));
	EXPECT_EQ(SEKI_REFUSED_OTHER_HOST, judge(file, size, OTHER_HOST));
	free(file);
	done();
}

/* Their signature under my key's id. */
TEST(borrowed_key_id_refused)
{
	struct seki_trailer t;
	size_t size;
	char *file;

	prepare();
	file = make(theirs, NULL, &size);
	memcpy(&t, file + size - sizeof(t), sizeof(t));
	memcpy(t.key, enrolled.v[0].id, sizeof(t.key));
	memcpy(file + size - sizeof(t), &t, sizeof(t));
	EXPECT_EQ(SEKI_REFUSED_BAD_SIGNATURE, judge(file, size, HOST));
	free(file);
	done();
}

TEST(order_is_no_bundle)
{
	struct seki_trailer t;
	struct seki_signed s;
	char image[64] = "the same bytes";

	prepare();
	ASSERT_EQ(0, seki_sign(mine, SEKI_FOR_ORDER, HOST, image, sizeof(image), &t));
	s = (struct seki_signed){ SEKI_FOR_ORDER, image, sizeof(image), &t };
	EXPECT_EQ(0, seki_signature_check(&s, &enrolled, HOST));
	s.purpose = SEKI_FOR_BUNDLE;
	EXPECT_EQ(SEKI_REFUSED_BAD_SIGNATURE, seki_signature_check(&s, &enrolled, HOST));
	done();
}

/* Exact-size copies, so that the sanitizer sees a read past the end.  Cut where
 * the trailer begins it is the unsigned bundle.
 */
TEST(cut_at_every_length_refused)
{
	size_t size;
	char *file;

	prepare();
	file = make(mine, HOST, &size);
	for (size_t n = 0; n < size; n++) {
		char *cut = malloc(n ? n : 1);

		memcpy(cut, file, n);
		EXPECT_NE(0, judge(cut, n, HOST));
		EXPECT_TRUE(judge(cut, n, HOST) == -1 || n == size - sizeof(struct seki_trailer));
		free(cut);
	}
	free(file);
	done();
}

TEST(longer_refused)
{
	size_t size;
	char *file, *longer;

	prepare();
	file = make(mine, HOST, &size);
	for (size_t more = 1; more <= 2 * sizeof(struct seki_trailer); more++) {
		longer = calloc(1, size + more);
		memcpy(longer, file, size);
		EXPECT_EQ(-1, judge(longer, size + more, HOST));
		free(longer);
	}
	free(file);
	done();
}

TEST(every_bit_counts)
{
	size_t size;
	char *file;

	prepare();
	file = make(mine, HOST, &size);
	for (size_t i = 0; i < size; i++)
		for (int bit = 0; bit < 8; bit++) {
			file[i] ^= (char)(1 << bit);
			EXPECT_NE(0, judge(file, size, HOST));
			file[i] ^= (char)(1 << bit);
		}
	EXPECT_EQ(0, judge(file, size, HOST));
	free(file);
	done();
}

/* With the digest made right again only the signature stands. */
TEST(every_byte_is_signed)
{
	struct seki_bundle_head *h;
	size_t size;
	char *file;
	int rc;

	prepare();
	file = make(mine, HOST, &size);
	h = (void *)file;
	for (size_t i = 40; i < size - sizeof(struct seki_trailer); i++) {
		file[i] ^= (char)(1 << i % 8);
		seki_bundle_digest(file, size - sizeof(struct seki_trailer), h->digest);
		rc = judge(file, size, HOST);
		EXPECT_TRUE(rc == -1 || rc == SEKI_REFUSED_BAD_SIGNATURE);
		file[i] ^= (char)(1 << i % 8);
	}
	free(file);
	done();
}

TEST(host_must_be_a_machine_id)
{
	struct seki_trailer t;

	prepare();
	EXPECT_EQ(-EINVAL, seki_sign(mine, SEKI_FOR_BUNDLE, "a-host", "x", 1, &t));
	EXPECT_EQ(-EINVAL, seki_sign(mine, SEKI_FOR_BUNDLE, HOST "0", "x", 1, &t));
	ASSERT_EQ(0, seki_sign(mine, SEKI_FOR_BUNDLE, HOST, "x", 1, &t));
	EXPECT_TRUE(!seki_trailer_check(&t, sizeof(t)));
	t.host[3] = 'A';
	EXPECT_TRUE(seki_trailer_check(&t, sizeof(t)));
	t.host[3] = 0;
	EXPECT_TRUE(seki_trailer_check(&t, sizeof(t)));
	done();
}

static void enroll(const char *dir, const char *name, const char *text, size_t size)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	ASSERT_EQ(0, seki_file_write(path, text, size, 0644));
}

TEST(keys_of_a_directory)
{
	char dir[] = "/tmp/seki-keys-XXXXXX", err[256] = "", path[128];
	struct seki_pubkeys k = { 0 };
	char *pem;
	size_t size;

	prepare();
	ASSERT_TRUE(mkdtemp(dir));
	EXPECT_EQ(0, seki_keys_read("/tmp/seki-no-such-directory", &k, err, sizeof(err)));
	EXPECT_EQ(0, k.n);
	pem = seki_key_pem(mine, true, &size);
	ASSERT_TRUE(pem);
	enroll(dir, "site.pub", pem, size);
	enroll(dir, "README", "not a key", 9);
	ASSERT_EQ(0, seki_keys_read(dir, &k, err, sizeof(err)));
	ASSERT_EQ(1, k.n);
	EXPECT_STREQ("site.pub", k.v[0].file);
	EXPECT_TRUE(seki_keys_find(&k, enrolled.v[0].id));
	seki_keys_free(&k);
	enroll(dir, "cut.pub", pem, size / 2);
	EXPECT_EQ(-EBADMSG, seki_keys_read(dir, &k, err, sizeof(err)));
	EXPECT_TRUE(strstr(err, "cut.pub: not an Ed25519 public key"));
	free(pem);
	for (size_t i = 0; i < 3; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir,
			 (const char *[]){ "site.pub", "README", "cut.pub" }[i]);
		unlink(path);
	}
	EXPECT_EQ(0, rmdir(dir));
	done();
}

TEST(pem_is_read_back)
{
	size_t size;
	char *pem;
	EVP_PKEY *again;
	struct seki_pubkey k;

	prepare();
	pem = seki_key_pem(mine, false, &size);
	ASSERT_TRUE(pem);
	again = seki_key_private(pem, size);
	ASSERT_TRUE(again && !seki_key_of(again, &k));
	EXPECT_TRUE(!memcmp(k.raw, enrolled.v[0].raw, sizeof(k.raw)));
	EVP_PKEY_free(again);
	EXPECT_EQ(-EINVAL, seki_key_public(pem, size, &k));
	for (size_t n = 0; n + 4 < size; n++) /* the last line may lack its end */
		EXPECT_TRUE(!seki_key_private(pem, n));
	free(pem);
	again = EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	pem = seki_key_pem(again, true, &size);
	EXPECT_EQ(-EINVAL, seki_key_public(pem, size, &k));
	EVP_PKEY_free(again);
	free(pem);
	done();
}

/* RFC 8032, section 7.1, TEST 2: the public key of its secret key. */
TEST(key_of_the_rfc)
{
	static const __u8 secret[32] = { 0x4c, 0xcd, 0x08, 0x9b, 0x28, 0xff, 0x96, 0xda,
					 0x9d, 0xb6, 0xc3, 0x46, 0xec, 0x11, 0x4e, 0x0f,
					 0x5b, 0x8a, 0x31, 0x9f, 0x35, 0xab, 0xa6, 0x24,
					 0xda, 0x8c, 0xf6, 0xed, 0x4f, 0xb8, 0xa6, 0xfb };
	static const __u8 begins[4] = { 0x3d, 0x40, 0x17, 0xc3 };
	EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, 32);
	struct seki_pubkey k;

	ASSERT_EQ(0, seki_key_of(key, &k));
	EXPECT_TRUE(!memcmp(k.raw, begins, sizeof(begins)));
	EVP_PKEY_free(key);
}

HARNESS_MAIN
