// SPDX-License-Identifier: GPL-2.0-or-later
#include "userspace/evidence/note.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#include "tests/harness.h"
#include "userspace/policy/key.h"

/* The example of the Go package golang.org/x/mod/sumdb/note. */
#define PETER "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define PETERS_TEXT                                                  \
	"If you think cryptography is the answer to your problem,\n" \
	"then you don't know what your problem is.\n"
#define PETERS_NOTE                                                                   \
	PETERS_TEXT "\n"                                                              \
		    "\xe2\x80\x94 PeterNeumann "                                      \
		    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNX" \
		    "gKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

static struct seki_signer signer(const char *name)
{
	struct seki_signer s = { .key = seki_key_generate() };

	snprintf(s.name, sizeof(s.name), "%s", name);
	return s;
}

TEST(note_of_another_implementation_verifies)
{
	struct seki_verifier v;
	struct seki_note n;
	char text[SEKI_VKEY_TEXT];

	ASSERT_EQ(0, seki_verifier_parse(PETER, strlen(PETER), &v));
	seki_verifier_text(&v, text);
	EXPECT_STREQ(PETER, text);
	ASSERT_EQ(0, seki_note_parse(PETERS_NOTE, strlen(PETERS_NOTE), &n));
	EXPECT_EQ(strlen(PETERS_TEXT), n.size);
	EXPECT_EQ(0, seki_note_verify(&n, &v));
}

TEST(altered_text_and_other_keys_are_told_apart)
{
	struct seki_signer a = signer("a"), b = signer("b");
	const struct seki_signer *by[] = { &a, &b };
	char note[SEKI_NOTE_MAX];
	struct seki_verifier va, vb, other;
	struct seki_signer c = signer("a");
	struct seki_note n;
	int size = seki_note_sign("one\ntwo\n", 8, by, 2, note);

	ASSERT_GT(size, 0);
	ASSERT_EQ(0, seki_note_parse(note, (size_t)size, &n));
	EXPECT_EQ(2, n.signatures);
	ASSERT_EQ(0, seki_verifier_of(&a, &va));
	ASSERT_EQ(0, seki_verifier_of(&b, &vb));
	ASSERT_EQ(0, seki_verifier_of(&c, &other));
	EXPECT_EQ(0, seki_note_verify(&n, &va));
	EXPECT_EQ(0, seki_note_verify(&n, &vb));
	EXPECT_EQ(-ENOKEY, seki_note_verify(&n, &other));
	note[0] = 'O';
	EXPECT_EQ(-EKEYREJECTED, seki_note_verify(&n, &va));
	EVP_PKEY_free(a.key);
	EVP_PKEY_free(b.key);
	EVP_PKEY_free(c.key);
}

TEST(what_is_no_note_is_refused)
{
	static const char *const rows[] = {
		"",
		"\n",
		"text\n",
		"text\n\n",
		"\n\xe2\x80\x94 a AAAA\n",
		"text\n\n\xe2\x80\x94 a AAAA\n",
		"text\n\n- PeterNeumann x08go\n",
		PETERS_TEXT "\n\xe2\x80\x94 Peter x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIu",
		PETERS_NOTE "more\n",
		"te\txt" PETERS_NOTE,
	};
	static const char *const keys[] = {
		"",
		"PeterNeumann",
		"PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T",
		"PeterNeumann+c74f20a3+AhpC2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
	};
	struct seki_verifier v;
	struct seki_note n;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		EXPECT_EQ(-EBADMSG, seki_note_parse(rows[i], strlen(rows[i]), &n));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		EXPECT_EQ(-EINVAL, seki_verifier_parse(keys[i], strlen(keys[i]), &v));
}

TEST(checkpoint_has_its_form)
{
	static const struct {
		const char *text;
		int err;
	} rows[] = {
		{ "o\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", 0 },
		{ "o\n0\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\nmore a\n", 0 },
		{ "o\n05\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", -EBADMSG },
		{ "o\n-5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n", -EBADMSG },
		{ "o\n99999999999999999999\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
		  -EBADMSG },
		{ "o\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I\n", -EBADMSG },
		{ "o\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2J=\n", -EBADMSG },
		{ "o\n5\nAAAA\n", -EBADMSG },
		{ "o\n5\n", -EBADMSG },
	};
	struct seki_checkpoint c;
	const char *word;
	size_t size;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct seki_note n = { .text = rows[i].text, .size = strlen(rows[i].text) };

		EXPECT_EQ(rows[i].err, seki_checkpoint_parse(&n, &c));
		if (i == 1) {
			EXPECT_TRUE(seki_checkpoint_field(&c, "more", &word, &size));
			EXPECT_EQ(1, size);
			EXPECT_EQ('a', *word);
			EXPECT_FALSE(seki_checkpoint_field(&c, "mor", &word, &size));
		}
	}
}

HARNESS_MAIN
