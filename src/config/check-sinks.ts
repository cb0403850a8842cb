import { type Locate, mistake, note, type Path, type Remark } from "./remark.ts";
import type { Hl7SinkConfig, MqttSinkConfig, Site } from "./site.ts";

/** Each network sink has TLS or says `insecure: true`; no two write the same file. */
export function checkSinks(site: Site, locate: Locate): readonly Remark[] {
  const remarks = site.sinks.flatMap((sink, i): readonly Remark[] => {
    const path: Path = ["sinks", i];
    if ("hl7" in sink) return hl7(sink.hl7, [...path, "hl7"], locate);
    if ("mqtt" in sink) return mqtt(sink.mqtt, [...path, "mqtt"], locate);
    const other = site.sinks.findIndex((s) => "file" in s && s.file.path === sink.file.path);
    const text = `The destination in line ${locate(["sinks", other]).line} writes the same file.`;
    return other < i ? [mistake(locate, [...path, "file", "path"], text)] : [];
  });
  if (site.sinks.length === 0)
    return [note(locate, ["sinks"], "There is no destination: readings are stored here and go nowhere.")];
  return remarks;
}

const open = "patients' readings would cross the network unprotected. Give “tls”, or say “insecure: true”";

function hl7(sink: Hl7SinkConfig["hl7"], path: Path, locate: Locate): readonly Remark[] {
  if (sink.tls === undefined)
    return sink.insecure ? [] : [mistake(locate, path, `Neither “tls” nor “insecure: true”: ${open}.`)];
  return [...pair(sink.tls, path, locate), ...both(sink.insecure, path, locate)];
}

function mqtt(sink: MqttSinkConfig["mqtt"], path: Path, locate: Locate): readonly Remark[] {
  const remarks: Remark[] = [];
  if (sink.url.startsWith("mqtts:"))
    remarks.push(...pair(sink.tls ?? {}, path, locate), ...both(sink.insecure, path, locate));
  else if (sink.tls !== undefined)
    remarks.push(mistake(locate, [...path, "tls"], "“tls” has no effect on an mqtt:// address; write mqtts://."));
  else if (!sink.insecure)
    remarks.push(
      mistake(
        locate,
        [...path, "url"],
        `Neither mqtts:// nor “insecure: true”: ${open}.`.replace("Give “tls”", "Use mqtts://"),
      ),
    );
  if (sink.passwordFile !== undefined && sink.username === undefined)
    remarks.push(mistake(locate, [...path, "passwordFile"], "“username” is missing beside it."));
  return remarks;
}

function pair(
  tls: { readonly cert?: string | undefined; readonly key?: string | undefined },
  path: Path,
  locate: Locate,
) {
  if ((tls.cert === undefined) === (tls.key === undefined)) return [];
  const missing = tls.cert === undefined ? "cert" : "key";
  return [mistake(locate, [...path, "tls"], `“${missing}” is missing: certificate and key go together.`)];
}

function both(insecure: boolean, path: Path, locate: Locate): readonly Remark[] {
  if (!insecure) return [];
  return [
    note(locate, [...path, "insecure"], "The connection uses TLS, so “insecure: true” has no effect; take it out."),
  ];
}
