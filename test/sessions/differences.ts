/**
 * Every step of the recordings that comes out differently, with the reason. A step is named by its number and what was typed.
 * The test fails when a step differs that is not listed here, when a listed one does not differ any more, and when it differs in
 * another way than `change` says.
 */
import { comparable } from "./masks.ts";
import { session } from "./sessions.ts";

export type Mode = "compat" | "default";

export interface Difference {
  /** A sentence, also for docs/fidelity.md. */
  readonly reason: string;
  readonly modes: readonly Mode[];
  readonly steps: Readonly<Record<string, readonly string[]>>;
  /** Makes of the recorded text (masked, latin-1, CR LF as LF) what the simulator prints. Absent: anything goes. */
  readonly change?: (recorded: string, label: string) => string;
  /** Applied to both sides first: what may be anything. */
  readonly mask?: RegExp;
}

const BOTH: readonly Mode[] = ["compat", "default"];
const COMPAT: readonly Mode[] = ["compat"];
const DEFAULT: readonly Mode[] = ["default"];

const same = (recorded: string) => recorded;
const USED = /(?<=^used memory : )\d+$/gm;

/** What came back in a step of another recording. */
const recordedIn = (name: string, step: number) => comparable(session(name).steps[step].received);

/** The rows of a recorded `ls`. */
const listing = (name: string, step: number) =>
  recordedIn(name, step)
    .match(/^.{20}(?:\d+|<DIR>) +\n/gm)
    ?.join("") ?? "";

/** Without the lines that match. */
const without = (text: string, line: RegExp) =>
  text
    .split("\n")
    .filter((row) => !line.test(row))
    .join("\n");

/** The line that was typed and a prompt. */
const onlyPrompt = (recorded: string) => recorded.replace(/\n[^]*$/, "\nmsh />");

/** What `help` says about the commands that 4.0.4 does not have. */
const LATER_HELP = `list             - list objects
tail             - print the last N-lines data of the given file
hexdump          - print FILE in hexadecimal [offset [length]]
kill             - end a running module
killmod          - end a running module
ry               - YMODEM Receive e.g: ry [path] [uart0] default by console.
sy               - YMODEM Send e.g: sy file... [uart0] default by console.
sync             - write everything to the disk
reboot           - start the system again
`;

const TAIL = `
Total Number of lines:3
Required Number of lines:3
line one
line two
no newline at end
`;

