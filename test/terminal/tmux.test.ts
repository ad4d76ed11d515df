/** The screen of a terminal nobody here wrote: what tmux shows of the rich line editor. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { BINARY, ROOT } from "../cli/binary.ts";
import { available } from "./person.ts";

setDefaultTimeout(60_000);
const TMUX = Bun.which("tmux");
const ready = available && TMUX !== null;
/** Each test has a server of its own: one that is told to end takes a while. */
let server = 0;

const tmux = (...argv: string[]): string => {
  const { stdout } = Bun.spawnSync(
    [TMUX!, "-u", "-L", `rtt-sim-test-${process.pid}-${server}`, "-f", "/dev/null", ...argv],
    {
      cwd: ROOT,
      env: { ...process.env, XDG_STATE_HOME: "/dev/null/nowhere", TERM: "xterm-256color" },
    },
  );
  return stdout.toString();
};

/** The rows from the last prompt on, when they are what is expected or time is up. */
async function shows(expected: readonly (string | RegExp)[], cursor?: string): Promise<void> {
  const look = () => {
    const rows = tmux("capture-pane", "-p").trimEnd().split("\n");
    const at = rows.findLastIndex((row) => row.startsWith("msh /"));
    return {
      rows: rows.slice(at),
      cursor: tmux("display-message", "-p", `#{cursor_x},#{e|-:#{cursor_y},${at}}`).trim(),
    };
  };
  const right = ({ rows, cursor: place }: typeof seen): boolean =>
    rows.length === expected.length &&
    rows.every((row, i) => {
      const wanted = expected[i];
      return typeof wanted === "string" ? row === wanted : wanted.test(row);
    }) &&
    (cursor === undefined || place === cursor);
  let seen = look();
  for (let i = 0; i < 100 && !right(seen); i++) {
    await Bun.sleep(50);
    seen = look();
  }
  if (right(seen)) return;
  expect(seen).toEqual({ rows: expected.map(String), cursor: String(cursor) });
}

/** All rows, once the text is among them. */
async function appears(text: string): Promise<string[]> {
  let seen = "";
  for (let i = 0; i < 200 && !seen.includes(text); i++) {
    if (i > 0) await Bun.sleep(50);
    seen = tmux("capture-pane", "-p", "-S", "-100").trimEnd();
  }
  expect(seen).toContain(text);
  return seen.split("\n");
}

(ready ? test : test.skip)(
  "tmux shows lines that wrap, wide characters and edits as they are meant (needs ./rtt-sim and tmux)",
  async () => {
    tmux("new-session", "-d", "-x", "20", "-y", "16", `${BINARY} --snapshot disk/disk.img`);
    try {
      await shows(["msh />"], "6,0");
      tmux("send-keys", "-l", "0123456789abcdefghij");
      await shows(["msh />0123456789abcd", "efghij"], "6,1");
      tmux("send-keys", "Home");
      await shows(["msh />0123456789abcd", "efghij"], "6,0");
      tmux("send-keys", "-l", "XY");
      await shows(["msh />XY0123456789ab", "cdefghij"], "8,0");
      tmux("send-keys", "Delete", "End", "BSpace", "BSpace");
      await shows(["msh />XY123456789abc", "defgh"], "5,1");
      // A row that is exactly full, and one that a wide character does not fit into.
      tmux("send-keys", "C-u", "C-u");
      tmux("send-keys", "-l", "0123456789abcd");
      await shows(["msh />0123456789abcd"], "0,1");
      tmux("send-keys", "BSpace");
      tmux("send-keys", "-l", "\u4e2d\u6587");
      await shows(["msh />0123456789abc", "\u4e2d\u6587"], "4,1");
      tmux("send-keys", "Left", "Left", "Left", "C-k");
      await shows(["msh />0123456789ab"], "18,0");
      // What terminals do not agree about: a hand with its colour, a family, a flag, a heart that is an emoji by a mark.
      for (const cell of [
        "\u{1f44d}\u{1f3fd}",
        "\u{1f468}\u200d\u{1f467}",
        "\u{1f1e9}\u{1f1ea}",
        "\u2764\ufe0f",
        "e\u0301",
      ]) {
        tmux("send-keys", "C-u");
        tmux("send-keys", "-l", `ab${cell}cd`);
        await shows([/^msh \/>ab.+cd$/u]);
        tmux("send-keys", "Left", "Left", "Left", "X");
        await shows([/^msh \/>abX.+cd$/u], "9,0");
        tmux("send-keys", "End", "BSpace", "BSpace", "BSpace", "Y");
        await shows(["msh />abXY"], "10,0");
      }
      tmux("send-keys", "C-u");
      // The same over several rows: nothing is left above or below when the line is gone.
      tmux("send-keys", "C-u", "C-l");
      await shows(["msh />"], "6,0");
      for (const cell of ["\u{1f44d}\u{1f3fd}", "1\ufe0f\u20e3", "\u{1f1e9}\u{1f1ea}"]) {
        tmux("send-keys", "-l", `${cell.repeat(15)} x`);
        tmux("send-keys", "Left", "Left", "Left", "Q", "Home");
        tmux("send-keys", "-l", "aaaaaaaaaa");
        tmux("send-keys", "End", "BSpace", "BSpace", "BSpace", "Z");
        await appears("Z");
        tmux("send-keys", "C-u");
        await shows(["msh />"], "6,0");
        expect(tmux("capture-pane", "-p").trimEnd()).toBe("msh />");
      }
      // What the simulator shows goes below a line that wraps, wherever the cursor is, and the line comes again.
      tmux("send-keys", "-l", "0123456789abcdefghijklmnopqrstuvwxyz");
      tmux("send-keys", "Home", "Right");
      const line = ["msh />0123456789abcd", "efghijklmnopqrstuvwx", "yz"];
      await shows(line, "7,0");
      tmux("send-keys", "C-a", "h");
      const help = await appears("Ctrl-A x");
      const from = help.findLastIndex((row) => row.startsWith("Ctrl-A x"));
      expect(help.slice(from - 3, from)).toEqual(line);
      await shows(line, "7,0");
      tmux("send-keys", "C-a", "c");
      const monitor = await appears("The system goes on");
      const open = monitor.findLastIndex((row) => row.startsWith("The system goes on"));
      expect(monitor.slice(open - 3, open)).toEqual(line);
      // The same with the monitor's own line, which Ctrl-A c gives up.
      tmux("send-keys", "-l", "0123456789abcdef");
      await appears("(rtt-sim) 0123456789\nabcdef");
      tmux("send-keys", "Home", "C-a", "c");
      await shows(line, "7,0");
      const closed = await appears("(rtt-sim) ");
      expect(closed.slice(-5, -3)).toEqual(["(rtt-sim) 0123456789", "abcdef"]);
      tmux("send-keys", "C-c");
      await shows(["msh />"], "6,0");
      tmux("send-keys", "C-r");
      tmux("send-keys", "-l", "x");
      tmux("send-keys", "C-g", "C-u");
      await shows(["msh />"], "6,0");
    } finally {
      tmux("kill-server");
    }
  },
);

