// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the dynamic loader will read of a file: by program headers, as it does;
 * sections may be stripped.
 */
#include <fcntl.h>
#include <gelf.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "userspace/lib/cleanup.h"
#include "userspace/policy/elf.h"

struct reader {
	Elf *elf;
	struct seki_arena *arena;
	size_t n_headers;
};

/* Bytes of the file at this offset, a string that ends inside the file; or NULL. */
static const char *string_at(struct reader *r, GElf_Off at)
{
	size_t size;
	const char *file = elf_rawfile(r->elf, &size);

	if (!file || at >= size || !memchr(file + at, 0, size - at))
		return NULL;
	return seki_arena_copy(r->arena, file + at, strlen(file + at));
}

/* Where in the file the bytes for this address are; 0: nowhere. */
static GElf_Off offset_of(struct reader *r, GElf_Addr address)
{
	GElf_Phdr h;

	for (size_t i = 0; i < r->n_headers; i++)
		if (gelf_getphdr(r->elf, (int)i, &h) && h.p_type == PT_LOAD &&
		    address >= h.p_vaddr && address - h.p_vaddr < h.p_filesz)
			return h.p_offset + (address - h.p_vaddr);
	return 0;
}

static bool find_header(struct reader *r, GElf_Word type, GElf_Phdr *ret)
{
	for (size_t i = 0; i < r->n_headers; i++)
		if (gelf_getphdr(r->elf, (int)i, ret) && ret->p_type == type)
			return true;
	return false;
}

static void read_entry(struct reader *r, const GElf_Dyn *d, GElf_Off strings, struct seki_elf *ret)
{
	const char *text;

	if (d->d_tag != DT_NEEDED && d->d_tag != DT_RUNPATH && d->d_tag != DT_RPATH)
		return;
	text = string_at(r, strings + d->d_un.d_val);
	if (text && d->d_tag != DT_NEEDED)
		ret->runpath = text;
	else if (text && ret->n_needed < SEKI_ELF_NEEDED_MAX)
		ret->needed[ret->n_needed++] = text;
}

/* Entry i of the dynamic table; false at its end.  gelf_getdyn() wants a section. */
static bool entry_at(struct reader *r, const GElf_Phdr *h, size_t i, GElf_Dyn *ret)
{
	bool narrow = gelf_getclass(r->elf) == ELFCLASS32;
	size_t size, each = narrow ? sizeof(Elf32_Dyn) : sizeof(Elf64_Dyn);
	const char *file = elf_rawfile(r->elf, &size);
	Elf32_Dyn d;

	if (!file || h->p_offset > size || (i + 1) * each > h->p_filesz ||
	    (i + 1) * each > size - h->p_offset)
		return false;
	if (narrow) {
		memcpy(&d, file + h->p_offset + i * each, each);
		*ret = (GElf_Dyn){ .d_tag = d.d_tag, .d_un.d_val = d.d_un.d_val };
	} else {
		memcpy(ret, file + h->p_offset + i * each, each);
	}
	return ret->d_tag != DT_NULL;
}

static void read_dynamic(struct reader *r, struct seki_elf *ret)
{
	GElf_Off strings = 0;
	GElf_Phdr h;
	GElf_Dyn d;

	if (!find_header(r, PT_DYNAMIC, &h))
		return;
	for (size_t i = 0; entry_at(r, &h, i, &d); i++)
		if (d.d_tag == DT_STRTAB)
			strings = offset_of(r, d.d_un.d_ptr);
	for (size_t i = 0; strings && entry_at(r, &h, i, &d); i++)
		read_entry(r, &d, strings, ret);
}

static bool read_all(struct reader *r, struct seki_elf *ret)
{
	GElf_Ehdr head;
	GElf_Phdr h;

	if (!r->elf || elf_kind(r->elf) != ELF_K_ELF || !gelf_getehdr(r->elf, &head) ||
	    (head.e_type != ET_EXEC && head.e_type != ET_DYN) ||
	    elf_getphdrnum(r->elf, &r->n_headers))
		return false;
	ret->class = head.e_ident[EI_CLASS];
	ret->machine = head.e_machine;
	if (find_header(r, PT_INTERP, &h))
		ret->interpreter = string_at(r, h.p_offset);
	read_dynamic(r, ret);
	return true;
}

bool seki_elf_read(const char *path, struct seki_arena *arena, struct seki_elf *ret)
{
	seki_autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct reader r = { .arena = arena };
	bool is;

	memset(ret, 0, sizeof(*ret));
	if (fd < 0 || elf_version(EV_CURRENT) == EV_NONE)
		return false;
	r.elf = elf_begin(fd, ELF_C_READ_MMAP, NULL);
	is = read_all(&r, ret);
	elf_end(r.elf);
	return is;
}