/** How the simulator is meant to differ. */
export const DELIBERATE: readonly Difference[] = [
  {
    reason:
      "There are commands of RT-Thread 5 and some more: list, tail, hexdump, kill, ry, sy, sync, reboot.",
    modes: DEFAULT,
    steps: {
      "01-basic": ["1 help"],
      "02-files": ["42 tail text.txt"],
      "p-lists": ["17 list"],
      "p-quoting": ["33 help help help"],
    },
    change: (recorded, label) => {
      if (/ help/.test(label)) return recorded.replace(/(?<=list_device .*\n)/, LATER_HELP);
      if (/ tail /.test(label)) return recorded.replace("tail: command not found.\n", TAIL);
      return recorded.replace("list: command not found.\n", "USAGE");
    },
    mask: /Usage: list \[options\]\n\[options\]:\n( {4}\w+ +- list [a-z ]+\n){11}|USAGE/,
  },
  {
    reason:
      "The kernel exports more than the original: the whole C library and the compiler's helpers. Programs that miss them there are loaded here.",
    modes: BOTH,
    steps: { "06-undef": ["9 md5", "10 coremark"], "19-symbols": ["1 list_symbols"] },
  },
  {
    reason:
      "`free` counts less: buffers of the file system and the C library are not on the kernel's heap, so that its blocks lie and are rounded otherwise.",
    modes: BOTH,
    steps: { "03-modules": ["6 free", "39 free", "47 free", "51 free", "53 free"] },
    change: same,
    mask: USED,
  },
  {
    reason: "The same, seen at the object that is left of a module that could not be loaded.",
    modes: COMPAT,
    steps: { "14-corrupt": ["12 free", "21 free"], "15-c_memsz": ["5 free"] },
    change: same,
    mask: USED,
  },
  {
    reason:
      "A module that could not be loaded leaves nothing behind; the original keeps its object in some cases.",
    modes: DEFAULT,
    steps: {
      "14-corrupt": ["11 list_module", "12 free", "15 list_module", "18 list_module", "21 free"],
      "15-c_memsz": ["2 list_module", "5 free"],
    },
    change: (recorded) => without(recorded, /^.{8} 1     0x00000000$/).replace(USED, "12876"),
  },
  {
    reason: "Descriptors that a program left open are closed when it ends.",
    modes: DEFAULT,
    steps: { "p-lists": ["15 list_fd"] },
    change: (recorded) => without(recorded, /m_left\.mo/),
  },
  {
    reason: "A failed load does not keep later modules from being loaded.",
    modes: DEFAULT,
    steps: { "06-undef": ["6 hello", "7 hello", "8 t_args 1", "11 cxx"] },
    change: (recorded, label) =>
      recorded +
      (label.endsWith("hello")
        ? "Hello, world\n"
        : label.endsWith("cxx")
          ? "A::a = 100\n"
          : "argc=2\nargv[0]=[t_args]\nargv[1]=[1]\n"),
  },
  {
    reason:
      "A file that ends before what its headers promise is refused; the original reads on in its heap, with varying results.",
    modes: BOTH,
    steps: {
      "14-corrupt": ["20 c_short"],
      "15-c_short": ["1 c_short", "2 list_module", "5 free"],
      "15-c_trunc": ["1 c_trunc"],
    },
    change: (recorded, label) =>
      / (list_module|free)$/.test(label)
        ? without(recorded, /^c_short /).replace(USED, "12876")
        : onlyPrompt(recorded),
  },
  {
    reason:
      "A name of eight letters among those who wait ends; the original prints the bytes behind it, up to a NUL.",
    modes: DEFAULT,
    steps: { "01-basic": ["18 list_mailbox"], "p-lists": ["4 list_mailbox"] },
    change: (recorded) => recorded.replace("1:mmcsd_de\x81", "1:mmcsd_de"),
  },
  {
    reason: "A module for another processor is refused.",
    modes: DEFAULT,
    steps: { "15-c_mach": ["1 c_mach"] },
    change: onlyPrompt,
  },
  {
    reason: "A relocatable file is put together as a linker would, and runs.",
    modes: DEFAULT,
    steps: { "15-c_rel": ["1 c_rel"] },
    change: (recorded) => `${onlyPrompt(recorded)}Hello, world\n`,
  },
  {
    reason:
      "The main thread of a module has 32 KiB of stack instead of 2 KiB, or what the module asks for.",
    modes: DEFAULT,
    steps: {
      "03-modules": ["4 list_thread", "11 list_thread", "22 t_prio"],
      "08-assert": ["4 list_thread"],
      "09-fault": ["2 t_fault"],
      "10-nullcall": ["1 t_nullcal"],
      "13-spin": ["3 list_thread", "6 list_thread"],
    },
    change: (recorded) =>
      recorded
        .replace(/^(t_.{6} +31 .*0xSP )0x00000800/gm, "$10x00008000")
        .replace("stack 2048", "stack 8192"),
  },
  {
    reason:
      "Programs do not wait for the time slice of the idle thread, so that they run a little earlier.",
    modes: DEFAULT,
    steps: { "01-basic": ["25 date"], "03-modules": ["29 t_thread"] },
    change: (recorded) => without(recorded, /^worker [89]$/),
    mask: /(?<=^Mon Jan  1 08:00:)1\d/gm,
  },
  {
    reason:
      "dlopen counts the users of a library, dlclose returns 0, dlerror has a text when there is one, as POSIX says.",
    modes: DEFAULT,
    steps: {
      "04-dl": [
        "1 t_dl",
        "2 t_dl /lib.so",
        "4 t_dl /lib.so x",
        "6",
        "10 t_dl lib.so",
        "11 t_dl",
        "17 t_dl /nofile.so",
        "18 t_dl /text.txt",
      ],
    },
    change: (recorded) =>
      recorded
        .replace("different handle", "same handle")
        .replace("dlclose 1\ndlclose2 1\n", "dlclose 0\n"),
    mask: /(?<=^dlerror: ).*/gm,
  },
  {
    reason:
      "Of libraries, programs and devices that a program leaves behind, the report on standard error tells, which names them; the console shows nothing of it.",
    modes: DEFAULT,
    steps: { "03-modules": ["46 list_event", "52 t_leak"] },
    change: (recorded) =>
      recorded.replace("\x1b[31m[E/DLMD] Unsupported oject type in module.\x1b[0m\n", ""),
  },
  {
    reason: "After an undefined instruction the system goes on, as after other faults.",
    modes: DEFAULT,
    steps: { "11-undef-instr": ["1 t_undins", "2 version"] },
    change: (recorded, label) =>
      label === "2 version"
        ? recordedIn("10-nullcall", 2)
        : recorded
            .replace(/(shutdown\.\.\.\n)[^]*$/, "$1")
            .replace(/^(t_undins.*0xSP )0x00000800/gm, "$10x00008000"),
  },
  {
    reason:
      "A stack overflow ends the program; in the original it destroys the heap, and what follows depends on what lies there.",
    modes: BOTH,
    steps: { "12-stack": ["1 t_stack", "2 version"] },
  },
  {
    reason:
      "A library started as a program runs its ELF header and its symbol names as code: there is no telling where that ends.",
    modes: BOTH,
    steps: { "30-lib-as-mo": ["1 libx"] },
  },
  {
    reason: "It ends at an undefined instruction, after which the original is dead.",
    modes: COMPAT,
    steps: { "30-lib-as-mo": ["2 version", "3 list_module", "4 hello"] },
    change: () => "",
  },
  {
    reason: "`cp` onto an existing file replaces it; the original leaves the rest of a longer one.",
    modes: DEFAULT,
    steps: {
      "p-cp": [
        "7 cat copy.txt",
        "9 cat text.txt",
        "11 ls dir",
        "17 ls dir2",
        "20 ls dir2",
        "23 cat text.txt",
        "27 ls",
        "29 ls emptyd",
      ],
    },
    change: (recorded) =>
      without(recorded, /^(first line|ine|second line)$/)
        // cat ends the output with a line end of its own.
        .replace(/^no end$/m, "")
        .replace(/^((?:text|new)\.txt +)29 /gm, "$17  ")
        .replace(/^(copy\.txt +)29 /gm, "$10  "),
  },
  {
    reason: "`ls ..` and other paths that begin with `..` work.",
    modes: DEFAULT,
    steps: { "p-ls": ["12 ls ..", "18 ls ..", "19 ls ../dir/sub"] },
    change: (recorded, label) =>
      recorded.replace(/(?=msh )/, listing("p-ls", label === "19 ls ../dir/sub" ? 6 : 1)),
  },
  {
    reason: "`mv` to another spelling of the same name keeps the file; the original deletes it.",
    modes: DEFAULT,
    steps: { "p-mv": ["23 ls", "25 ls"] },
    change: (recorded) =>
      recorded.replace(/(?=Long file)/, "BIN.DAT             101                      \n"),
  },
  {
    reason:
      "A partition entry that reaches behind the end of the card is cut there, so `mkfs` makes a smaller file system.",
    modes: BOTH,
    steps: { "p-mkfs": ["9 df"] },
    // 131072 sectors of the card instead of 132048 of the entry.
    change: (recorded) =>
      recorded.replace("64.4 MB [ 131944", `63.9 MB [ ${131944 - 132048 + 131072}`),
  },
  {
    reason: "The C-style shell has no addresses of functions.",
    modes: BOTH,
    steps: { "20-finsh": ["9 hello"] },
    change: (recorded) => recorded.replace(/\tADDRESS/, "Unknown symbol"),
  },
];

