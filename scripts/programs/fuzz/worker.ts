import { parentPort, workerData } from "node:worker_threads";
import { allTargets } from "./targets.ts";
import type { ThreadData } from "./thread.ts";
import { tried } from "./tried.ts";

const { target: name, executions, seed, done } = workerData as ThreadData;
const target = (await allTargets()).find((one) => one.name === name);
if (target === undefined) throw new Error(`there is no target ${name}`);
parentPort?.postMessage(tried(target, executions, seed, (now) => Atomics.store(done, 0, now)));
