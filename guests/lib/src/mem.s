# void *memcpy(void *dst, const void *src, size_t n), also the forward half of memmove: each access loads before it
# stores and goes upwards, so a destination below an overlapping source is right too.
.section .text.memcpy, "ax"
.global memcpy
.global memmove
.balign 64
memmove:
    sub   t0, a0, a1
    bltu  t0, a2, .Lbackward          # src < dst < src + n
memcpy:
    mv    a3, a0
    li    t6, 32
    bltu  a2, t6, .Lcopy_tail
    andi  t0, a3, 7
    beqz  t0, .Lcopy_rounds
    andi  t0, a3, 1
    beqz  t0, 1f
    lb    t1, 0(a1)
    sb    t1, 0(a3)
    addi  a1, a1, 1
    addi  a3, a3, 1
    addi  a2, a2, -1
1:  andi  t0, a3, 2
    beqz  t0, 2f
    lh    t1, 0(a1)
    sh    t1, 0(a3)
    addi  a1, a1, 2
    addi  a3, a3, 2
    addi  a2, a2, -2
2:  andi  t0, a3, 4
    beqz  t0, 3f
    lw    t1, 0(a1)
    sw    t1, 0(a3)
    addi  a1, a1, 4
    addi  a3, a3, 4
    addi  a2, a2, -4
3:  bltu  a2, t6, .Lcopy_tail
.Lcopy_rounds:
    andi  t0, a2, -32
    add   a4, a3, t0                  # end of the rounds
4:  ld    t0, 0(a1)
    ld    t1, 8(a1)
    ld    t2, 16(a1)
    ld    t3, 24(a1)
    sd    t0, 0(a3)
    sd    t1, 8(a3)
    sd    t2, 16(a3)
    sd    t3, 24(a3)
    addi  a1, a1, 32
    addi  a3, a3, 32
    bltu  a3, a4, 4b
.Lcopy_tail:                          # n mod 32 bytes
    andi  t0, a2, 16
    beqz  t0, 5f
    ld    t1, 0(a1)
    ld    t2, 8(a1)
    sd    t1, 0(a3)
    sd    t2, 8(a3)
    addi  a1, a1, 16
    addi  a3, a3, 16
5:  andi  t0, a2, 8
    beqz  t0, 6f
    ld    t1, 0(a1)
    sd    t1, 0(a3)
    addi  a1, a1, 8
    addi  a3, a3, 8
6:  andi  t0, a2, 7
    beqz  t0, 9f
    andi  t0, a2, 4
    beqz  t0, 7f
    lw    t1, 0(a1)
    sw    t1, 0(a3)
    addi  a1, a1, 4
    addi  a3, a3, 4
7:  andi  t0, a2, 2
    beqz  t0, 8f
    lh    t1, 0(a1)
    sh    t1, 0(a3)
    addi  a1, a1, 2
    addi  a3, a3, 2
8:  andi  t0, a2, 1
    beqz  t0, 9f
    lb    t1, 0(a1)
    sb    t1, 0(a3)
9:  ret

# The same from the end downwards. a1 and a3 point behind the bytes still to be moved.
.Lbackward:
    add   a1, a1, a2
    add   a3, a0, a2
    li    t6, 32
    bltu  a2, t6, .Lback_tail
    andi  t0, a3, 7
    beqz  t0, .Lback_rounds
    andi  t0, a3, 1
    beqz  t0, 1f
    addi  a1, a1, -1
    addi  a3, a3, -1
    lb    t1, 0(a1)
    sb    t1, 0(a3)
    addi  a2, a2, -1
1:  andi  t0, a3, 2
    beqz  t0, 2f
    addi  a1, a1, -2
    addi  a3, a3, -2
    lh    t1, 0(a1)
    sh    t1, 0(a3)
    addi  a2, a2, -2
2:  andi  t0, a3, 4
    beqz  t0, 3f
    addi  a1, a1, -4
    addi  a3, a3, -4
    lw    t1, 0(a1)
    sw    t1, 0(a3)
    addi  a2, a2, -4
3:  bltu  a2, t6, .Lback_tail
.Lback_rounds:
    andi  t0, a2, -32
    sub   a4, a3, t0
4:  addi  a1, a1, -32
    addi  a3, a3, -32
    ld    t3, 24(a1)
    ld    t2, 16(a1)
    ld    t1, 8(a1)
    ld    t0, 0(a1)
    sd    t3, 24(a3)
    sd    t2, 16(a3)
    sd    t1, 8(a3)
    sd    t0, 0(a3)
    bltu  a4, a3, 4b
