// One approach, one input, in a process of its own: node bench/sample.mjs '<JSON: suite, peer, input, repetitions>'.
// Prints one line of JSON: times of each repetition in milliseconds, peak of memory in MB.
import { readFileSync, statSync } from "node:fs";

const { suite, peer, input, repetitions = 1 } = JSON.parse(process.argv[2]);
const { open, warm = suite === "engine" } = await import(`./peers/${suite}/${peer}.mjs`);
const work = await open({ ...input, repetitions });
const cpu = [];
const wall = [];
let last;
for (let i = 0; i < repetitions + (warm && repetitions > 0 ? 1 : 0); i++) {
  const start = performance.now();
  const before = process.cpuUsage();
  last = await work();
  const used = process.cpuUsage(before);
  // What runs in other processes is measured there, once or as often as it was told.
  if (last.cpu) {
    cpu.push(...last.cpu);
    wall.push(...last.wall);
    if (cpu.length >= repetitions) break;
    continue;
  }
  // The first run warms the just-in-time compiler up.
  if (warm && i === 0) continue;
  wall.push(performance.now() - start);
  cpu.push((used.user + used.system) / 1000);
}
const bytes = input.bytes ?? statSync(input.path).size;
console.log(JSON.stringify({ bytes, peak: peakMb(), ...last, cpu, wall }));
process.exit(0);

/** The most memory this process ever held, in MB. */
function peakMb() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1000;
  } catch {
    return process.resourceUsage().maxRSS / 1000;
  }
}
