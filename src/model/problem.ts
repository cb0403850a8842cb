/**
 * Everything that can go wrong and that an operator may meet, in one closed list: what happened, what it means, what
 * to do. Failures of a delivery carry a class, and retry looks at the class alone.
 */
export type FailureClass =
  /** Nothing was handed over; try again later, without limit. */
  | "transient"
  /** It may have been handed over; send the same bytes under the same id again. */
  | "unsure"
  /** The far end will not take it; trying again changes nothing. */
  | "permanent";

export interface ProblemText {
  readonly class: FailureClass;
  readonly what: string;
  readonly means: string;
  readonly todo: string;
}

export const problems = {
  CONFIG_MISSING: {
    class: "permanent",
    what: "The configuration file cannot be read.",
    means: "Without it the gateway does not know its devices, places and destinations, and does not start.",
    todo: "Give the right path with --config, and check that the service's user may read it.",
  },
  CONFIG_INVALID: {
    class: "permanent",
    what: "The configuration has mistakes.",
    means: "Nothing of it was applied. If a gateway runs already, it goes on with the last good one.",
    todo: "Mend each line named (vitalwire check names all of them at once), then try again.",
  },
  PROFILE_INVALID: {
    class: "permanent",
    what: "A device profile has mistakes.",
    means: "Devices that use it are not opened. A service starts all the same where no device uses it.",
    todo: "Mend each line named by vitalwire check.",
  },
  CAPTURE_INVALID: {
    class: "permanent",
    what: "The capture cannot be read.",
    means: "Nothing of it was decoded.",
    todo: "Give a recorder's .jsonl file, or the instrument's raw bytes.",
  },
  PORT_MISSING: {
    class: "transient",
    what: "The port is not there.",
    means: "The cable or adapter is unplugged, or the port has another name now.",
    todo: "Plug it in. If it is in, compare the configuration with vitalwire devices. It is opened as soon as it appears.",
  },
  PORT_DENIED: {
    class: "transient",
    what: "The port may not be opened by this user.",
    means: "The file permissions of the port do not include the gateway.",
    todo: "Install the udev rules (scripts/install), or add the user to the group that owns the port.",
  },
  PORT_BUSY: {
    class: "transient",
    what: "Another program holds the port.",
    means: "Two readers would each get half of the bytes, so the gateway does not open it.",
    todo: "Stop the other program (this service: systemctl stop vitalwire; ModemManager; a terminal). It is opened as soon as it is free.",
  },
  PORT_AMBIGUOUS: {
    class: "permanent",
    what: "More than one port fits this device.",
    means: "The gateway does not guess, so it opens neither.",
    todo: "Name the port by its path (/dev/serial/by-path/…; for HID and bulk transfers, the link's “path”), which vitalwire devices shows.",
  },
  PORT_SETTINGS: {
    class: "transient",
    what: "The port does not take these line settings.",
    means: "The adapter cannot do this speed, parity or stop bits, or the path is not a serial port. Nothing was read.",
    todo: "Compare the link settings with the instrument's menu, or use another adapter.",
  },
  PROFILE_UNDECIDED: {
    class: "permanent",
    what: "It is not clear which profile reads this device.",
    means: "None fits what is plugged in, or more than one does. The gateway does not guess, so it does not open it.",
    todo: "Name the profile in the device's configuration; vitalwire devices shows which ones fit.",
  },
  DRIVER_FAILED: {
    class: "transient",
    what: "The driver of this instrument failed on what it read.",
    means: "This is a mistake in Vitalwire. The connection was closed and is opened again; other devices go on.",
    todo: "Report it, with the device's recording (it holds patient data: hand it over safely).",
  },
  LINK_LOST: {
    class: "transient",
    what: "The connection to the instrument broke.",
    means: "It was unplugged or switched off, or the network failed. An unfinished reading was not used.",
    todo: "Check cable and power. It is opened again by itself.",
  },
  LINK_REFUSED: {
    class: "transient",
    what: "The instrument's network address does not answer.",
    means: "The serial device server or the instrument is off, or the address is wrong.",
    todo: "Check address, port and network. It is tried again by itself.",
  },
  LIBRARY_MISSING: {
    class: "permanent",
    what: "A system library is missing.",
    means: "Devices that need it cannot be opened; others work.",
    todo: "Install the package named, then restart the service.",
  },
  DEVICE_SILENT: {
    class: "transient",
    what: "The instrument has sent nothing for longer than its profile expects.",
    means: "It may be off, unplugged on its own side, or set to another line speed.",
    todo: "Check the instrument, its cable and its communication settings.",
  },
  DEVICE_NOISE: {
    class: "transient",
    what: "Most of what the instrument sends is not understood.",
    means: "The line speed, parity or profile does not fit, or the cable is bad. No value was taken from it.",
    todo: "Compare the link settings with the instrument's menu; vitalwire capture shows the bytes.",
  },
  RECEIVER_DOWN: {
    class: "transient",
    what: "The receiver cannot be reached.",
    means: "Readings are stored here and will be sent when it is back.",
    todo: "Check the receiver and the network. Nothing needs to be done here.",
  },
  RECEIVER_TLS: {
    class: "transient",
    what: "The secure connection to the receiver failed.",
    means: "A certificate is expired, unknown or for another name, or this clock is wrong. Readings are kept.",
    todo: "Check certificates and the clock (vitalwire doctor).",
  },
  ACK_TIMEOUT: {
    class: "unsure",
    what: "The receiver did not answer in time.",
    means: "It may or may not have taken the message; it is sent again, unchanged, under the same id.",
    todo: "If it lasts, check the receiver's load and its acknowledgement settings.",
  },
  ACK_CLOSED: {
    class: "unsure",
    what: "The receiver closed the connection before it had answered.",
    means: "It may or may not have taken the message; it is sent again, unchanged, under the same id.",
    todo: "If it lasts, look into the receiver's log.",
  },
  ACK_WRONG_ID: {
    class: "unsure",
    what: "The receiver acknowledged another message than the one sent.",
    means: "The answer proves nothing. The connection was dropped and the message is sent again under the same id.",
    todo: "If it lasts, the receiver must echo MSH-10 in MSA-2.",
  },
  ACK_MALFORMED: {
    class: "unsure",
    what: "The receiver's answer is not an HL7 acknowledgement.",
    means: "The answer proves nothing; the message is sent again under the same id.",
    todo: "Check that the address is that of an HL7 (MLLP) receiver.",
  },
  ACK_ERROR: {
    class: "transient",
    what: "The receiver reported an error (AE or CE).",
    means: "It did not take the message. It is tried a few more times, then set aside for a person.",
    todo: "Read the receiver's text with vitalwire deliveries, mend the cause, then retry.",
  },
  ACK_REJECT: {
    class: "permanent",
    what: "The receiver rejected the message (AR or CR).",
    means: "It will not take it as it is. The message is set aside; later ones go on.",
    todo: "Read the receiver's text with vitalwire deliveries, mend the cause, then retry or discard.",
  },
  DELIVERY_INTERRUPTED: {
    class: "unsure",
    what: "The gateway stopped before the receiver had answered.",
    means: "The receiver may or may not have taken the message.",
    todo: "Ask the receiver for its message id; then retry (same message, same id) or discard it.",
  },
  BROKER_DOWN: {
    class: "transient",
    what: "The MQTT broker cannot be reached.",
    means: "Readings are stored here and will be sent when it is back.",
    todo: "Check the broker and the network. Nothing needs to be done here.",
  },
  BROKER_REFUSED: {
    class: "transient",
    what: "The MQTT broker refused the connection.",
    means: "User name, password, client id or protocol version do not suit it. Readings are kept.",
    todo: "Compare the sink's settings with the broker's. One that speaks no MQTT 5, as vitalwire listen mqtt, needs version: \"3.1.1\".",
  },
  PUBACK_TIMEOUT: {
    class: "unsure",
    what: "The broker did not confirm in time.",
    means: "It may or may not have the message; it is sent again with the same message id.",
    todo: "If it lasts, check the broker's load.",
  },
  PUBACK_REFUSED: {
    class: "permanent",
    what: "The broker refused the message.",
    means: "The message is set aside; later ones go on.",
    todo: "Check the broker's access rules for the topic, then retry.",
  },
  MESSAGE_TOO_LARGE: {
    class: "permanent",
    what: "The message is larger than the broker takes.",
    means: "It was not sent, for the broker would drop the connection. The message is set aside; later ones go on.",
    todo: "Raise the broker's limit (Mosquitto: max_packet_size), then retry.",
  },
  NO_SUBSCRIBER: {
    class: "transient",
    what: "The broker has the readings, and nobody subscribes to them.",
    means: "They count as delivered, for the broker has taken them; whoever should get them was not connected.",
    todo: "Check the subscriber and its topic. If readings are missed there, they are still here (vitalwire readings).",
  },
  FILE_FAILED: {
    class: "transient",
    what: "The output file cannot be written.",
    means: "Readings are stored and will be written when it can.",
    todo: "Check the path, the permissions and the free space.",
  },
  FILE_EXISTS: {
    class: "permanent",
    what: "There is something with this name already.",
    means: "It was left as it is, and nothing was written.",
    todo: "Choose another name, or take away what is there if nobody needs it.",
  },
  JOURNAL_FULL: {
    class: "transient",
    what: "The disk is full.",
    means: "New readings cannot be stored, so instruments are told to keep theirs.",
    todo: "Free space on the disk of the state folder. The gateway goes on by itself.",
  },
  JOURNAL_FAILED: {
    class: "transient",
    what: "The journal cannot be written.",
    means: "New readings cannot be stored, so instruments are told to keep theirs.",
    todo: "Check the disk (vitalwire doctor).",
  },
  JOURNAL_CORRUPT: {
    class: "permanent",
    what: "The journal was damaged.",
    means: "It was set aside, what was readable was taken over, and the gateway went on with a new one.",
    todo: "Keep the file named, and compare the counts given with the receiver's.",
  },
  JOURNAL_NEWER: {
    class: "permanent",
    what: "The journal was written by a newer version of Vitalwire.",
    means: "This version does not touch it, for it might lose what it does not know.",
    todo: "Install that version again, or restore the backup made before the update.",
  },
  JOURNAL_LOCKED: {
    class: "permanent",
    what: "Another process uses this journal.",
    means: "Two writers would mix their queues, so this one does not start.",
    todo: "End the process that is named first; if it is the service, with systemctl stop vitalwire.",
  },
  GATEWAY_ABSENT: {
    class: "transient",
    what: "No running gateway answers.",
    means: "The command needs a running gateway and found none at the control socket.",
    todo: "Start it (vitalwire run, or systemctl start vitalwire), or give its --socket.",
  },
  SOCKET_FAILED: {
    class: "permanent",
    what: "The control socket cannot be made.",
    means: "No command could reach the gateway, so it does not start.",
    todo: "Give a path that this user may write with --socket (as a service it has /run/vitalwire).",
  },
  NOT_FOUND: {
    class: "permanent",
    what: "There is nothing with this id or name.",
    means: "The command changed nothing.",
    todo: "Compare it with what there is (vitalwire readings, vitalwire deliveries).",
  },
  NOT_ALLOWED: {
    class: "permanent",
    what: "This cannot be done in the present state.",
    means: "The command changed nothing.",
    todo: "Look at the item's state; the message says which states allow it.",
  },
  IDENTIFIER_REFUSED: {
    class: "permanent",
    what: "The identifier does not fit the barcode rules of the reading's place.",
    means: "A scan would not have given it, so it may be mistyped. The command changed nothing.",
    todo: "Compare it with the wristband or label. If it is right all the same, say --as-typed; that is kept in the journal.",
  },
  USAGE: {
    class: "permanent",
    what: "The command was not understood.",
    means: "Nothing was done.",
    todo: "See --help of the command.",
  },
} as const satisfies Record<string, ProblemText>;

export type ProblemCode = keyof typeof problems;

/** One occurrence of a problem. `detail` is for the operator and never holds a patient's values or identifiers. */
export interface Problem {
  readonly code: ProblemCode;
  readonly detail?: string;
}

/** The code that a thrown error carries, where it is one of the list. */
export function problemCodeOf(error: unknown): ProblemCode | undefined {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return undefined;
  return Object.hasOwn(problems, error.code) ? (error.code as ProblemCode) : undefined;
}