.Lback_tail:
    andi  t0, a2, 16
    beqz  t0, 5f
    addi  a1, a1, -16
    addi  a3, a3, -16
    ld    t1, 8(a1)
    ld    t2, 0(a1)
    sd    t1, 8(a3)
    sd    t2, 0(a3)
5:  andi  t0, a2, 8
    beqz  t0, 6f
    addi  a1, a1, -8
    addi  a3, a3, -8
    ld    t1, 0(a1)
    sd    t1, 0(a3)
6:  andi  t0, a2, 4
    beqz  t0, 7f
    addi  a1, a1, -4
    addi  a3, a3, -4
    lw    t1, 0(a1)
    sw    t1, 0(a3)
7:  andi  t0, a2, 2
    beqz  t0, 8f
    addi  a1, a1, -2
    addi  a3, a3, -2
    lh    t1, 0(a1)
    sh    t1, 0(a3)
8:  andi  t0, a2, 1
    beqz  t0, 9f
    lb    t1, -1(a1)
    sb    t1, -1(a3)
9:  ret

# void *memset(void *dst, int byte, size_t n)
.section .text.memset, "ax"
.global memset
.balign 64
memset:
    mv    a3, a0
    andi  a1, a1, 255
    beqz  a1, 1f                      # most calls clear
    slli  t0, a1, 8
    or    a1, a1, t0
    slli  t0, a1, 16
    or    a1, a1, t0
    slli  t0, a1, 32
    or    a1, a1, t0
1:  li    t6, 32
    bltu  a2, t6, .Lset_tail
    andi  t0, a3, 7
    beqz  t0, .Lset_rounds
    andi  t0, a3, 1
    beqz  t0, 2f
    sb    a1, 0(a3)
    addi  a3, a3, 1
    addi  a2, a2, -1
2:  andi  t0, a3, 2
    beqz  t0, 3f
    sh    a1, 0(a3)
    addi  a3, a3, 2
    addi  a2, a2, -2
3:  andi  t0, a3, 4
    beqz  t0, 4f
    sw    a1, 0(a3)
    addi  a3, a3, 4
    addi  a2, a2, -4
4:  bltu  a2, t6, .Lset_tail
.Lset_rounds:
    andi  t0, a2, -32
    add   a4, a3, t0
5:  sd    a1, 0(a3)
    sd    a1, 8(a3)
    sd    a1, 16(a3)
    sd    a1, 24(a3)
    addi  a3, a3, 32
    bltu  a3, a4, 5b
.Lset_tail:
    andi  t0, a2, 16
    beqz  t0, 6f
    sd    a1, 0(a3)
    sd    a1, 8(a3)
    addi  a3, a3, 16
6:  andi  t0, a2, 8
    beqz  t0, 7f
    sd    a1, 0(a3)
    addi  a3, a3, 8
7:  andi  t0, a2, 4
    beqz  t0, 8f
    sw    a1, 0(a3)
    addi  a3, a3, 4
8:  andi  t0, a2, 2
    beqz  t0, 9f
    sh    a1, 0(a3)
    addi  a3, a3, 2
9:  andi  t0, a2, 1
    beqz  t0, 10f
    sb    a1, 0(a3)
10: ret

# int memcmp(const void *a, const void *b, size_t n)
.section .text.memcmp, "ax"
.global memcmp
.global bcmp
.balign 64
memcmp:
bcmp:
    andi  t0, a2, -8
    beqz  t0, 2f
    add   a4, a0, t0
1:  ld    t0, 0(a0)
    ld    t1, 0(a1)
    bne   t0, t1, 4f
    addi  a0, a0, 8
    addi  a1, a1, 8
    bltu  a0, a4, 1b
2:  andi  a2, a2, 7
    beqz  a2, 6f
    add   a4, a0, a2
3:  lbu   t0, 0(a0)
    lbu   t1, 0(a1)
    bne   t0, t1, 5f
    addi  a0, a0, 1
    addi  a1, a1, 1
    bltu  a0, a4, 3b
6:  li    a0, 0
    ret
4:  xor   t2, t0, t1                  # the lowest byte that differs decides
    andi  t3, t2, 255
    bnez  t3, 5f
7:  srli  t2, t2, 8
    srli  t0, t0, 8
    srli  t1, t1, 8
    andi  t3, t2, 255
    beqz  t3, 7b
5:  andi  t0, t0, 255
    andi  t1, t1, 255
    sub   a0, t0, t1
    ret
