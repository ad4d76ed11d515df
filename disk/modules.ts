/** Every guest binary of the repository and the source it is built from. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Kind, type ModuleJob, ROOT, type Target } from "./toolchain.ts";

/** What the default disk offers, once for each kind of processor. */
export const DISK_MODULES: readonly {
  name: string;
  source: string;
  cflags?: readonly string[];
  libs?: readonly string[];
}[] = [
  { name: "hello.mo", source: "hello.c" },
  { name: "lib.so", source: "lib.c" },
  { name: "dltest.mo", source: "dltest.c" },
  { name: "threads.mo", source: "threads.c" },
  { name: "cxx.mo", source: "cxx.cpp" },
  { name: "md5.mo", source: "md5.c" },
  // Thumb-1 code branches into tables through a helper of libgcc, which only a long call could reach in the kernel.
  { name: "bench.mo", source: "bench.c", cflags: ["-O2"], libs: ["-lgcc"] },
];

/** Processor -> folder of the default disk. */
export const DISK_TARGETS: readonly { target: Target; folder: string }[] = [
  { target: "a9", folder: "/" },
  { target: "thumb", folder: "/thumb/" },
  { target: "m0", folder: "/m0/" },
];

function diskJobs(): ModuleJob[] {
  return DISK_TARGETS.flatMap(({ target, folder }) =>
    DISK_MODULES.map((module) => ({
      source: join(ROOT, "disk", module.source),
      output: join(ROOT, "disk/prebuilt", target, module.name),
      target,
      kind: kindOf(module.name),
      cflags: [...(module.cflags ?? []), `-DLIBRARY="${folder}lib.so"`],
      libs: module.libs,
    })),
  );
}

/** Processors for which the corpus is built: the C library has functions of its own for the float ABI of the second. */
const CORPUS_TARGETS = ["a9", "hard"] as const;

/** Programs that call what programs spend their time in, for the build of the binary. */
export const CORPUS = CORPUS_TARGETS.map((target) =>
  join(ROOT, "disk/prebuilt", target, "corpus.mo"),
);

function corpusJobs(): ModuleJob[] {
  return CORPUS_TARGETS.map((target, k) => ({
    source: join(ROOT, "disk/corpus.c"),
    output: CORPUS[k],
    target,
    kind: "mo",
    cflags: ["-w", "-O1", "-fno-builtin", "-D_GNU_SOURCE"],
  }));
}

function kindOf(name: string): Kind {
  return name.endsWith(".so") ? "so" : "mo";
}

const PROBE_FLAGS = ["-w", "-O1"];

/** The libraries among the probes of the system. */
const PROBE_LIBRARIES = ["l_one.c", "l_two.c"];

function probeJobs(): ModuleJob[] {
  const jobs: ModuleJob[] = [];
  for (const [folder, cflags] of [
    ["kernel", PROBE_FLAGS],
    ["system", [...PROBE_FLAGS, "-fno-builtin"]],
  ] as const) {
    const at = join(ROOT, "test/fixtures/probes", folder);
    for (const source of sources(at)) {
      const kind = PROBE_LIBRARIES.includes(source) ? "so" : "mo";
      jobs.push({
        source: join(at, source),
        output: join(at, source.replace(/c$/, kind)),
        target: "a9",
        kind,
        cflags,
        libs: ["-lgcc"],
      });
    }
  }
  return jobs;
}

/**
 * The other sources below test/fixtures say how they are built in a comment `build: WORD ...`: a target, `so` or `rel`
 * for another kind than `.mo`, `-l...` for a library, anything else for the compiler. Nothing said: the documented flags.
 */
