/** ry and sy with nobody at the other end: what a person sees, and how it is left. */
import { expect, setDefaultTimeout } from "bun:test";
import { scratch } from "../cli/binary.ts";
import { Client, Host } from "../serial/host.ts";
import { atPrompt, name, run } from "./person.ts";

setDefaultTimeout(60_000);

run(name("in a terminal Ctrl-C, or Ctrl-X twice, ends ry and sy, and a line says so"), async () => {
  await using person = await atPrompt();
  for (const [command, whom] of [
    ["ry", "sender"],
    ["sy readme.txt", "receiver"],
  ]) {
    for (const keys of ["\x03", "\x18\x18"]) {
      person.type(`${command}\r`);
      await person.sees(
        `rtt-sim: waiting for a ${whom} on uart0; Ctrl-C, or Ctrl-X twice, cancels\r\n`,
      );
      const start = performance.now();
      person.type(keys);
      await person.sees(/cancelled( by the other side)?\r\nmsh \/>/);
      expect(performance.now() - start).toBeLessThan(5000);
      expect(await person.line("pwd")).toContain("pwd\r\n/\r\nmsh />");
    }
  }
});

run(name("a transfer over the other line is ended at the console too"), async () => {
  await using person = await atPrompt(["--serial1", "tcp:0"]);
  person.type("ry . uart1\r");
  await person.sees("waiting for a sender on uart1; Ctrl-C, or Ctrl-X twice, cancels");
  person.type("\x03");
  await person.sees("cancelled\r\nmsh />");
  person.type("sy readme.txt uart1\r");
  await person.sees("waiting for a receiver on uart1");
  person.type("\x18\x18");
  await person.sees("cancelled\r\nmsh />");
  expect(await person.line("pwd")).toContain("\r\n/\r\nmsh />");
});

run(name("what cannot come about is refused before anybody waits"), async () => {
  using dir = scratch();
  for (const argv of [[], ["--serial1", "null"], ["--serial1", `file:${dir.path("uart1")}`]]) {
    await using person = await atPrompt(argv);
    const refused = async (line: string): Promise<string> => {
      const start = performance.now();
      const answer = await person.line(line);
      expect(performance.now() - start).toBeLessThan(2000);
      return answer;
    };
    expect(await refused("ry . uart1")).toBe("ry . uart1\r\nnobody can answer on uart1\r\nmsh />");
    expect(await refused("sy readme.txt uart1")).toContain("\r\nnobody can answer on uart1\r\n");
    expect(await refused("ry nowhere/file")).toBe(
      "ry nowhere/file\r\ncannot create nowhere/file\r\nmsh />",
    );
    expect(await refused("sy nope")).toBe("sy nope\r\ncannot open nope\r\nmsh />");
    expect(await refused("ls new.bin")).not.toMatch(/^new\.bin/m);
  }
});

run(
  name("on a serial line the prompt comes at once, too, and stderr says what is waited for"),
  async () => {
    await using host = new Host(["--serial", "tcp:0"]);
    const client = await Client.connect(await host.where());
    await client.sees("msh />");
    const start = performance.now();
    expect(await client.line("sy nope")).toBe("sy nope\r\ncannot open nope\r\nmsh />");
    expect(performance.now() - start).toBeLessThan(2000);
    expect(await client.line("Cat readme.txt")).toContain("Cat: command not found.");
    client.send("ry new.bin\r");
    await client.sees("ry new.bin\r\nC");
    await host.says("rtt-sim: waiting for a sender on uart0; Ctrl-X twice cancels\n");
    client.send("\x18\x18");
    await client.sees("cancelled by the other side\r\nmsh />");
    // The trial left nothing.
    expect(await client.line("ls")).not.toContain("new.bin");
  },
);
