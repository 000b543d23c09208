import { memory } from "../../core/destinations/memory/memory.ts";
import { testEvolution } from "./suite-evolution.ts";

testEvolution("memory", { create: () => memory(), durable: true });
