import { spawn } from "node:child_process";

/** The service manager, as the service speaks to it; silent where there is none. */
export interface ServiceManager {
  ready(status: string): void;
  stopping(): void;
  /**
   * Feeds the watchdog at half of its interval, each time only after `alive` resolved: a gateway whose journal does
   * not answer is restarted, however well its timers run.
   */
  watch(alive: () => Promise<unknown>): { stop(): void };
}

/** systemd, told by `systemd-notify` (the unit has `NotifyAccess=all`), as the environment says. */
export function serviceManager(env: Readonly<Record<string, string | undefined>>): ServiceManager {
  const listening = env["NOTIFY_SOCKET"] !== undefined;
  const tell = (...states: string[]): void => {
    if (!listening) return;
    const child = spawn("systemd-notify", [`--pid=${process.pid}`, ...states], { stdio: "ignore" });
    // Without the program the unit's start times out and says so; there is nobody to tell here.
    child.on("error", () => {});
  };
  const watchdogMs = Number(env["WATCHDOG_USEC"] ?? 0) / 1000;
  return {
    ready: (status) => tell("--ready", `--status=${status}`),
    stopping: () => tell("STOPPING=1"),
    watch(alive) {
      if (!listening || !(watchdogMs > 0)) return { stop() {} };
      let asking = false;
      const timer = setInterval(() => {
        if (asking) return;
        asking = true;
        alive().then(
          () => {
            asking = false;
            tell("WATCHDOG=1");
          },
          () => {
            asking = false;
          },
        );
      }, watchdogMs / 2);
      return { stop: () => clearInterval(timer) };
    },
  };
}
