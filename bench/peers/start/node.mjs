import { processTimes } from "../program.mjs";

export const title = "node -e 0";

export const open = () => () => processTimes(process.execPath, ["-e", "0"]);
