// What do a debugger, profiles and coverage cost: bun bench/debug/bench.ts [--quick]
import { showSection } from "../figure.ts";
import { section } from "./figures.ts";

const figures = await section.figures(process.argv.includes("--quick"));
console.log(showSection(section.question, figures));
