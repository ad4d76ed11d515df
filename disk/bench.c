/*
 * A processor benchmark in plain C: linked list, matrix, state machine and CRC, each round feeding its results into the
 * CRC of the whole run, which is compared with the value a correct processor gets.
 *
 *     bench [ROUNDS]       100 unless given; the result is checked for 1, 10, 100, 1000 and 10000
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* ---- CRC-16/CCITT, one bit at a time ---- */

static uint16_t crc_byte(uint16_t crc, uint8_t byte)
{
    int i;

    crc ^= (uint16_t)(byte << 8);
    for (i = 0; i < 8; i++) crc = (uint16_t)(crc & 0x8000 ? crc << 1 ^ 0x1021 : crc << 1);
    return crc;
}

static uint16_t crc_word(uint16_t crc, uint32_t word)
{
    int i;

    for (i = 24; i >= 0; i -= 8) crc = crc_byte(crc, (uint8_t)(word >> i));
    return crc;
}

/* The same numbers on every machine (Numerical Recipes' linear congruential generator). */
static uint32_t seed;

static uint32_t next_random(void)
{
    seed = seed * 1664525u + 1013904223u;
    return seed >> 8;
}

/* ---- linked list: find, reverse, merge sort ---- */

#define NODES 100

typedef struct Node {
    struct Node *next;
    uint32_t key;
    uint32_t order;
} Node;

static Node nodes[NODES];

static Node *merge(Node *a, Node *b)
{
    Node head, *tail = &head;

    while (a && b) {
        Node **smaller = a->key <= b->key ? &a : &b;

        tail->next = *smaller;
        tail = tail->next;
        *smaller = (*smaller)->next;
    }
    tail->next = a ? a : b;
    return head.next;
}

static Node *sort(Node *list)
{
    Node *slow = list, *fast, *second;

    if (!list || !list->next) return list;
    for (fast = list->next; fast && fast->next; fast = fast->next->next) slow = slow->next;
    second = slow->next;
    slow->next = 0;
    return merge(sort(list), sort(second));
}

static Node *reverse(Node *list)
{
    Node *done = 0;

    while (list) {
        Node *next = list->next;

        list->next = done;
        done = list;
        list = next;
    }
    return done;
}

static uint16_t list_round(uint16_t crc)
{
    Node *list = 0, *node;
    uint32_t i, found = 0;

    for (i = 0; i < NODES; i++) {
        nodes[i].key = next_random() & 0x3ff;
        nodes[i].order = i;
        nodes[i].next = list;
        list = &nodes[i];
    }
    for (i = 0; i < 32; i++) {
        uint32_t wanted = next_random() & 0x3ff;

        for (node = list; node; node = node->next) {
            if (node->key == wanted) {
                found += node->order + 1;
                break;
            }
        }
    }
    list = reverse(sort(list));
    for (node = list; node; node = node->next) crc = crc_word(crc, node->key << 16 | node->order);
    return crc_word(crc, found);
}

/* ---- matrix: multiply, scale, extract bits ---- */

#define N 12

static int16_t left[N][N], right[N][N];
static int32_t product[N][N];

static uint16_t matrix_round(uint16_t crc)
{
    int row, column, k;
    uint32_t trace = 0;

    for (row = 0; row < N; row++) {
        for (column = 0; column < N; column++) {
            left[row][column] = (int16_t)next_random();
            right[row][column] = (int16_t)next_random();
        }
    }
    for (row = 0; row < N; row++) {
        for (column = 0; column < N; column++) {
            int32_t sum = 0;

            for (k = 0; k < N; k++) sum += (left[row][k] * right[k][column]) >> 4;
            product[row][column] = sum;
        }
    }
    for (row = 0; row < N; row++) {
        trace += (uint32_t)product[row][row];
        for (column = 0; column < N; column++) {
            uint32_t scaled = (uint32_t)product[row][column] * 3 + (uint32_t)(row - column);

            crc = crc_word(crc, (scaled >> 2 & 0xf) << 8 | (scaled >> 5 & 0x7f));
        }
    }
    return crc_word(crc, trace);
}

/* ---- state machine: what kind of number is each word of a text? ---- */

enum State { START, SIGN, INTEGER, POINT, FRACTION, EXPONENT, POWER, WRONG, STATES };

static const char *const words[16] = {"7",     "42",    "-3",     "+65536", "3.1416", "-0.5",   ".25",   "+.0625",
                                      "1.6e9", "9.e-1", "-2.7e+8", "kernel", "12x4",   "--6",    "5e",    "."};

static enum State step(enum State state, char c)
{
    int digit = c >= '0' && c <= '9';

    switch (state) {
    case START: return digit ? INTEGER : c == '+' || c == '-' ? SIGN : c == '.' ? POINT : WRONG;
    case SIGN: return digit ? INTEGER : c == '.' ? POINT : WRONG;
    case INTEGER: return digit ? INTEGER : c == '.' ? FRACTION : c == 'e' ? EXPONENT : WRONG;
    case POINT: return digit ? FRACTION : WRONG;
    case FRACTION: return digit ? FRACTION : c == 'e' ? EXPONENT : WRONG;
    case EXPONENT: return digit || c == '+' || c == '-' ? POWER : WRONG;
    case POWER: return digit ? POWER : WRONG;
    default: return WRONG;
    }
}

static uint16_t state_round(uint16_t crc)
{
    uint32_t ends[STATES] = {0}, passed[STATES] = {0};
    uint32_t i;

    for (i = 0; i < 40; i++) {
        const char *text = words[next_random() & 15];
        enum State state = START;

        for (; *text; text++) {
            state = step(state, *text);
            passed[state]++;
        }
        ends[state]++;
    }
    for (i = 0; i < STATES; i++) crc = crc_word(crc, ends[i] << 16 | passed[i]);
    return crc;
}

/* ---- the run ---- */

static const struct {
    long rounds;
    uint16_t crc;
} expected[] = {{1, 0xf27c}, {10, 0xff00}, {100, 0xced0}, {1000, 0x09a3}, {10000, 0x7e12}};

int main(int argc, char *argv[])
{
    long rounds = argc > 1 ? strtol(argv[1], 0, 10) : 100;
    uint16_t crc = 0xffff;
    clock_t begin, ticks;
    unsigned i;
    long n;

    seed = 1;
    begin = clock();
    for (n = 0; n < rounds; n++) {
        crc = list_round(crc);
        crc = matrix_round(crc);
        crc = state_round(crc);
    }
    ticks = clock() - begin;
    printf("rounds %ld\nticks  %ld of %d a second\ncrc    0x%04x", rounds, (long)ticks, (int)CLOCKS_PER_SEC, crc);
    for (i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
        if (expected[i].rounds != rounds) continue;
        printf(expected[i].crc == crc ? ", correct\n" : ", WRONG: 0x%04x expected\n", expected[i].crc);
        return expected[i].crc != crc;
    }
    printf(", not checked\n");
    return 0;
}
