import type { Command } from "./command.ts";

/**
 * Every command and where it lives, in the order of help. Each is loaded when it is called, so that a quick one does
 * not wait for the drivers of a slow one.
 */
export const commands: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import("./commands/run.ts")).run,
  readings: async () => (await import("./commands/readings.ts")).readings,
  deliveries: async () => (await import("./commands/deliveries.ts")).deliveries,
  check: async () => (await import("./commands/check.ts")).check,
  devices: async () => (await import("./commands/devices.ts")).devices,
  capture: async () => (await import("./commands/capture.ts")).capture,
  replay: async () => (await import("./commands/replay.ts")).replay,
  simulate: async () => (await import("./commands/simulate.ts")).simulate,
  listen: async () => (await import("./commands/listen.ts")).listen,
  doctor: async () => (await import("./commands/doctor.ts")).doctor,
  schema: async () => (await import("./commands/schema.ts")).schema,
};
