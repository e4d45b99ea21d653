// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two functions that Debian 13's libelf.a (elfutils 0.192) calls and no static
 * library there has.  They set up and free the search tree of
 * elf_getdata_rawchunk(), which nothing here calls: the tree, zeroed memory,
 * stays empty.  Weak, so that a mended library wins.
 */
void eu_search_tree_init(void *tree, int (*compare)(const void *, const void *));
void eu_search_tree_fini(void *tree, void (*free_node)(void *));

__attribute__((weak)) void eu_search_tree_init(void *tree,
					       int (*compare)(const void *, const void *))
{
	(void)tree;
	(void)compare;
}

__attribute__((weak)) void eu_search_tree_fini(void *tree, void (*free_node)(void *))
{
	(void)tree;
	(void)free_node;
}
