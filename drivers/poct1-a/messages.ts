import { escapeXml } from "./xml.ts";

/** What this end says. `createdAt` is the instrument's own time of its last message, for this end has no clock. */
export interface Head {
  readonly controlId: number;
  readonly createdAt: string;
}

/** ACK.R01: a message is safe (AA), or was not taken (AE). */
export function acknowledgement(head: Head, code: "AA" | "AE", of: string): Uint8Array {
  return message("ACK.R01", head, `<ACK>${value("ACK.type_cd", code)}${value("ACK.ack_control_id", of)}</ACK>`);
}

/** REQ.R01: all results that were not sent before. */
export function requestResults(head: Head): Uint8Array {
  return message("REQ.R01", head, `<REQ>${value("REQ.request_cd", "ROBS")}</REQ>`);
}

/** DTV.R01: results are to come by themselves from now on. */
export function startContinuous(head: Head): Uint8Array {
  return message("DTV.R01", head, `<DTV>${value("DTV.command_cd", "START_CONTINUOUS")}</DTV>`);
}

/** A message of any type, with its header. */
export function message(type: string, { controlId, createdAt }: Head, content: string): Uint8Array {
  const header = [
    value("HDR.message_type", type),
    value("HDR.control_id", String(controlId)),
    value("HDR.version_id", "POCT1"),
    value("HDR.creation_dttm", createdAt),
  ];
  const xml = `<?xml version="1.0" encoding="utf-8"?><${type}><HDR>${header.join("")}</HDR>${content}</${type}>`;
  return new TextEncoder().encode(xml);
}

/** An element that holds one value. */
export function value(name: string, text: string): string {
  return `<${name} V="${escapeXml(text)}"/>`;
}
