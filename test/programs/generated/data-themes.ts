import {
  declare,
  integer,
  INTEGERS,
  type Integer,
  integerVariables,
  literal,
} from "./expressions.ts";
import type { Theme } from "./theme.ts";

const WIDTH: Readonly<Record<Integer, number>> = {
  i8: 8,
  u8: 8,
  i16: 16,
  u16: 16,
  i32: 32,
  u32: 32,
  i64: 64,
  u64: 64,
};

/** Bit-fields of all widths, some with a fixed place, in packed and plain structures. */
export const bitfields: Theme = (random, id) => {
  const fields = Array.from({ length: random.between(4, 12) }, (_, k) => {
    const type = random.pick(INTEGERS);
    return { type, name: `f${k}`, width: random.between(1, WIDTH[type]) };
  });
  const gap = () => (random.once(8) ? "\n  u32 : 0;" : "");
  const packed = random.once(3) ? " __attribute__((packed))" : "";
  const variables = integerVariables(random, id, 4);
  const changes = Array.from({ length: 8 }, () => {
    const { name } = random.pick(fields);
    const operator = random.pick(["=", "+=", "-=", "^=", "|=", "&="]);
    return `    s->${name} ${operator} ${integer(random, variables, 1).run};`;
  });
  // A field holds the low bits, and its sign where the type has one.
  const held = fields.map(({ type, name, width }) => {
    const given = literal(random, type);
    const rest = 64 - width;
    const kept = `(u64)((${type[0]}64)((u64)${given} << ${rest}) >> ${rest})`;
    return `  s.${name} = OPAQUE(${given});\n  check("${id} ${name}", ${kept}, (u64)(${type})s.${name});`;
  });
  return {
    declarations: `struct ${id} {
${fields.map(({ type, name, width }) => `  ${type} ${name} : ${width};${gap()}`).join("\n")}
}${packed};
NOINLINE static u64 ${id}_sum(const struct ${id} *s) {
  u64 sum = sizeof *s;
${fields.map(({ name }) => `  sum = mix(sum, (u64)s->${name});`).join("\n")}
  return sum;
}
NOINLINE static void ${id}_change(struct ${id} *s, int rounds) {
${declare(variables)}
  for (int i = 0; i < rounds; i++) {
${changes.join("\n")}
    s->${fields[0].name}++;
  }
}`,
    body: `  struct ${id} s;
${held.join("\n")}
  memset(&s, ${random.below(256)}, sizeof s);
  show("${id} before", ${id}_sum(&s));
  ${id}_change(&s, OPAQUE(${random.between(1, 5)}));
  show("${id} after", ${id}_sum(&s));
  u64 bytes = 0;
  for (unsigned i = 0; i < sizeof s; i++) bytes = mix(bytes, ((u8 *)&s)[i]);
  show("${id} bytes", bytes);`,
  };
};

/** Unions, packed structures with unaligned members, casts between pointers. */
export const unions: Theme = (random, id) => {
  const members = random.sample([...INTEGERS, "float", "double"], 5);
  return {
    declarations: `union ${id}_union {
  u8 bytes[8];
${members.map((type, k) => `  ${type} m${k};`).join("\n")}
};
struct __attribute__((packed)) ${id}_packed {
  u8 lead;
${members.map((type, k) => `  ${type} m${k};${random.once(3) ? `\n  u8 gap${k};` : ""}`).join("\n")}
};
NOINLINE static u64 ${id}_pack(struct ${id}_packed *p, union ${id}_union u, u8 x) {
${members.map((_, k) => `  p->m${k} = u.m${k}, p->lead += x + ${k};`).join("\n")}
  u64 sum = 0;
  for (unsigned i = 0; i < sizeof *p; i++) sum = mix(sum, ((const u8 *)p)[i]);
  return sum;
}`,
    body: `  struct ${id}_packed many[3];
  memset(many, 0, sizeof many);
  u64 sum = sizeof many;
  for (int i = 0; i < 3; i++) {
    union ${id}_union u;
    memset(&u, 0, sizeof u);
    for (int k = 0; k < 8; k++) u.bytes[k] = (u8)(OPAQUE(${random.below(256)}) * (k + 3) + i);
    u.bytes[3] &= 0x3f, u.bytes[7] &= 0x3f;
    sum = mix(sum, ${id}_pack(&many[i], u, (u8)i));
${members.map((type, k) => `    check("${id} m${k}", 0, (u64)memcmp(&many[i].m${k}, &u.m${k}, sizeof(${type})));`).join("\n")}
  }
  show("${id}", sum);`,
  };
};

