/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * vnf.S - the network function of the QEMU guest, as its firmware: there at once,
 * where SeaBIOS takes half a minute below two emulators.  It reads its secret from
 * its disk into its memory and answers each line on its serial port with "pong".
 */
#define SECRET 0x7e00

	.code16
	.globl	_start
start:	cli
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$0x7000, %sp
	cld

	movw	$tick, 8 * 4		/* the timer's interrupt, a hundred a second */
	movw	$0xf000, 8 * 4 + 2
	movw	$setup, %si
1:	movw	%cs:(%si), %dx
	movb	%cs:2(%si), %al
	addw	$3, %si
	testw	%dx, %dx
	jz	1f
	outb	%al, %dx
	jmp	1b
1:	sti

2:	movw	$0x1f7, %dx		/* the disk has the sector */
	inb	%dx, %al
	testb	$0x08, %al
	jz	2b
	movw	$0x1f0, %dx
	movw	$SECRET, %di
	movw	$256, %cx
	rep insw

wait:	movw	$0x3fd, %dx		/* anything received? */
	inb	%dx, %al
	testb	$1, %al
	jnz	take
	hlt				/* until the next tick */
	jmp	wait
take:	movw	$0x3f8, %dx
	inb	%dx, %al
	cmpb	$'\n', %al
	jne	wait
	movw	$answer, %si
3:	movb	%cs:(%si), %al
	incw	%si
	testb	%al, %al
	jz	wait
	outb	%al, %dx
	jmp	3b

tick:	pushw	%ax
	movb	$0x20, %al
	outb	%al, $0x20
	popw	%ax
	iret

	.macro	port at, value
	.word	\at
	.byte	\value
	.endm
setup:	port	0x20, 0x11		/* interrupt controller: vector 8, the timer only */
	port	0x21, 0x08
	port	0x21, 0x04
	port	0x21, 0x01
	port	0x21, 0xfe
	port	0x43, 0x34		/* timer: 1193182 / 11932 */
	port	0x40, 0x9c
	port	0x40, 0x2e
	port	0x1f6, 0xe0		/* disk: read one sector, the second */
	port	0x1f2, 1
	port	0x1f3, 1
	port	0x1f4, 0
	port	0x1f5, 0
	port	0x1f7, 0x20
	.word	0
	.byte	0
answer:	.asciz	"pong\n"

	.org	0xfff0			/* here the machine begins */
_start:	ljmp	$0xf000, $start
	.org	0x10000
