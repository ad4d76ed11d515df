import manifest from "../../package.json";

export const VERSION = `rtt-sim ${manifest.version} (RT-Thread 4.0.4 uniprocessor profile, Bun ${Bun.version})\n`;
