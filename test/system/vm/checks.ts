/** What the guest finds out, in this order; the host makes a test of each. One that does not report has failed. */
export const checks = [
  "the service, as installed, tells systemd that it is ready, and runs as its own user",
  "a serial instrument belongs to the service alone, under names by socket and by serial number, and is kept awake",
  "a HID instrument belongs to the service alone, under names by socket and by serial number",
  "what is plugged in is shown with the device that it is, and with the profile that knows it",
  "a keyboard scanner that the udev rules name is read through hidraw and types nothing",
  "the same scanner types once it is no longer inhibited, and is read all the same",
  "a keyboard that the udev rules do not name goes on typing",
  "a scale found by its USB identity is read, for the patient scanned",
  "a HID scale recognised by its USB identity alone is read, for the patient scanned",
  "two identical adapters share one link by id and differ by path, and each is read at its own place",
  "of two identical adapters none is opened where only their identity or the shared link is named",
  "two adapters plugged in again in the other order swap their numbers and keep their places",
  "a scale pulled out in the middle of a line is missing, gives nothing of it, and the others go on",
  "a port that comes back under another number is read again",
  "a HID scale pulled out is missing, and is read again when it is back",
  "a scanner plugged in again is kept from typing again",
  "a service that hangs is killed by the watchdog, started again by systemd, and reads on",
  "vitalwire readings lists what the instruments showed, each once, and nothing else",
  "a service that systemd stops ends at once, in order",
] as const;

export type CheckName = (typeof checks)[number];

/** What the guest writes of each, as one line of JSON. */
export interface Report {
  readonly check: CheckName;
  readonly ok: boolean;
  /** What was seen, or what was not. */
  readonly detail: string;
  /** How long it took in the guest. */
  readonly ms: number;
}