/** What the original does and the simulator does not do yet, or not exactly. */
export const OPEN: readonly Difference[] = [
  {
    reason:
      "dlerror takes 128 bytes of the heap for its text: the original has only the constant TODO, which is printed here too, but from the buffer that errors with names need.",
    modes: BOTH,
    steps: { "04-dl": ["19 free"] },
    change: (recorded) => recorded.replace(USED, String(12876 + 128 + 16)),
  },
  {
    reason:
      "The second fault report of an undefined instruction does not count against the stack of tidle0: the original prints it there, here reports are made outside of the guest.",
    modes: COMPAT,
    steps: { "11-undef-instr": ["1 t_undins"] },
    change: (recorded) => recorded.replace(/^(tidle0 .* )55%/gm, "$114%"),
  },
  {
    reason:
      "The high-water mark of the shell's stack, in a fault report: the loader runs outside of the guest, so that the mark is one figure for every module; the original took less for this one.",
    modes: COMPAT,
    steps: { "15-c_rel": ["1 c_rel"] },
    change: (recorded) => recorded.replace(/^(tshell .* )25%/gm, "$126%"),
  },
  {
    reason:
      "The high-water mark of the shell's stack is 26 % before it has to be: the same figure stands for modules that are refused, for which the original's loader does not go as deep.",
    modes: BOTH,
    steps: {
      "15-c_mach": ["3 list_thread"],
      "15-c_memsz": ["3 list_thread"],
      "15-c_rel": ["3 list_thread"],
      "15-c_short": ["3 list_thread"],
      "15-c_trunc": ["3 list_thread"],
    },
    change: (recorded) => recorded.replace(/^(tshell .* )25%/gm, "$126%"),
  },
];

/** What is listed for a session in a mode, by label. */
export function listed(name: string, mode: Mode): Map<string, Difference> {
  const found = new Map<string, Difference>();
  for (const difference of [...DELIBERATE, ...OPEN]) {
    if (!difference.modes.includes(mode)) continue;
    for (const label of difference.steps[name] ?? []) {
      if (found.has(label)) throw new Error(`${name}: ${label} is listed twice`);
      found.set(label, difference);
    }
  }
  return found;
}
