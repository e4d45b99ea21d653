// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sekisho completion - scripts for shells, made of the table of commands and of what
 * their help says.
 */
#include "userspace/cli/cli.h"

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "userspace/cli/help_text.h"
#include "userspace/lib/log.h"

static const struct option table[] = {
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static void usage(FILE *out)
{
	fprintf(out, "usage: sekisho completion bash\n"
		     "       sekisho completion zsh\n"
		     "Print a script that completes this command; for one shell:\n\n"
		     "  source <(sekisho completion bash)\n");
}

enum kind { NOTHING, FILES, DIRS, WORDS };

/* "en|ja", "enforce, evidence, none": words to choose from. */
static bool are_words(const char *s)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	size_t n = strspn(s, letters);

	while (n && (s[n] == '|' || !strncmp(s + n, ", ", 2))) {
		s += n + 1 + (s[n] == ',');
		n = strspn(s, letters);
	}
	return n && !s[n];
}

static bool many(const char *s)
{
	return are_words(s) && strpbrk(s, "|,");
}

static enum kind kind_of(const struct seki_help_option *o)
{
	static const char *const files[] = { "FILE", "PATH",	 "LOG",	  "PUB",
					     "KEY",  "NAME.key", "CA.pem" };

	if (!*o->value)
		return NOTHING;
	if (!strcmp(o->value, "DIR"))
		return DIRS;
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (!strcmp(o->value, files[i]))
			return FILES;
	return many(o->value) || many(o->text) ? WORDS : NOTHING;
}

/* Its words with sep between them. */
static void put_words(const struct seki_help_option *o, char sep)
{
	const char *s = many(o->value) ? o->value : o->text;

	for (; *s; s++)
		if (*s == '|' || *s == ',')
			putchar(sep);
		else if (*s != ' ')
			putchar(*s);
}

/* ---- bash ---------------------------------------------------------------------- */

static void bash_values(const struct seki_command *c, const struct seki_help *h)
{
	for (size_t i = 0; i < h->options; i++) {
		const struct seki_help_option *o = &h->option[i];
		enum kind kind = kind_of(o);

		if (!*o->value)
			continue;
		printf("\t%s:%s) ", c->name, o->name);
		if (kind == FILES)
			printf("mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")");
		else if (kind == DIRS)
			printf("mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")");
		else if (kind == WORDS) {
			printf("mapfile -t COMPREPLY < <(compgen -W '");
			put_words(o, ' ');
			printf("' -- \"$cur\")");
		}
		printf("%sreturn ;;\n", kind == NOTHING ? "" : "; ");
	}
}

static void bash_options(const struct seki_command *c, const struct seki_help *h)
{
	printf("\t%s) words='", c->name);
	for (size_t i = 0; i < h->options; i++)
		printf("%s%s", i ? " " : "", h->option[i].name);
	printf("%s--help' first='", h->options ? " " : "");
	for (size_t i = 0; i < h->words; i++)
		printf("%s%s", i ? " " : "", h->word[i]);
	printf("' ;;\n");
}

static void bash_names(void)
{
	for (size_t i = 0; i < seki_commands_count; i++)
		printf("%s ", seki_commands[i].name);
	printf("help");
}

static void bash(const struct seki_help *help)
{
	printf("# bash completion of sekisho, printed by \"sekisho completion bash\".\n"
	       "_sekisho()\n{\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	       "\tlocal command=${COMP_WORDS[1]} words='' first=''\n"
	       "\tif [[ $COMP_CWORD -eq 1 || ($COMP_CWORD -eq 2 && $command == help) ]]; then\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -W '");
	bash_names();
	printf("' -- \"$cur\")\n\t\treturn\n\tfi\n\tcase $command:$prev in\n");
	for (size_t i = 0; i < seki_commands_count; i++)
		bash_values(&seki_commands[i], &help[i]);
	printf("\tesac\n\tcase $command in\n");
	for (size_t i = 0; i < seki_commands_count; i++)
		bash_options(&seki_commands[i], &help[i]);
	printf("\tesac\n\tif [[ $cur == -* ]]; then\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	       "\telif [[ $COMP_CWORD -eq 2 && -n $first ]]; then\n"
	       "\t\tmapfile -t COMPREPLY < <(compgen -W \"$first\" -- \"$cur\")\n"
	       "\telse\n\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n\tfi\n}\n"
	       "complete -o filenames -F _sekisho sekisho\n");
}

