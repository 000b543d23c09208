import { report } from "./report.js";
report(performance.timeOrigin + performance.now());
