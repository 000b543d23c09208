/** As in package.json; a test compares them. */
export const RUNLET_VERSION = "0.1.0";
