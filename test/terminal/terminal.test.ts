/** The shell as a person at a real terminal has it: the compiled binary on a pseudo terminal. */
import { expect, setDefaultTimeout } from "bun:test";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { scratch } from "../cli/binary.ts";
import { atPrompt, name, Person, run } from "./person.ts";

setDefaultTimeout(60_000);

const KEYS = join(import.meta.dir, "../fixtures/modules/keys.mo");

run(
  name("commands run, a program runs, Ctrl-A x leaves with 0 and the terminal is as before"),
  async () => {
    await using person = await atPrompt();
    expect(person.sane).toBe(false);
    expect(await person.line("pwd")).toBe("pwd\r\n/\r\nmsh />");
    person.type("hello\r");
    await person.sees("Hello, world");
    person.type("\x01x");
    expect(await person.code()).toBe(0);
    expect(person.sane).toBe(true);
  },
);

run(name("every key of the editor, seen in what is executed"), async () => {
  await using person = await atPrompt();
  const executed = async (keys: string): Promise<string> => {
    person.type(`${keys}\r`);
    const text = await person.sees(/\r\n\S*: command not found\.\r\n/);
    await person.sees("msh />");
    return /(\S*): command not found/.exec(text)?.[1] ?? "";
  };
  expect(await executed("bc\x1b[Ha")).toBe("abc");
  expect(await executed("bc\x1bOHa\x1bOFd")).toBe("abcd");
  expect(await executed("bc\x1b[1~a\x1b[4~d")).toBe("abcd");
  expect(await executed("xabc\x1b[H\x1b[3~")).toBe("abc");
  expect(await executed("ac\x1b[Db\x1b[Cd")).toBe("abcd");
  expect(await executed("abx\x7fc")).toBe("abc");
  expect(await executed("abx\bc")).toBe("abc");
  expect(await executed("bc\x01\x01a\x05d")).toBe("abcd");
  expect(await executed("xyz\x15abc")).toBe("abc");
  expect(await executed("abcxyz\x02\x02\x02\x0b")).toBe("abc");
  expect(await executed("x y\x17\x17abc")).toBe("abc");
  expect(await executed("b-c\x1b[1;5D\x1b[1;5Da\x1b[1;5C!")).toBe("ab!-c");
  expect(await executed("ab\x15cd\x19")).toBe("cdab");
  expect(await executed("\x1b[A")).toBe("cdab");
  expect(await executed("new\x1b[A\x1b[B!")).toBe("new!");
  expect(await executed("\x12b!\x1b[F?")).toBe("ab!-c?");
  expect(await executed("\xe9\u4e2d\x1b[D\x1b[D\x1b[3~")).toBe(
    Buffer.from("\u4e2d").toString("latin1"),
  );
  person.type("abc\x03");
  await person.sees("abc^C\r\nmsh />");
  person.type("abc\x0c");
  await person.sees("\x1b[2J\x1b[H");
});

run(name("Ctrl-C while a program reads: the shell, which is before it, gets the key"), async () => {
  using dir = scratch();
  mkdirSync(dir.path("disk"));
  copyFileSync(KEYS, dir.path("disk/keys.mo"));
  await using person = new Person([dir.path("disk")]);
  await person.sees("msh />");
  person.type("keys\r");
  await person.sees("program reads");
  // It has priority 31, the shell 20: every key is the shell's, and the program goes on waiting.
  person.type("abc\x03");
  await person.sees("abc^C\r\nmsh />");
  expect(await person.line("pwd")).toContain("\r\n/\r\n");
  expect(await person.line("list_thread")).toMatch(/\r\nkeys +31 /);
  expect(person.seen).not.toContain("program: ");
  await person.line("kill keys");
  // A command of a module runs in the shell's thread: there it is a byte like any other.
  await person.line("keys wait");
  person.type("keys\r");
  await person.sees("command reads");
  person.type("a\x03");
  await person.sees("command: 97\r\ncommand: 3\r\n");
  person.type("q");
  await person.sees("command has read\r\nmsh />");
  await person.line("kill keys");
  expect(await person.line("list_thread")).not.toContain("\r\nkeys ");
});

run(name("Ctrl-C at the prompt: with plain editing it is a byte of the line"), async () => {
  await using plain = await atPrompt(["--editing", "plain"]);
  expect(await plain.line("\x03")).toBe("\x03\r\n\x03: command not found.\r\nmsh />");
});

run(
  name("TAB completes commands, modules without .mo, those of /bin, paths and arguments"),
  async () => {
    await using person = await atPrompt();
    await person.line("mkdir bin");
    await person.line("cp md5.mo /bin/tool.mo");
    await person.line("mkdir long_directory");
    expect(await tab(person, "vers")).toBe("version ");
    expect(await tab(person, "thre")).toBe("threads ");
    expect(await tab(person, "too")).toBe("tool ");
    expect(await tab(person, "cat read")).toBe("cat readme.txt ");
    expect(await tab(person, "cd long")).toBe("cd long_directory/");
    expect(await tab(person, "list mut")).toBe("list mutex ");
    expect(await tab(person, "list_m")).toContain(
      "\r\nlist_mailbox   list_mempool   list_msgqueue\r\n",
    );
    expect(await tab(person, "nothing_like_it")).toBe("nothing_like_it\x07");
  },
);

