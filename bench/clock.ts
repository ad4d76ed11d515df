/** CPU time of this process in milliseconds: other processes on the machine do not count, but threads of the compiler do. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** CPU milliseconds of one call. */
export function timed(run: () => void): number {
  const start = cpuTime();
  run();
  return cpuTime() - start;
}
