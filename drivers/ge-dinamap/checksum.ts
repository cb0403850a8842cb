/**
 * The two characters that guard a message: the sum of (byte - 1F hex) over unit id, command and data, in two groups of
 * six bits, each with 20 hex added. Checked on the seven published commands; never yet on a captured reply.
 */
export function checksum(text: string): string {
  let sum = 0;
  for (let at = 0; at < text.length; at++) sum += text.charCodeAt(at) - 0x1f;
  return String.fromCharCode(0x20 + ((sum >> 6) & 0x3f), 0x20 + (sum & 0x3f));
}

/** Unit id (a space), command, data, checksum, CR. */
export function message(command: string, data = ""): string {
  const text = ` ${command}${data}`;
  return `${text}${checksum(text)}\r`;
}