/** What the line is behind TAB: it is given up and shown with its `^C`. */
async function tab(person: Person, text: string): Promise<string> {
  person.type(`${text}\t`);
  await Bun.sleep(50);
  person.type("\x03");
  const shown = await person.sees(/\^C\r\nmsh [^\r\n]*>/);
  const line = shown.slice(0, shown.indexOf("^C"));
  const at = line.lastIndexOf("msh />");
  return at < 0 || line.includes("\n") ? line : line.slice(at + 6);
}

run(
  name("the line wraps at the width of the terminal, and is broken anew when that changes"),
  async () => {
    await using person = await atPrompt([], { columns: 20 });
    person.type("0123456789abcdefghij\x1b[H");
    await person.sees("\x1b[1A");
    person.terminal.resize(40, 24);
    await person.sees("msh />0123456789abcdefghij");
    person.type("X\r");
    await person.sees("X0123456789abcdefghij: command not found.");
  },
);

run(name("10 KB pasted: every line is executed, none is lost"), async () => {
  await using person = await atPrompt();
  const lines = Array.from({ length: 400 }, (_, i) => `echo "paste number ${i} of many"`);
  expect(lines.join("\r").length).toBeGreaterThan(10_000);
  person.type(`${lines.join("\r")}\r`);
  await person.sees("\r\npaste number 399 of many\r\nmsh />");
  const printed = person.seen.match(/\r\npaste number (\d+) of many\r\n/g) ?? [];
  expect(printed.length).toBe(400);
});

run(
  name("Ctrl-A h shows help, Ctrl-A s counters, Ctrl-A c a prompt that looks at the machine"),
  async () => {
    await using person = await atPrompt();
    person.type("ab\x01h");
    await person.sees("Ctrl-A x       leave rtt-sim\r\n");
    // The line is still there, and is shown again.
    await person.sees("msh />ab");
    person.type("\x15");
    person.type("\x01s");
    await person.sees(/instructions +\d+\r\n/);
    person.type("\x01c");
    await person.sees("(rtt-sim) ");
    person.type("threads\r");
    await person.sees("tshell");
    // The keys of the shell's editor: the line before, its start, the line before that one, TAB.
    person.type("\x1b[A\x1bOHno\r");
    await person.sees("nothreads: not known");
    person.type("\x1b[A\x1b[A\r");
    await person.sees("tshell");
    person.type("st\t\r");
    await person.sees(/\(rtt-sim\) stats\r\ninstructions +\d+\r\n/);
    // A line given up, and what is not ASCII.
    person.type("qu\x03\u00e4\r");
    await person.sees(
      Buffer.from("qu^C\r\n(rtt-sim) \u00e4\r\n\u00e4: not known").toString("latin1"),
    );
    // Help leaves the line as it was.
    person.type("mod\x01hules\r");
    await person.sees("(rtt-sim) modules\r\nno module is loaded");
    person.type("cont\r");
    await person.sees("msh />");
    expect(await person.line("pwd")).toContain("\r\n/\r\n");
    // Ctrl-D behind nothing closes it too; what was typed there is no line of the guest's.
    person.type("\x01c");
    await person.sees("(rtt-sim) ");
    person.type("x\x7f\x04");
    await person.sees("msh />");
    person.type("\x1b[A\r");
    await person.sees("pwd\r\n/\r\n");
    await using plain = await atPrompt(["--editing", "plain"]);
    plain.type("pwx\x1b[D\x01z");
    await plain.sees("Ctrl-A x       leave rtt-sim");
    await plain.sees("msh />pwx\b");
    person.type("\x01cquit\r");
    await person.sees("(rtt-sim) quit\r\n");
    const behind = person.seen.length;
    expect(await person.code()).toBe(0);
    expect(person.seen.slice(behind)).not.toContain("(rtt-sim)");
    expect(person.sane).toBe(true);
  },
);

run(name("keys that arrive together go where they were meant to"), async () => {
  await using person = await atPrompt();
  person.type("pwd\r\x01cmodules\rcont\recho behind\r\x01cnonsense\r\x01cecho last\r");
  await person.sees("\r\nlast\r\nmsh />");
  for (const text of [
    "pwd\r\n/\r\n",
    "no module is loaded\r\n",
    "\r\nbehind\r\n",
    "nonsense: not known",
  ])
    expect(person.seen.split(text).length).toBe(2);
  expect(person.seen).not.toContain("not found");
});

run(
  name("with --compat 4.0.4 and with --editing plain the keys are those of the board"),
  async () => {
    for (const options of [
      ["--compat", "4.0.4"],
      ["--editing", "plain"],
    ]) {
      await using person = await atPrompt(options);
      person.type("ab\x1b[D\x1b[Hc");
      // Home inserts its letter.
      await person.sees("ab\bHb\bcb\b");
      expect(await person.line("")).toContain("aHcb: command not found.");
      for (let i = 0; i < 7; i++) await person.line(`cd /${i}`);
      person.type("\x1b[A".repeat(9));
      // Five lines are kept.
      await person.sees("\x1b[2K\rmsh />cd /2");
      expect(person.seen.endsWith("cd /2")).toBe(true);
    }
  },
);