/** alloca, arrays of variable length, pointers into them. */
export const memory: Theme = (random, id) => {
  const type = random.pick(INTEGERS);
  return {
    declarations: `NOINLINE static u64 ${id}_fill(int n, ${type} x) {
  ${type} *first = alloca((unsigned)n * sizeof *first);
  ${type} second[n][${random.between(2, 5)}];
  u64 sum = 0;
  for (int i = 0; i < n; i++) {
    u8 *scratch = alloca(${random.between(1, 40)});
    scratch[0] = (u8)(x + i);
    first[i] = (${type})(x * (i + 1));
    for (unsigned k = 0; k < sizeof second[0] / sizeof second[0][0]; k++) second[i][k] = (${type})(first[i] - scratch[0] * (int)k);
  }
  for (int i = n; i-- > 0;) sum = mix(sum, (u64)first[i] + (u64)second[n - 1 - i][1]);
  int wrong = 0;
  for (int i = 0; i < n; i++) wrong += first[i] != (${type})(x * (i + 1));
  check("${id} kept", 0, (u64)wrong);
  return n > 3 ? sum + ${id}_fill(n / 2, (${type})sum) : sum;
}`,
    body: `  show("${id}", ${id}_fill(OPAQUE(${random.between(3, 30)}), OPAQUE(${literal(random, type)})));`,
  };
};

const STRINGS = [
  "memcpy(a + n, b + m, k); sum += a[n];",
  "memmove(a + n, a + m, k); sum += a[m];",
  "memset(a + n, (int)m, k); sum += a[n + k];",
  "sum = mix(sum, (u64)(memcmp(a + n, b + m, k) < 0));",
  "a[n + k] = 0; sum = mix(sum, strlen((char *)a + n));",
  "b[m + k] = 0; strcpy((char *)a + n, (char *)b + m); sum += a[n + 1];",
  "a[n + k] = b[m + k] = 0; sum = mix(sum, (u64)(strcmp((char *)a + n, (char *)b + m) > 0));",
  "{ void *at = memchr(a + n, b[m], k); sum = mix(sum, at ? (u64)((u8 *)at - a) : 999); }",
  "b[m + k] = 0; strncpy((char *)a + n, (char *)b + m, k + 2); sum += a[n + k];",
  "a[n + k] = 0; { char *at = strchr((char *)a + n, b[m]); sum = mix(sum, at ? (u64)(at - (char *)a) : 998); }",
  "a[90] = 0, b[n + 5] = 0, strcat((char *)memset(a, 65, 0) + 85, (char *)b + n), a[99] = 0;",
];

/** Memory and string functions at all alignments, of variable and of known lengths. */
export const strings: Theme = (random, id) => {
  const uses = random.sample(STRINGS, random.between(3, 6));
  const [known, filled] = [random.between(1, 40), random.between(1, 40)];
  const byte = random.below(256);
  return {
    declarations: `static u8 ${id}a[160], ${id}b[160];
NOINLINE static u64 ${id}_work(u8 *a, u8 *b, unsigned n, unsigned m, unsigned k) {
  u64 sum = 0;
${uses.map((text) => `  ${text}`).join("\n")}
  return sum;
}
NOINLINE static void ${id}_known(u8 *a, const u8 *b) {
  memcpy(a, b, ${known}), memset(a + 50, ${byte}, ${filled});
  int wrong = 0;
  for (int i = 0; i < ${known}; i++) wrong += OPAQUE(a[i]) != b[i];
  for (int i = 0; i < ${filled}; i++) wrong += OPAQUE(a[50 + i]) != ${byte};
  check("${id} known", 0, (u64)wrong);
  *(u32 *)(a + ${random.below(4)}) ^= *(const u16 *)(b + ${random.below(4)});
}`,
    body: `  u32 state = ${random.u32() | 1}u;
  u64 sum = 0;
  for (int i = 0; i < 160; i++) ${id}a[i] = (u8)next_random(&state), ${id}b[i] = (u8)(next_random(&state) ${random.pick(["", "| 1", "% 3 + 65"])});
  for (int i = 0; i < 12; i++) {
    u32 r = next_random(&state);
    sum = mix(sum, ${id}_work(${id}a, ${id}b, r % 20, r / 20 % 20, r / 400 % 40));
  }
  ${id}_known(${id}a + ${random.below(4)}, ${id}b + ${random.below(4)});
  for (int i = 0; i < 160; i++) sum = mix(sum, ${id}a[i] * 256u + ${id}b[i]);
  show("${id}", sum);`,
  };
};

