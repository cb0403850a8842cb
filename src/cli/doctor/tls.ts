import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Configuration } from "../../config/load.ts";
import type { Sink } from "../../config/site.ts";
import { bad, type Diagnosis, ok, reason, warn } from "./diagnosis.ts";

const dayMs = 86_400_000;
const soonDays = 30;

/** Whether certificates, keys and password files of the destinations can be read, are in date, and fit together. */
export async function diagnoseTls({ site, folder }: Configuration, nowMs: number): Promise<readonly Diagnosis[]> {
  const lines = await Promise.all(site.sinks.map((sink) => diagnoseSink(sink, folder, nowMs)));
  return lines.flat();
}

async function diagnoseSink(sink: Sink, folder: string, nowMs: number): Promise<readonly Diagnosis[]> {
  if ("file" in sink) return [];
  const settings = "hl7" in sink ? sink.hl7 : sink.mqtt;
  const at = `destination ${sink.id}`;
  const lines: Diagnosis[] = [];
  const plain = "hl7" in sink ? sink.hl7.tls === undefined : sink.mqtt.url.startsWith("mqtt:");
  if (plain) lines.push(warn(at, "without TLS", "Readings cross the network unprotected. Use TLS."));
  const { ca, cert, key } = settings.tls ?? {};
  const path = (name: string): string => resolve(folder, name);
  if (ca !== undefined) lines.push(...(await certificates(at, path(ca), nowMs)));
  if (cert !== undefined) lines.push(...(await certificates(at, path(cert), nowMs)));
  if (key !== undefined) lines.push(...(await keyOf(at, path(key), cert === undefined ? undefined : path(cert))));
  if ("mqtt" in sink && sink.mqtt.passwordFile !== undefined)
    lines.push(...(await secret(at, path(sink.mqtt.passwordFile))));
  return lines;
}

async function certificates(at: string, file: string, nowMs: number): Promise<readonly Diagnosis[]> {
  try {
    const all =
      (await readFile(file, "utf8")).match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    if (all.length === 0) return [bad(at, `${file} holds no certificate`, "It must be PEM.")];
    const ends = all.map((pem) => Date.parse(new X509Certificate(pem).validTo));
    const days = Math.floor((Math.min(...ends) - nowMs) / dayMs);
    if (days < 0)
      return [bad(at, `${file} expired ${-days} days ago`, "Renew it. (If the clock is wrong, set it first.)")];
    if (days < soonDays) return [warn(at, `${file} expires in ${days} days`, "Renew it.")];
    return [ok(at, `${file} is valid for ${days} days`)];
  } catch (error) {
    return [bad(at, `${file}: ${reason(error)}`, "Check path, permissions and that it is PEM.")];
  }
}

async function keyOf(at: string, file: string, cert: string | undefined): Promise<readonly Diagnosis[]> {
  try {
    const key = createPrivateKey(await readFile(file));
    const own = cert === undefined ? undefined : new X509Certificate(await readFile(cert));
    if (own !== undefined && !own.checkPrivateKey(key))
      return [bad(at, `${file} is not the key of ${cert}`, "Pair them.")];
    return secret(at, file);
  } catch (error) {
    return [bad(at, `${file}: ${reason(error)}`, "Check path, permissions and that it is an unencrypted PEM key.")];
  }
}

async function secret(at: string, file: string): Promise<readonly Diagnosis[]> {
  try {
    await readFile(file);
    const { mode } = await stat(file);
    if ((mode & 0o007) !== 0) return [warn(at, `${file} can be read by everyone`, `chmod o= ${file}`)];
    return [ok(at, `${file} can be read`)];
  } catch (error) {
    return [bad(at, `${file}: ${reason(error)}`, "Check path and permissions.")];
  }
}
