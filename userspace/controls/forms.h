/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * forms.h - tables of policies/controls that a program of their own works by.
 */
#ifndef SEKI_CONTROLS_FORMS_H
#define SEKI_CONTROLS_FORMS_H

#include "userspace/controls/sheet.h"

/* What the sections of a baseline serve. */
extern const struct seki_sheet_form seki_baseline_form;
enum { BASELINE_ID, BASELINE_JA, BASELINE_EN, BASELINE_ITEMS };

/* Classes of accidents, their figures and clocks. */
extern const struct seki_sheet_form seki_accident_form;
enum {
	ACCIDENT_ID,
	ACCIDENT_ITEM,
	ACCIDENT_JA,
	ACCIDENT_EN,
	ACCIDENT_PROMPT,  /* yes: told at once */
	ACCIDENT_DAYS,	  /* until the written report; 0: none */
	ACCIDENT_QUARTER, /* yes: in the report of its quarter */
	ACCIDENT_USERS,	  /* so many or more; 0: no figure */
	ACCIDENT_MINUTES, /* so long or longer; 0: no figure */
};

#endif /* SEKI_CONTROLS_FORMS_H */