(ready ? test : test.skip)(
  "tmux shows a prompt of several rows once, and no part of what the terminal is too narrow for (needs ./rtt-sim and tmux)",
  async () => {
    server++;
    const folder = "abcdefghijklmnopqrstu";
    tmux("new-session", "-d", "-x", "12", "-y", "16", `${BINARY} --snapshot disk/disk.img`);
    try {
      await shows(["msh />"], "6,0");
      tmux("send-keys", "-l", `mkdir ${folder}`);
      tmux("send-keys", "Enter");
      await shows(["msh />"], "6,0");
      tmux("send-keys", "-l", `cd ${folder}`);
      tmux("send-keys", "Enter");
      const prompt = ["msh /abcdefg", "hijklmnopqrs", "tu>"];
      await shows(prompt, "3,2");
      tmux("send-keys", "C-l", "Enter");
      tmux("send-keys", "-l", "xyz");
      await shows([...prompt.slice(0, 2), "tu>xyz"], "6,2");
      tmux("send-keys", "C-u");
      await shows(prompt, "3,2");
      // Nor is one left above.
      const all = tmux("capture-pane", "-p").trimEnd().split("\n");
      expect(all).toEqual([...prompt, ...prompt]);
      // Four people are eight columns where each is shown for itself.
      tmux("resize-window", "-x", "7", "-y", "16");
      const narrow = ["msh /ab", "cdefghi", "jklmnop", "qrstu>"];
      // The editor hears of the new width some time later: only then does Ctrl-L leave nothing behind.
      for (let i = 0; i < 100; i++) {
        tmux("send-keys", "C-l");
        await shows(narrow, "6,3");
        if (tmux("capture-pane", "-p").trimEnd() === narrow.join("\n")) break;
        await Bun.sleep(50);
      }
      tmux("send-keys", "-l", "\u{1f468}\u200d\u{1f469}\u200d\u{1f467}\u200d\u{1f466}z");
      await shows(["msh /ab", "cdefghi", "jklmnop", "qrstu>?", "z"], "1,4");
      tmux("send-keys", "BSpace", "BSpace");
      await shows(narrow, "6,3");
      expect(tmux("capture-pane", "-p").trimEnd().split("\n")).toEqual(narrow);
    } finally {
      tmux("kill-server");
    }
  },
);

(ready ? test : test.skip)(
  "keys that draw the line anew in the first row leave nothing in tmux's history (needs ./rtt-sim and tmux)",
  async () => {
    server++;
    tmux("new-session", "-d", "-x", "40", "-y", "16", `${BINARY} --snapshot disk/disk.img`);
    const kept = (): string => tmux("display-message", "-p", "#{history_size}").trim();
    try {
      await shows(["msh />"], "6,0");
      tmux("send-keys", "-l", "abcdef");
      tmux("send-keys", "C-l");
      // What was on the screen goes to the history once.
      const place = (): string => tmux("display-message", "-p", "#{cursor_x},#{cursor_y}").trim();
      for (let i = 0; i < 100 && place() !== "12,0"; i++) await Bun.sleep(50);
      expect(place()).toBe("12,0");
      const before = kept();
      // In the middle of a line nearly every key draws all of it.
      tmux("send-keys", "Home", "x", "y", "z", "Delete", "BSpace", "C-k");
      await shows(["msh />xy"], "8,0");
      expect(kept()).toBe(before);
    } finally {
      tmux("kill-server");
    }
  },
);