/** volatile, static and register variables, compound assignments, increments, atomic operations. */
export const variables: Theme = (random, id) => {
  const types = Array.from({ length: 4 }, () => random.pick(INTEGERS));
  const turns = random.between(2, 9);
  const steps = Array.from({ length: random.between(6, 14) }, () => {
    const at = `${id}g${random.below(4)}`;
    const other = `${id}g${random.below(4)}`;
    switch (random.below(6)) {
      case 0:
        return `    ${at}++, --${other};`;
      case 1:
        return `    ${at} ${random.pick(["+=", "-=", "*=", "^=", "|="])} (${random.pick(INTEGERS)})${other};`;
      case 2:
        return `    ${at} ${random.pick(["<<=", ">>="])} ${random.below(7)};`;
      case 3:
        return `    sum += (u64)(${at} > ${other} ? ${at}-- : ${other}++);`;
      case 4:
        return `    sum = mix(sum, (u64)${id}_count(${random.below(100)}));`;
      default:
        return `    if ((${at} & ${1 << random.below(7)}) ${random.pick(["==", "!="])} 0) ${other} += 3; else sum ^= ${random.u32()}u;`;
    }
  });
  const word = random.pick(["u8", "u16", "u32"]);
  const factor = random.between(3, 4);
  return {
    declarations: `${types.map((type, k) => `static ${random.once(2) ? "volatile " : ""}${type} ${id}g${k} = ${literal(random, type)};`).join("\n")}
static int ${id}_count(int by) {
  static int total = ${random.below(100)};
  return total += by;
}
NOINLINE static u64 ${id}_plain(${word} *p, ${word} x) {
  u64 sum = mix(mix(*p, (${word})(*p + x)), (u64)((${word})(x * 3) == (${word})(x * ${factor})));
  *p = (${word})(x * 3);
  ${word} expected = *p;
  if (*p == (${word})(x * ${factor})) *p = 7, expected = (${word})(x * ${factor});
  sum = mix(sum, *p);
  *p |= 8;
  return mix(sum, (u64)(*p + expected));
}
#ifdef ATOMICS
NOINLINE static u64 ${id}_atomic(${word} *p, ${word} x) {
  u64 sum = __atomic_fetch_add(p, x, __ATOMIC_SEQ_CST);
  sum = mix(sum, __atomic_exchange_n(p, (${word})(x * 3), __ATOMIC_ACQ_REL));
  ${word} expected = (${word})(x * ${factor});
  sum = mix(sum, __atomic_compare_exchange_n(p, &expected, 7, 0, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
  sum = mix(sum, __sync_fetch_and_or(p, 8));
  return mix(sum, (u64)(*p + expected));
}
#endif`,
    body: `  u64 sum = 0;
  static volatile u8 turns;
  for (register int i = 0; i < ${turns}; i++) {
    turns++;
${steps.join("\n")}
  }
${types.map((_, k) => `  sum = mix(sum, (u64)${id}g${k});`).join("\n")}
  ${word} first = OPAQUE((${word})${random.u32()}u), second = first, by = OPAQUE((${word})${random.below(1000)});
  u64 plain = ${id}_plain(&first, by);
#ifdef ATOMICS
  check("${id} atomic", plain, ${id}_atomic(&second, by));
#else
  show("${id} atomic", plain);
#endif
  show("${id}", sum);
  check("${id} passes", ${turns}, (u64)turns);`,
  };
};