function fixtureJobs(folder: string): ModuleJob[] {
  const at = join(ROOT, "test/fixtures", folder);
  return sources(at).map((source) => {
    const words =
      /\bbuild: *(.*?)\s*(?:\*\/)?$/m
        .exec(readFileSync(join(at, source), "utf8"))?.[1]
        .split(/\s+/) ?? [];
    const take = (test: (word: string) => boolean) => {
      const taken = words.filter(test);
      for (const word of taken) words.splice(words.indexOf(word), 1);
      return taken;
    };
    const target = take((word) => ["a9", "thumb", "m0", "hard"].includes(word))[0] as Target;
    const kind = (take((word) => ["so", "rel"].includes(word))[0] ?? "mo") as Kind;
    const libs = take((word) => word.startsWith("-l"));
    return {
      source: join(at, source),
      output: join(at, source.replace(/(c|cpp)$/, kind === "rel" ? "mo" : kind)),
      target: target ?? "a9",
      kind,
      libs,
      cflags: ["-w", ...words],
    };
  });
}

/** One kind of mistake each, with debugging information, for two kinds of processor. */
function faultJobs(): ModuleJob[] {
  const at = join(ROOT, "test/fixtures/faults");
  return sources(at).flatMap((source) =>
    (["a9", "thumb"] as const).map((target) => ({
      source: join(at, source),
      output: join(at, source.replace(/\.c$/, `-${target}.mo`)),
      target,
      kind: "mo",
      whole: true,
      cflags: ["-w", "-gdwarf-4"],
    })),
  );
}

/** C and C++ files of a folder, sorted; none when there is no such folder. */
function sources(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.(c|cpp)$/.test(name))
      .sort();
  } catch {
    return [];
  }
}

/** What the benches of the kernel and the shell run. */
function benchJobs(): ModuleJob[] {
  return ["kernel/programs/load", "shell/programs/print"].map((name) => {
    const at = join(ROOT, "bench", name);
    return { source: `${at}.c`, output: `${at}.mo`, target: "a9", kind: "mo", cflags: ["-O2"] };
  });
}

/** The suite against the kernel's interface: plain programs, and C++ with exceptions, for which ld needs a word about imported types. */
function utestJobs(): ModuleJob[] {
  const at = join(ROOT, "test/utest");
  const suite = sources(join(at, "suite")).map((source) => join("suite", source));
  const five = sources(join(at, "five")).map((source) => join("five", source));
  return [...sources(at), ...suite, ...five].map((source) => {
    const cxx = source.endsWith(".cpp");
    const abi = source.startsWith("five") ? ["-DRTT_SIM_ABI=5"] : [];
    return {
      source: join(at, source),
      output: join(at, source.replace(/(c|cpp)$/, "mo")),
      target: "a9",
      kind: "mo",
      cflags: [
        "-O1",
        "-D_GNU_SOURCE",
        "-fno-builtin",
        ...abi,
        ...(cxx ? ["-fexceptions", "-frtti"] : []),
      ],
      libs: cxx ? ["-Wl,--target2=got-rel"] : [],
    };
  });
}

/** Programs that the recorded sessions start beside the fixtures of their own. */
function sessionJobs(): ModuleJob[] {
  const out = (name: string) => join(ROOT, "test/fixtures/sessions", name);
  const disk = (name: string) => join(ROOT, "disk", name);
  const target = "a9";
  return [
    { source: disk("hello.c"), output: out("hello_o2.mo"), target, kind: "mo", cflags: ["-O2"] },
    {
      source: disk("hello.c"),
      output: out("hello_th.mo"),
      target: "thumb",
      kind: "mo",
      cflags: ["-O2"],
    },
    { source: disk("hello.c"), output: out("c_rel.mo"), target, kind: "rel" },
    { source: disk("md5.c"), output: out("md5_o2.mo"), target, kind: "mo", cflags: ["-O2"] },
    {
      source: disk("md5.c"),
      output: out("md5_huge.mo"),
      target,
      kind: "mo",
      cflags: ["-DBLOCK=0x1000000"],
    },
  ];
}

export function allJobs(): ModuleJob[] {
  return [
    ...diskJobs(),
    ...corpusJobs(),
    ...probeJobs(),
    ...fixtureJobs("transcripts"),
    ...fixtureJobs("dl"),
    ...fixtureJobs("modules"),
    ...fixtureJobs("smoke"),
    ...faultJobs(),
    ...sessionJobs(),
    ...utestJobs(),
    ...benchJobs(),
  ];
}
