/*
 * MD5 (RFC 1321) of a file, read in blocks of 2 KiB.
 *
 *     md5 FILE             prints the digest
 *     md5 -g FILE          writes the 16 bytes of the digest to FILE with the extension .md5
 *     md5 -c FILE          compares the digest with that file
 *     md5 -c FILE DIGEST   compares the digest with 32 hexadecimal digits
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef BLOCK
#define BLOCK 2048
#endif

typedef struct {
    uint32_t state[4];
    uint32_t bytes;
    uint8_t pending[64];
} Md5;

/* floor(2^32 * |sin(i + 1)|) */
static const uint32_t sines[64] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

static const uint8_t shifts[4][4] = {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}};

static void transform(uint32_t state[4], const uint8_t *block)
{
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    int i;

    for (i = 0; i < 64; i++) {
        const uint8_t *p;
        uint32_t f, word, sum;
        int g, s = shifts[i >> 4][i & 3];

        switch (i >> 4) {
        case 0: f = (b & c) | (~b & d); g = i; break;
        case 1: f = (b & d) | (c & ~d); g = 5 * i + 1; break;
        case 2: f = b ^ c ^ d; g = 3 * i + 5; break;
        default: f = c ^ (b | ~d); g = 7 * i; break;
        }
        p = block + 4 * (g & 15);
        word = p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
        sum = a + f + word + sines[i];
        a = d;
        d = c;
        c = b;
        b += sum << s | sum >> (32 - s);
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
}

static void start(Md5 *md5)
{
    md5->state[0] = 0x67452301;
    md5->state[1] = 0xefcdab89;
    md5->state[2] = 0x98badcfe;
    md5->state[3] = 0x10325476;
    md5->bytes = 0;
}

static void update(Md5 *md5, const uint8_t *data, uint32_t length)
{
    while (length > 0) {
        uint32_t have = md5->bytes & 63, take = 64 - have;

        if (take > length) take = length;
        memcpy(md5->pending + have, data, take);
        md5->bytes += take;
        data += take;
        length -= take;
        if ((md5->bytes & 63) == 0) transform(md5->state, md5->pending);
    }
}

static void finish(Md5 *md5, uint8_t digest[16])
{
    uint8_t tail[72];
    uint32_t bytes = md5->bytes, padding = 64 - ((bytes + 8) & 63);
    int i;

    memset(tail, 0, sizeof(tail));
    tail[0] = 0x80;
    for (i = 0; i < 4; i++) tail[padding + i] = (uint8_t)(bytes << 3 >> (8 * i));
    tail[padding + 4] = (uint8_t)(bytes >> 29);
    update(md5, tail, padding + 8);
    for (i = 0; i < 16; i++) digest[i] = (uint8_t)(md5->state[i >> 2] >> (8 * (i & 3)));
}

/* 0 when the digest of the whole file is there; the reason is printed otherwise. */
static int digest_of(const char *path, uint8_t digest[16])
{
    uint8_t *block;
    size_t length;
    FILE *file = fopen(path, "rb");
    static Md5 md5;

    if (!file) {
        printf("%s open failed!\n", path);
        return -1;
    }
    block = malloc(BLOCK);
    if (!block) {
        printf("no memory!\n");
        fclose(file);
        return -1;
    }
    start(&md5);
    while ((length = fread(block, 1, BLOCK, file)) > 0) update(&md5, block, length);
    finish(&md5, digest);
    free(block);
    fclose(file);
    return 0;
}

static void sidecar(char *name, size_t size, const char *path)
{
    char *dot, *slash;

    strncpy(name, path, size - 5);
    name[size - 5] = 0;
    dot = strrchr(name, '.');
    slash = strrchr(name, '/');
    if (!dot || (slash && dot < slash)) dot = name + strlen(name);
    strcpy(dot, ".md5");
}

static int hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static int generate(const char *path)
{
    uint8_t digest[16];
    static char name[128];
    FILE *file;

    if (digest_of(path, digest)) return 1;
    sidecar(name, sizeof(name), path);
    file = fopen(name, "wb");
    if (!file) {
        printf("%s open failed!\n", name);
        return 1;
    }
    fwrite(digest, 1, sizeof(digest), file);
    fclose(file);
    return 0;
}

static int compare(const char *path, const char *text)
{
    uint8_t digest[16], wanted[16];
    static char name[128];
    int i;

    memset(wanted, 0, sizeof(wanted));
    if (text) {
        for (i = 0; i < 32; i++) {
            int digit = hex(text[i]);

            if (digit < 0) {
                printf("%s is not a digest of 32 hexadecimal digits\n", text);
                return 1;
            }
            wanted[i >> 1] = (uint8_t)(wanted[i >> 1] << 4 | digit);
        }
    } else {
        FILE *file;

        sidecar(name, sizeof(name), path);
        file = fopen(name, "rb");
        if (!file) {
            printf("%s open failed!\n", name);
            return 1;
        }
        fread(wanted, 1, sizeof(wanted), file);
        fclose(file);
    }
    if (digest_of(path, digest)) return 1;
    if (memcmp(digest, wanted, sizeof(digest)) == 0) {
        printf("md5 value is the same!\n");
        return 0;
    }
    printf("md5 value is different!\n");
    return 1;
}

static int print(const char *path)
{
    uint8_t digest[16];
    int i;

    if (digest_of(path, digest)) return 1;
    for (i = 0; i < 16; i++) printf("%02x", digest[i]);
    printf("  %s\n", path);
    return 0;
}

int main(int argc, char *argv[])
{
    if (argc == 2 && argv[1][0] != '-') return print(argv[1]);
    if (argc == 3 && strcmp(argv[1], "-g") == 0) return generate(argv[2]);
    if ((argc == 3 || argc == 4) && strcmp(argv[1], "-c") == 0) return compare(argv[2], argc == 4 ? argv[3] : 0);
    printf("The md5 value generation/comparision tool.\n");
    printf("md5 -g filename : to generate md5 file.\n");
    printf("md5 -c filename : to compare md5 value.\n");
    return 2;
}