/* ---- zsh ----------------------------------------------------------------------- */

/* Inside '...', in a description of _arguments. */
static void zsh_text(const char *s)
{
	for (; *s; s++)
		if (*s == '\'')
			printf("'\\''");
		else if (strchr("[]:\\", *s))
			printf("\\%c", *s);
		else
			putchar(*s);
}

static void zsh_option(const struct seki_help_option *o)
{
	enum kind kind = kind_of(o);

	printf(" \\\n\t\t\t'*%s[", o->name);
	zsh_text(o->text);
	putchar(']');
	if (*o->value) {
		putchar(':');
		zsh_text(o->value);
		putchar(':');
	}
	if (kind == FILES)
		printf("_files");
	else if (kind == DIRS)
		printf("_files -/");
	else if (kind == WORDS) {
		putchar('(');
		put_words(o, ' ');
		putchar(')');
	}
	putchar('\'');
}

static void zsh_command(const struct seki_command *c, const struct seki_help *h)
{
	printf("\t%s)\n\t\t_arguments", c->name);
	for (size_t i = 0; i < h->options; i++)
		zsh_option(&h->option[i]);
	if (h->words) {
		printf(" \\\n\t\t\t'1:what:(");
		for (size_t i = 0; i < h->words; i++)
			printf("%s%s", i ? " " : "", h->word[i]);
		printf(")'");
	}
	printf(" \\\n\t\t\t'*:file:_files' ;;\n");
}

static void zsh(const struct seki_help *help)
{
	printf("#compdef sekisho\n# zsh completion, printed by \"sekisho completion zsh\".\n"
	       "local -a commands=(\n");
	for (size_t i = 0; i < seki_commands_count; i++) {
		printf("\t'%s:", seki_commands[i].name);
		zsh_text(seki_commands[i].help);
		printf("'\n");
	}
	printf("\t'help:say more of a command'\n)\n"
	       "if (( CURRENT == 2 )) || [[ CURRENT -eq 3 && $words[2] == help ]]; then\n"
	       "\t_describe command commands\n\treturn\nfi\n"
	       "shift words\n(( CURRENT-- ))\ncase $words[1] in\n");
	for (size_t i = 0; i < seki_commands_count; i++)
		zsh_command(&seki_commands[i], &help[i]);
	printf("esac\n");
}

static int print(void (*form)(const struct seki_help *help))
{
	struct seki_help help[64];
	struct seki_arena arena = { 0 };

	for (size_t i = 0; i < seki_commands_count; i++)
		if (seki_help_read(&seki_commands[i], &arena, &help[i]))
			seki_diex("out of memory");
	form(help);
	seki_arena_free(&arena);
	return seki_flush_stdout();
}

int cmd_completion(int argc, char **argv)
{
	int opt;

	while ((opt = getopt_long(argc, argv, "h", table, NULL)) != -1) {
		if (opt == 'h')
			return usage(stdout), SEKI_EXIT_OK;
		return SEKI_EXIT_USAGE;
	}
	if (argc - optind == 1 && !strcmp(argv[optind], "bash"))
		return print(bash);
	if (argc - optind == 1 && !strcmp(argv[optind], "zsh"))
		return print(zsh);
	if (argc - optind == 1)
		seki_warnx("no completion for '%s'; bash and zsh are known", argv[optind]);
	else
		usage(stderr);
	return SEKI_EXIT_USAGE;
}
