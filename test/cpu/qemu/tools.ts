/** The programs of a Debian machine these tests compare with: qemu-user and the arm-none-eabi toolchain. */

const PREFIX = "arm-none-eabi-";
const NEEDED = ["gcc", "as", "ld", "objcopy", "objdump", "nm"].map((tool) => PREFIX + tool);

/** Why a test that needs `tools` cannot run here, or undefined when it can. */
export function missing(...tools: string[]): string | undefined {
  const absent = tools.filter((tool) => !Bun.which(tool));
  return absent.length ? `not installed: ${absent.join(", ")}` : undefined;
}

export const noToolchain = missing(...NEEDED);
export const noQemu = missing("qemu-arm");

export interface Output {
  readonly status: number;
  readonly stdout: Uint8Array;
  readonly stderr: string;
}

/** Runs a command to its end; `status` is 128 + signal for a killed one, as in a shell. */
export function run(command: string[], timeout = 60_000): Output {
  const child = Bun.spawnSync(command, {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout,
  });
  const status = child.exitCode ?? 128 + (child.signalCode ? 1 : 0);
  return { status, stdout: child.stdout, stderr: child.stderr.toString() };
}

/** Runs a tool of the cross toolchain and insists on success. */
export function tool(name: string, ...args: string[]): string {
  const { status, stdout, stderr } = run([PREFIX + name, ...args], 300_000);
  if (status !== 0) throw new Error(`${PREFIX}${name} ${args.join(" ")}: ${status}\n${stderr}`);
  return Buffer.from(stdout).toString("latin1");
}

/** Runs a static ARM executable under qemu-arm, with every optional instruction present. */
export function qemu(elf: string, timeout?: number): Output {
  return run(["qemu-arm", "-cpu", "max", elf], timeout);
}
